"""A wide bile duct outside the liver, of which an impression says nothing."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import msgspec

from hepaspot.archive.concluding import DILATED, not_concluded
from hepaspot.exam import Exam, Observation, Provenance, Words
from hepaspot.knowledge import Duct, load
from hepaspot.report import impression_of, read_report
from hepaspot.weigh.evidence import CHOLECYSTECTOMY, INTRAHEPATIC_DUCT, is_in, merged

BILE_DUCT: Final = "duct_extrahepatic"

CONCLUDES: Final = re.compile(
    r"胆管|胆总管|肝总管|胆道|胆系|胰管|胰头|壶腹|石|积气|占位|肿块|肿物|肿瘤|癌|梗阻|阻塞|狭窄"
    r"|黄疸|胰胆|支架|超声内镜"
    r"|(?<![a-z])(?:duct|bil(?:e|iary)|choledoch|cholangi|cholelith|cbd|chd|stent|ampull"
    r"|strictur|stenos|mass(?:es)?(?![a-z])|tumou?r|neoplas|carcinom|malignan|cancer|obstruct"
    r"|jaundice|icter|mrcp|ercp|eus(?![a-z]))"
    r"|stone|lithiasis|calcul|aerobilia|pneumobilia|pancreatic head",
    re.IGNORECASE,
)
"""Words of an impression that take up a wide bile duct: ducts, a cause, or how to look."""

FAR: Final = re.compile(
    r"肾|尿|膀胱|前列腺|子宫|卵巢|附件|乳腺|甲状腺|肠"
    r"|kidney|renal|nephro|urolith|ureter|(?<![a-z])bladder|prostat|uter[iu]|ovar|breast|thyroid"
    r"|bowel",
    re.IGNORECASE,
)
"""Organs whose stones and masses do not widen a bile duct."""

CLAUSE: Final = re.compile(r"[，,。；;：:.\n、]")
LENGTH: Final = re.compile(r"\d+(?:[.．]\d+)?\s*(?:mm|cm|毫米|厘米)", re.IGNORECASE)


def bile_duct_not_concluded(exam: Exam) -> Provenance | None:
    """A wide duct outside the liver that the impression takes up as little as ducts inside it."""
    signs = merged(exam.observations)
    duct = signs.get(BILE_DUCT)
    if duct is None or is_in(signs.get(CHOLECYSTECTOMY), "present"):
        return None
    text = _text(exam, duct.provenance)
    if not _is_wide_at_any_age(duct, text) or _takes_up(impression_of(text)):
        return None
    inside = msgspec.structs.replace(duct, sign=INTRAHEPATIC_DUCT)
    return not_concluded(msgspec.structs.replace(exam, observations=(*exam.observations, inside)))


def _is_wide_at_any_age(duct: Observation, text: str) -> bool:
    """Whether its author calls it wide, or it is wider than that of the old (see thresholds)."""
    if not is_in(duct, DILATED) or not isinstance(duct.provenance, Words):
        return False
    if duct.measurement is not None and duct.measurement.value > _widest_mm():
        return True
    said = LENGTH.sub("", text[duct.provenance.start : duct.provenance.end])
    return is_in(merged(read_report(said).observations).get(BILE_DUCT), DILATED)


@cache
def _widest_mm() -> float:
    """The largest limit that holds for anybody."""
    rows = load().thresholds
    return max(row.limit_mm or 0.0 for row in rows if row.duct is Duct.EXTRAHEPATIC)


def _takes_up(impression: str) -> bool:
    """Whether some clause, of no organ far from the ducts, names them, a cause, or how to look."""
    clauses = CLAUSE.split(impression)
    return any(CONCLUDES.search(clause) and not FAR.search(clause) for clause in clauses)


def _text(exam: Exam, provenance: Provenance) -> str:
    return next((each.text for each in exam.sources if each.id == provenance.source), None) or ""
