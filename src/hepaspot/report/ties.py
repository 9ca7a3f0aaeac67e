"""Tie what is said of the ducts to the foci of the same passage."""

from __future__ import annotations

from dataclasses import replace

from hepaspot.report.drafts import Draft
from hepaspot.report.ducts import DILATED, DuctFinding
from hepaspot.report.hits import Hit
from hepaspot.report.limits import limit_mm
from hepaspot.report.tags import Tag
from hepaspot.report.told import is_inside_mark

DUCTS_UNSEEN = "ducts_not_seen"
EXTRAHEPATIC_UNSEEN = "extrahepatic_duct_not_seen"
LIVER_OBSCURED = "liver_obscured"
_ABOUT_DUCTS_OR_FOCI = Tag.DUCT | Tag.MENTION | Tag.STATE


def tied(finding: DuctFinding, drafts: list[Draft], earlier: list[Draft]) -> list[DuctFinding]:
    """The finding, and where it tells of the duct that a focus lies in, that one too.

    ``drafts`` are the foci of the passage, ``earlier`` those of the passages before.
    """
    if finding.slot == "local":
        return [replace(finding, draft=_owner(finding, drafts, earlier))]
    if finding.slot != "intrahepatic":
        return [finding]
    is_wide = finding.state == DILATED
    if not is_wide and not finding.width_mm:
        return [finding]
    inside = [d for d in drafts if is_inside(d)]
    return [*(_local(finding, draft) for draft in inside), finding]


def is_inside(draft: Draft) -> bool:
    """Whether a focus is said to lie in the lumen of a duct."""
    return any(is_inside_mark(h) for h in draft.hits)


def _local(finding: DuctFinding, draft: Draft) -> DuctFinding:
    is_wide = finding.state is None and (finding.width_mm or 0.0) > limit_mm("intrahepatic")
    state = DILATED if is_wide else finding.state
    return replace(finding, slot="local", state=state, width_mm=None, draft=draft)


def held_in_dilated(finding: DuctFinding, draft: Draft) -> DuctFinding:
    """The dilated duct of an earlier sentence, as the one that ``draft`` lies in."""
    return replace(finding, slot="local", state=DILATED, width_mm=None, draft=draft)


def _owner(finding: DuctFinding, drafts: list[Draft], earlier: list[Draft]) -> Draft | None:
    """The focus that "the local duct" is beside: the last one named before it."""
    before = [d for d in drafts if d.mentions[0].start < finding.start]
    candidates = before[-1:] or drafts[:1] or earlier[-1:]
    return candidates[0] if candidates else None


def obscured(hits: list[Hit]) -> list[Hit]:
    """Words that say that a part of the liver itself could not be seen."""
    found = []
    for hit in hits:
        if hit.tag == Tag.UNSEEN and hit.organ == "liver":
            chunk = [h for h in hits if h.chunk == hit.chunk]
            if not any(h.tag & _ABOUT_DUCTS_OR_FOCI for h in chunk) and any(map(_is_part, chunk)):
                found.append(hit)
    return found


def _is_part(hit: Hit) -> bool:
    if hit.tag == Tag.ORGAN:
        return hit.lex.value == "liver"
    return bool(hit.tag & (Tag.LOBE | Tag.LANDMARK))
