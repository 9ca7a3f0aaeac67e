"""The signs of one focus: shadow, shape, change and what else is said of it."""

from __future__ import annotations

from hepaspot.exam import Observation, plain
from hepaspot.report.drafts import Draft
from hepaspot.report.hits import Hit
from hepaspot.report.spans import Spans
from hepaspot.report.tags import Tag

SHADOWS = ("comet_tail", "ring_down", "reverberation", "dirty", "faint", "absent", "present")
"""Kinds of shadow, the one that says most first; of several words the first kind stands."""
DENIED = {
    "present": "absent",
    "absent": "absent",
    "moves": "fixed",
    "inside": "outside",
    "along_duct": "outside_duct",
}
"""What a denied sign says; a sign without an entry says nothing when denied."""


def focus_observations(draft: Draft, spans: Spans) -> list[Observation]:
    """Every sign said of the focus, the first word for each; the last one for its echo."""
    said = [*_shadow(draft), *_attributes(draft), *_alignment(draft), *_change(draft)]
    found: dict[str, Observation] = {}
    for sign, state, hit in said:
        if sign not in found:
            found[sign] = plain(sign, state, spans.at(hit))
    for hit in draft.of(Tag.BRIGHTNESS):
        found["echo"] = plain("echo", hit.lex.value, spans.at(hit))
    return list(found.values())


_Said = tuple[str, str, Hit]


def _shadow(draft: Draft) -> list[_Said]:
    shadows = [(_shadow_state(h), h) for h in draft.of(Tag.SHADOW)]
    if not shadows:
        return []
    state, hit = min(shadows, key=lambda shadow: SHADOWS.index(shadow[0]))
    return [("shadow", state, hit)]


def _shadow_state(hit: Hit) -> str:
    if hit.negated:
        return "absent"
    is_doubtful = hit.hedged and hit.lex.value == "present"
    return "faint" if is_doubtful else hit.lex.value


def _attributes(draft: Draft) -> list[_Said]:
    said = []
    for hit in draft.of(Tag.ATTRIBUTE):
        state = DENIED.get(hit.lex.value) if hit.negated else hit.lex.value
        if state and hit.lex.sign:
            said.append((hit.lex.sign, state, hit))
    return said


def _alignment(draft: Draft) -> list[_Said]:
    along = [h for h in draft.of(Tag.LANDMARK) if h.lex.value.startswith("along_")]
    return [("alignment", "along_duct", h) for h in (*draft.of(Tag.ALONG), *along)]


def _change(draft: Draft) -> list[_Said]:
    """“Not larger” is stable; “not stable” does not say which way it went."""
    return [
        ("change", "stable" if h.negated else h.lex.value, h)
        for h in draft.of(Tag.CHANGE)
        if not (h.negated and h.lex.value == "stable")
    ]
