"""Whether a focus is said to lie in the lumen of a duct."""

from __future__ import annotations

from dataclasses import replace

from hepaspot.report.drafts import Group
from hepaspot.report.hits import Hit
from hepaspot.report.tags import Tag
from hepaspot.report.terms import Lex
from hepaspot.report.told import is_english, is_inside_mark

INSIDE = Lex(Tag.ATTRIBUTE, "inside", sign="in_duct")
COURSE_GAP = 2
"""Characters between "along" and the duct that foci follow."""
LUMEN_DUCTS = frozenset({"intra", "any", "local"})
_DUCT_ENDS = Tag.ORGAN | Tag.SEGMENT | Tag.END
_DUCT_TOLD = Tag.STATE | Tag.UNSEEN | Tag.NEG
_NAMES_MORE = Tag.MENTION | Tag.ORGAN | Tag.HOST | Tag.END | Tag.SEEN | Tag.DUCT | Tag.STATE
_SUBJECTS = Tag.DUCT | Tag.ORGAN | Tag.HOST


def inside_hit(duct: Hit) -> Hit:
    """The words of a duct, read as "the focus lies in it"."""
    return replace(duct, lex=INSIDE, tag=INSIDE.tag, negated=False)


def is_course(hits: list[Hit], k: int) -> bool:
    """Whether the duct is only a course that foci follow ("along the left duct")."""
    if not k or hits[k - 1].tag != Tag.ALONG:
        return False
    return hits[k].start - hits[k - 1].end <= COURSE_GAP


def lies_inside(group: Group, k: int) -> bool:
    """Whether the focus lies in the lumen of the duct at ``k``."""
    duct, hits = group.hits[k], group.hits
    if duct.lex.value not in LUMEN_DUCTS or (k and hits[k - 1].tag == Tag.ALONG):
        return False
    if k >= group.own[0]:
        return is_english(duct) and duct.near_preposition and _is_told_of(group, duct, k)
    between = group.between(k)
    if any(_leaves_the_duct(h, duct, group.first) for h in between):
        return False
    return _reaches(group, duct, between)


def _is_told_of(group: Group, duct: Hit, k: int) -> bool:
    """“A stone, 12 mm, in a dilated duct”: nothing else is named in between."""
    if duct.chunk == group.first.chunk:
        return True
    return not any(h.tag & _NAMES_MORE for h in group.hits[group.own[-1] + 1 : k])


def _reaches(group: Group, duct: Hit, between: list[Hit]) -> bool:
    if is_english(duct):
        said = any(h.lex.sign == "in_duct" for h in between)
        return said or _holds(duct, between, group.first)
    if duct.chunk != group.first.chunk:
        return any(is_inside_mark(h) for h in between)
    return _leads_to(between)


def _leads_to(between: list[Hit]) -> bool:
    """胆管内见…: a duct told wide or narrow in between leads to nothing, unless by 见."""
    is_seen = any(h.tag == Tag.SEEN for h in between)
    return is_seen or not any(h.tag & _DUCT_TOLD and not h.negated for h in between)


def _leaves_the_duct(hit: Hit, duct: Hit, mention: Hit) -> bool:
    if is_english(duct) and duct.near_preposition:
        return bool(hit.tag & _SUBJECTS)
    if hit.tag == Tag.LOBE:
        return hit.start not in (duct.start, mention.start)
    return bool(hit.tag & _DUCT_ENDS)


def _holds(duct: Hit, between: list[Hit], mention: Hit) -> bool:
    """“Within a dilated duct lies …”, “ducts dilated with several stones”."""
    if duct.lex.value == "local":
        return False
    if not duct.near_preposition and any(h.tag == Tag.COMMA for h in between):
        return False
    if duct.near_preposition:
        return duct.chunk == mention.chunk or not any(h.tag & _DUCT_TOLD for h in between)
    return any(h.tag == Tag.SEEN and h.lex.name == "holds" for h in between)


def is_in_a_duct(hits: list[Hit], k: int) -> bool:
    """Whether what "inside" at ``k`` speaks of is a duct within the liver."""
    mark = hits[k]
    if is_english(mark):
        return mark.organ == "duct" or _says_duct_itself(mark)
    subject = next((h for h in reversed(hits[: k + 1]) if h.tag & _SUBJECTS), None)
    return subject is not None and subject.tag == Tag.DUCT and subject.lex.value != "extra"


def _says_duct_itself(mark: Hit) -> bool:
    """Words that say "in a duct" by themselves, such as "intraductal"."""
    return mark.lex.name == "ductal"
