"""hepaspot, measured: the whole reading, then the facts that its peers can give too."""

from __future__ import annotations

from protocol import serve


def make_reader():
    from hepaspot.report import fields, read_report

    return lambda text: facts_of(fields(read_report(text)))


def facts_of(flat):
    """The flat form boiled down to facts; either-or counts as hedged for both sides."""
    facts = set()
    for focus in flat.get("foci", []):
        if focus["entity"]:
            certainty = "asserted" if focus.get("certainty") == "asserted" else "hedged"
            facts.add(("focus", focus["entity"], certainty))
        facts |= {("focus", entity, "hedged") for entity in focus.get("alternatives", [])}
        if focus.get("shadow"):
            facts.add(("shadow", focus["shadow"]))
    facts |= {("refuted", entity) for entity in flat.get("refuted", [])}
    slots = {"intrahepatic", "extrahepatic"}
    facts |= {("duct", s, flat[f"ducts.{s}"]) for s in slots if flat.get(f"ducts.{s}")}
    return facts


if __name__ == "__main__":
    serve(make_reader)
