"""The codes of what is exported: from ``knowledge/codes.toml``, else of hepaspot's own scheme.

No code of a terminology is invented: what nobody has coded is said in plain words under the
private scheme ``99HEPASPOT``.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from hepaspot.exam import Entity, Lobe, Value
from hepaspot.explain.words import Words
from hepaspot.knowledge import load
from hepaspot.weigh.assessment import Conclusion

OWN: Final = "99HEPASPOT"
"""(0008,0102) *Coding Scheme Designator* of hepaspot's own codes."""

OWN_NAME: Final = "hepaspot: foci of the liver"
"""(0008,0115) *Coding Scheme Name*."""

USED_SYSTEMS: Final = ("SCT", "DCM", "LN")
"""Systems of ``codes.toml`` that are written into DICOM, the first that has a code."""

FOCI: Final = "FOCI"
"""Code of what says that no focus was found at all."""

SEGMENTS: Final = range(1, 9)
"""Couinaud's segments."""


class Concept(Value, frozen=True):
    """A code, its scheme and its meaning in plain words."""

    code: str
    scheme: str
    meaning: str


LONG_AXIS: Final = Concept("103339001", "SCT", "Long axis")
"""Of PS3.16 CID 7470 *Linear Measurement*."""

SHORT_AXIS: Final = Concept("103340004", "SCT", "Short axis")
"""Of PS3.16 CID 7470 *Linear Measurement*."""

_OWN: Final = {
    "ECHO-DB": ("Echo against the liver around", "与周围肝实质的回声差"),
    "SHADOW-DB": ("Drop of the echoes in the shadow", "声影内回声下降"),
    "CALIBRE": ("Calibre of the duct or tube at the focus", "病灶处管道内径"),
    "SIDE": ("Lobe of the liver", "肝叶"),
    "CONCLUSION": ("Most probable entity", "最可能的性质"),
    "CANNOT": ("Cannot be told apart", "无法区分"),
    "US-LIVER": ("Ultrasound of the liver", "肝脏超声检查"),
    "FOCI": ("Bright spots in the liver", "肝内强回声灶"),
    "NONE-FOUND": ("None found in what was given", "所给资料中未发现"),
}
"""Own meanings in English and Chinese; other words are those of ``explain/``."""

_ENTITY_CODES: Final = {
    Entity.CALCIFICATION: "CALC",
    Entity.DUCT_STONE: "STONE",
    Entity.DUCT_GAS: "GAS",
    Entity.OTHER: "OTHER",
}
_ENDS: Final = {
    "": ("Probability: {}", "概率：{}"),
    "LOW": ("Probability, low end of 95 % interval: {}", "概率95%区间下限：{}"),
    "HIGH": ("Probability, high end of 95 % interval: {}", "概率95%区间上限：{}"),
}


@cache
def own(code: str, language: str) -> Concept:
    """A concept of hepaspot's own."""
    return Concept(code, OWN, _OWN[code][language == "zh"])


@cache
def known(concept: str) -> Concept | None:
    """The code that the knowledge has for a concept such as ``anatomy:liver``, or None."""
    codes = load().codes_for(concept)
    for system in USED_SYSTEMS:
        for code in codes:
            if code.system == system:
                return Concept(code.code, code.system, code.meaning)
    return None


def named(concept: str) -> Concept:
    """As `known`, for a concept that the knowledge is known to hold.

    Raises
    ------
    LookupError
        If it does not: a mistake in the tables.
    """
    found = known(concept)
    if found is None:
        raise LookupError(f"knowledge/codes.toml has no code for {concept}")
    return found


@cache
def probability(entity: Entity, end: str, language: str) -> Concept:
    """The name of a probability: of its mean (``end`` empty), or of an end of its interval."""
    said = _ENDS[end][language == "zh"].format(Words(language).term("entity", entity.value))
    return Concept("-".join(filter(None, ("P", _ENTITY_CODES[entity], end))), OWN, said)


@cache
def conclusion(told: Conclusion, language: str) -> Concept:
    """What a focus most probably is, as a code."""
    if told is Conclusion.CANNOT_TELL:
        return known("attribute:undetermined") or own("CANNOT", language)
    return entity(Entity(told.value), language)


@cache
def entity(what: Entity, language: str) -> Concept:
    """What a focus can be, as a code."""
    found = known(f"entity:{what.value}")
    word = Words(language).term("entity", what.value)
    return found or Concept(_ENTITY_CODES[what], OWN, word)


@cache
def sign(name: str) -> Concept:
    """What is judged: how strong the echo is, or what lies behind the focus."""
    return named({"echo": "attribute:echogenicity", "shadow": "attribute:shadow"}[name])


@cache
def state(sign: str, name: str, language: str) -> Concept:
    """The state of a sign, such as the kind of a shadow."""
    word = Words(language).term(f"state.{sign}", name)
    code = f"{sign[:2]}-{name}".upper().replace("_", "-")
    return known(f"{sign}:{name}") or Concept(code, OWN, word)


@cache
def lobe(where: Lobe, language: str) -> Concept:
    """A lobe of the liver."""
    word = Words(language).term("lobe", where.value)
    return known(f"lobe:{where.value}") or Concept(f"LOBE-{where.value.upper()}", OWN, word)


@cache
def segment(number: int) -> Concept:
    """A Couinaud segment."""
    return named(f"segment:{number}")
