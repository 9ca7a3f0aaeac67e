"""Pass over the passages that tell nothing of the liver, but note what organ they are on."""

from __future__ import annotations

import re

from hepaspot.report.hits import IN_LIVER, LIVER_LIKE, Cursor, names_liver
from hepaspot.report.later import LATER
from hepaspot.report.passages import MEASURE, Passage
from hepaspot.report.scan import tokens
from hepaspot.report.tags import Tag

SEGMENT = re.compile("Seg|S ?[1-8]|段")
"""What a liver segment looks like in folded text."""
OWN_LOBES = frozenset({"thyroid", "prostate", "lung", "breast"})
"""Organs with lobes of their own, so that "left lobe" does not lead back to the liver."""
_ALWAYS = Tag.SIGN | Tag.SCOPE | Tag.RISKY
_SUBJECTS = (
    Tag.MENTION
    | Tag.BRIGHT
    | Tag.NOUN
    | Tag.DUCT
    | Tag.SIGN
    | Tag.SHADOW
    | Tag.SCOPE
    | Tag.CHANGE
    | Tag.UNSEEN
    | Tag.UNSEEN_FOCUS
    | Tag.ATTRIBUTE
    | Tag.HOST
)
_STAND_INS = Tag.COUNT | Tag.DISTRIB | Tag.ORDINAL
_MOVES = Tag.ORGAN | Tag.LOBE | Tag.DUCT


def is_of_interest(passage: Passage, text: str, cursor: Cursor, *, has_focus: bool) -> bool:
    """Whether a passage can tell anything of the liver, by the tags that it holds."""
    mask, span = passage.mask, (passage.start, passage.end)
    if mask & _ALWAYS:
        return True
    is_away = mask & Tag.FOREIGN or cursor.organ not in LIVER_LIKE
    if is_away and not mask & Tag.LIVERISH and not SEGMENT.search(text, *span):
        return False
    if mask & _SUBJECTS or (
        mask & Tag.STATE and "ntrahepatic" in text[passage.start : passage.end]
    ):
        return True
    if mask & Tag.LIVERISH and mask & _STAND_INS and SEGMENT.search(text, *span):
        return True  # "the liver has one in segment VI"
    return has_focus and bool(mask & LATER or MEASURE.search(text, *span))


def move_on(passage: Passage, text: str, cursor: Cursor) -> None:
    """Note the organ that a passage without interest leaves the report at."""
    if not passage.mask & _MOVES:
        return
    for token in tokens(text, passage.found, passage.end):
        lex = token.lex
        if lex.tag == Tag.ORGAN:
            cursor.organ = "liver" if lex.value == "vein" else lex.value
        elif lex.tag == Tag.LOBE and cursor.organ not in OWN_LOBES:
            cursor.organ = "liver"


def tells_of_liver(passage: Passage, text: str, cursor: Cursor) -> bool:
    """Whether a passage that was read names the liver, or something that only the liver has."""
    if cursor.organ in IN_LIVER or names_liver(text[passage.start : passage.end]):
        return True
    return bool(passage.mask & Tag.LIVERISH) and cursor.organ not in OWN_LOBES
