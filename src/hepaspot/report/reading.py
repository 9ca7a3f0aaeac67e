"""Go through a report passage by passage and keep what is told of the liver."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from hepaspot.report.context import Walk
from hepaspot.report.drafts import MOST_FOCI, Draft, is_usable
from hepaspot.report.ducts import DILATED, DuctFinding, duct_findings, name_intrahepatic
from hepaspot.report.grouping import draft_passage
from hepaspot.report.history import settle_history
from hepaspot.report.hits import Cursor, Hit, is_named
from hepaspot.report.interest import is_of_interest, move_on, tells_of_liver
from hepaspot.report.later import add_later, has_pronoun
from hepaspot.report.passages import Passage
from hepaspot.report.tags import Tag
from hepaspot.report.ties import (
    DUCTS_UNSEEN,
    EXTRAHEPATIC_UNSEEN,
    LIVER_OBSCURED,
    held_in_dilated,
    is_inside,
    obscured,
    tied,
)
from hepaspot.report.told import Told, is_liver, mask_of

TOO_MANY_FOCI = "too_many_foci"
NOT_REPRODUCED = "focus_not_reproduced"
BODY = frozenset({"", "findings", "impression"})
"""Sections that describe the liver as it is now; "" is a report without headings."""
_SIGNS = Tag.SIGN | Tag.SCOPE
_MAY_BE_SIGNS = Tag.MENTION | Tag.HOST
_SUBJECTS = Tag.MENTION | Tag.DUCT | Tag.ORGAN


class Noted(NamedTuple):
    """A caveat and the words that give rise to it."""

    id: str
    hit: Hit


class Reading:
    """What has been read of one report so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.cursor = Cursor()
        self.drafts: list[Draft] = []
        self.ducts: list[DuctFinding] = []
        self.loose: list[Hit] = []
        self.negated: list[Hit] = []
        self.historical: list[Hit] = []
        self.caveats: list[Noted] = []
        self.sections: list[tuple[int, str]] = []
        self._was_prior: Hit | None = None
        self._dilated: DuctFinding | None = None
        self.is_of_liver = False

    def take(self, passage: Passage) -> None:
        """Read one passage, or only note its organ where it tells nothing of the liver."""
        if passage.section != self.cursor.section:
            self._begin(passage.section)
        self._take_in(passage)
        self.is_of_liver = self.is_of_liver or tells_of_liver(passage, self.text, self.cursor)

    def _begin(self, section: str) -> None:
        """A new section is on the liver, unless all before it was on another organ."""
        if self.is_of_liver or self.cursor.section not in BODY:
            self.cursor.organ = ""
        self.cursor.section = section

    def _take_in(self, passage: Passage) -> None:
        if not is_of_interest(passage, self.text, self.cursor, has_focus=bool(self.drafts)):
            move_on(passage, self.text, self.cursor)
            return
        self.sections.append((passage.start, passage.section))
        hits = Walk(self.text, passage, self.cursor).run()
        self._take_told(Told(hits, mask_of(hits), passage.section, passage.line))

    def _take_told(self, told: Told) -> None:
        drafts = self._take_mentions(told) if told.mask & Tag.MENTION else []
        if not drafts and self._continues(told):
            add_later(self.drafts, told, self.text)
        told = self._take_ducts(told, drafts)
        self.drafts += drafts
        self._take_loose(told)
        self._follow_up(told, drafts)

    def _take_mentions(self, told: Told) -> list[Draft]:
        missing = settle_history(told.hits, told.mask)
        if missing is not None:
            self.caveats.append(Noted(NOT_REPRODUCED, missing))
        drafts = self._bounded(draft_passage(told.hits, told.section, told.line))
        self._sort_mentions(told.hits, drafts)
        if told.mask & Tag.CORRECT:
            self._correct_earlier(told.hits, drafts)
        return drafts

    def _bounded(self, drafts: list[Draft]) -> list[Draft]:
        room = max(0, MOST_FOCI - len(self.drafts))
        if len(drafts) > room:
            self.caveats.append(Noted(TOO_MANY_FOCI, drafts[room].mentions[0]))
        return drafts[:room]

    def _continues(self, told: Told) -> bool:
        """Whether a passage without a focus may tell more of the one before it."""
        return bool(
            self.drafts and told.section in BODY and self.drafts[-1].section == told.section
        )

    def _sort_mentions(self, hits: list[Hit], drafts: list[Draft]) -> None:
        for hit in hits:
            if not is_named(hit) or not is_usable(hit, hits):
                continue
            if hit.historical:
                self.historical.append(hit)
            elif hit.negated or hit.refuted:
                self.negated.append(hit)
                if hit.refuted and not drafts and self.drafts:
                    self.drafts[-1].refuted.append(hit)

    def _correct_earlier(self, hits: list[Hit], drafts: list[Draft]) -> None:
        """“Previously called X; today shown to be Y”: Y's focus is not X."""
        if not drafts or not self.historical or any(h.refuted for h in hits):
            return
        earlier = self.historical[-1]
        if earlier.lex.value not in drafts[-1].entities:
            self.historical.pop()
            earlier.historical, earlier.refuted, earlier.negated = False, True, True
            self.negated.append(earlier)
            drafts[-1].refuted.append(earlier)

    def _take_ducts(self, told: Told, drafts: list[Draft]) -> Told:
        if told.mask & Tag.ORGAN and name_intrahepatic(told.hits):
            told = told._replace(mask=told.mask | Tag.DUCT)
        if told.mask & Tag.DUCT:
            for finding in duct_findings(told.hits):
                self._take_duct(finding, drafts)
        if told.mask & Tag.UNSEEN:
            self.caveats += [Noted(LIVER_OBSCURED, hit) for hit in obscured(told.hits)]
        return told

    def _take_duct(self, finding: DuctFinding, drafts: list[Draft]) -> None:
        if finding.unseen:
            is_outside = finding.slot == "extrahepatic"
            caveat = EXTRAHEPATIC_UNSEEN if is_outside else DUCTS_UNSEEN
            self.caveats.append(Noted(caveat, finding.hit))
            return
        self.ducts += tied(finding, drafts, self.drafts)
        if finding.slot == "intrahepatic" and finding.state == DILATED:
            self._dilated = finding

    def _take_loose(self, told: Told) -> None:
        """Signs of the whole exam; a mention or host may be one as well."""
        for hit in told.hits:
            if hit.tag & _SIGNS or (hit.tag & _MAY_BE_SIGNS and hit.lex.sign):
                self.loose.append(hit)
            elif hit.tag == Tag.UNSEEN_FOCUS and not hit.dropped:
                self.caveats.append(Noted(NOT_REPRODUCED, hit))

    def _follow_up(self, told: Told, drafts: list[Draft]) -> None:
        if self._was_prior is not None and _is_gone_today(told, self.text):
            self.caveats.append(Noted(NOT_REPRODUCED, self._was_prior))
        if told.mask & Tag.MENTION:
            self._was_prior = next((h for h in told.hits if _is_of_earlier_report(h)), None)
            names_a_duct = told.mask & Tag.DUCT and not told.mask & Tag.ALONG
            if self._was_prior is None and not names_a_duct:
                self._put_into_dilated(drafts)

    def _put_into_dilated(self, drafts: list[Draft]) -> None:
        """“The left duct is dilated. A stone lies within it.”: that duct is the local one."""
        if self._dilated is None:
            return
        for draft in drafts:
            if not is_inside(draft):
                continue
            self.ducts.append(held_in_dilated(self._dilated, draft))
            side = self.cursor.side
            if not draft.lobes and side is not None:
                draft.hits.append(replace(draft.mentions[0], lex=side, tag=side.tag))


def _is_gone_today(told: Told, text: str) -> bool:
    """Whether "this could not be identified today" is said of the focus of an earlier report."""
    if told.mask & (_SUBJECTS | Tag.LOBE):
        return False
    return bool(told.mask & (Tag.NEG_POST | Tag.UNSEEN)) and has_pronoun(told, text)


def _is_of_earlier_report(hit: Hit) -> bool:
    return hit.tag == Tag.MENTION and (hit.historical or hit.prior) and is_liver(hit)
