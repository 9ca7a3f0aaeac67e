"""Signs of the exam as a whole: complaints, laboratory, mass, ascites, history."""

from __future__ import annotations

from hepaspot.exam import Observation, plain
from hepaspot.report.hits import LIVER_LIKE, Hit
from hepaspot.report.reading import Reading
from hepaspot.report.spans import Spans
from hepaspot.report.tags import Tag

LIVER_SIGNS = frozenset({"mass", "atrophy"})
"""Signs that count only where they are said of the liver or its ducts."""
LIVER_OR_DUCTS = LIVER_LIKE | {"extraduct"}
OPPOSITE = {"present": "absent", "abnormal": "normal", "normal": "abnormal"}
WEIGHTY = frozenset({"present", "abnormal"})
"""States that stand wherever they are said, whatever is denied elsewhere."""


def sign_observations(reading: Reading, spans: Spans) -> list[Observation]:
    """One observation a sign."""
    found: dict[str, Observation] = {}
    for hit in reading.loose:
        sign = hit.lex.sign
        if sign is None or hit.tag == Tag.SCOPE or not _counts(hit, sign, spans):
            continue
        state = _state(hit)
        old = found.get(sign)
        if old is None or (old.state not in WEIGHTY and state in WEIGHTY):
            found[sign] = plain(sign, state, spans.at(hit))
    _add_past_stones(found, reading, spans)
    return list(found.values())


def _counts(hit: Hit, sign: str, spans: Spans) -> bool:
    if hit.tag == Tag.MENTION and (hit.hedged or hit.either or hit.negated):
        return False
    if hit.dropped and spans.section(hit.start) != "history":
        return False
    return sign not in LIVER_SIGNS or (hit.organ in LIVER_OR_DUCTS and not hit.prior)


def _state(hit: Hit) -> str:
    state = hit.lex.value if hit.tag == Tag.SIGN else "present"
    return OPPOSITE.get(state, state) if hit.negated else state


def _add_past_stones(found: dict[str, Observation], reading: Reading, spans: Spans) -> None:
    stone = next((h for h in reading.historical if h.lex.value == "duct_stone"), None)
    if stone is not None:
        sign = "history_duct_stone"
        found.setdefault(sign, plain(sign, "present", spans.at(stone)))
