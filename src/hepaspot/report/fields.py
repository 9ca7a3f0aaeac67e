"""The flat form of a reading, which tests, benchmarks and tables compare."""

from __future__ import annotations

from typing import Any

from hepaspot.exam import Certainty, Exam, Focus, Statement

_PRESENT = (Certainty.ASSERTED, Certainty.HEDGED, Certainty.EITHER_OR)
_SIGNS = ("shadow", "duct_local", "shape", "alignment", "in_duct", "mobility", "change")


def fields(exam: Exam) -> dict[str, Any]:
    """A reading as one flat dictionary; the keys are described in tests/golden/README.md."""
    denied = {s.entity.value for s in _statements(exam) if s.certainty == Certainty.NEGATED}
    past = {s.entity.value for s in exam.statements if s.certainty == Certainty.HISTORICAL}
    flat: dict[str, Any] = {
        "foci": [_focus(focus) for focus in exam.foci],
        "refuted": sorted(denied),
        "historical": sorted(past),
        "signs": {o.sign: o.state for o in exam.observations if not o.sign.startswith("duct_")},
        "caveats": sorted(c.id for c in exam.caveats),
    }
    for slot in ("intrahepatic", "extrahepatic"):
        observation = exam.observation(f"duct_{slot}")
        flat[f"ducts.{slot}"] = observation.state if observation else None
        width = observation.measurement if observation else None
        flat[f"ducts.{slot}_mm"] = width.value if width else None
    return flat


def _statements(exam: Exam) -> list[Statement]:
    return [*exam.statements, *(s for focus in exam.foci for s in focus.statements)]


def leading_statement(focus: Focus) -> Statement | None:
    """The diagnosis a focus goes by: the first one named, at its surest."""
    named = [s for s in focus.statements if s.certainty in _PRESENT]
    if not named:
        return None
    same = [s for s in named if s.entity == named[0].entity]
    return next((s for s in same if s.certainty == Certainty.ASSERTED), same[0])


def _focus(focus: Focus) -> dict[str, Any]:
    leading = leading_statement(focus)
    named = {s.entity.value for s in focus.statements if s.certainty in _PRESENT}
    names = [s.name for s in focus.statements if s.certainty in _PRESENT and s.name]
    denied = {s.entity.value for s in focus.statements if s.certainty == Certainty.NEGATED}
    flat: dict[str, Any] = {
        "entity": leading.entity.value if leading else None,
        "certainty": leading.certainty.value if leading else None,
        "alternatives": sorted(named - {leading.entity.value}) if leading else [],
        "refuted": sorted(denied),
        "name": names[0] if names else None,
        "count": focus.count.value if focus.count else None,
        "sizes_mm": [list(size.axes_mm) for size in focus.sizes if not size.masked],
        "size_masked": any(size.masked for size in focus.sizes),
        "size_plausible": all(size.plausible for size in focus.sizes),
        "lobe": focus.lobe.value if focus.lobe else None,
        "segments": list(focus.segments),
        "landmarks": sorted({mark for place in focus.places for mark in place.landmarks}),
        "host": focus.host,
    }
    for sign in _SIGNS:
        observation = focus.observation(sign)
        flat[sign] = observation.state if observation else None
    return flat
