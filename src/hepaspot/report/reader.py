"""Read a report: text in, `Exam` out."""

from __future__ import annotations

import re
from dataclasses import replace

from hepaspot.exam import Exam, Setting, Source, SourceKind
from hepaspot.report.build import build_exam
from hepaspot.report.context import LIVER_LIKE, Cursor, Hit, Walk
from hepaspot.report.drafts import Draft, draft_passage, inside_hit, is_liver
from hepaspot.report.ducts import DuctFinding, along, duct_findings
from hepaspot.report.fold import fold
from hepaspot.report.merge import merge
from hepaspot.report.passages import MEASURE, Passage, passages
from hepaspot.report.scan import scan, tokens
from hepaspot.report.tags import Tag

T = Tag
_OF_INTEREST = (T.MENTION | T.BRIGHT | T.NOUN | T.DUCT | T.SIGN | T.SHADOW | T.SCOPE | T.CHANGE | T.UNSEEN | T.UNSEEN_FOCUS | T.ATTRIBUTE | T.HOST)
_ALWAYS = T.SIGN | T.SCOPE | T.RISKY
SEGMENT = re.compile("Seg|S ?[1-8]|段")
_LATER = (T.SHADOW | T.SIZE | T.CHANGE | T.ATTRIBUTE | T.LOBE | T.SEGMENT | T.LANDMARK | T.MASKED)


def read_report(text: str, *, source_id: str = "report", setting: Setting | None = None) -> Exam:
    """Read a written liver report, English or Chinese.

    Parameters
    ----------
    text : str
        The report, as written.
    source_id : str
        Id of the source that every span names.
    setting : Setting, optional
        Where and why the exam was made; not guessed from the words.

    Returns
    -------
    Exam
        Foci, duct states, other signs, statements and caveats, each with its span.
    """
    folded = fold(text)
    reading = Reading(folded.text)
    for passage in passages(folded.text, scan(folded.text)):
        reading.take(passage)
    source = Source(source_id, SourceKind.REPORT, text, _language(text))
    return build_exam(reading, folded, source, setting or Setting())


def _language(text: str) -> str:
    return "zh" if sum("\u4e00" <= c <= "\u9fff" for c in text[:400]) >= 8 or not text.isascii() and any(
        "\u4e00" <= c <= "\u9fff" for c in text
    ) else "en"


class Reading:
    """What has been read of one report so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.cursor = Cursor()
        self.drafts: list[Draft] = []
        self.ducts: list[tuple[DuctFinding, str, Draft | None]] = []
        self.loose: list[tuple[Hit, str]] = []
        self.negated: list[tuple[Hit, str]] = []
        self.historical: list[tuple[Hit, str]] = []
        self.caveats: list[tuple[str, Hit, str]] = []
        self.pending: list[Hit] = []
        self.was_prior: Hit | None = None
        self.dilated_before: tuple[DuctFinding, str] | None = None
        self._foci: list[Draft] | None = None

    @property
    def foci(self) -> list[Draft]:
        """The drafts, one a lesion."""
        if self._foci is None:
            self._foci = merge(self.drafts)
        return self._foci

    def take(self, passage: Passage) -> None:
        """Read one passage, or only note its organ where it tells nothing of the liver."""
        if passage.section != self.cursor.section:
            self.cursor.section, self.cursor.organ = passage.section, ""
        if not self._is_of_interest(passage):
            self._move_cursor(passage)
            return
        hits = Walk(self.text, passage, self.cursor).run()
        missing = settle_history(hits)
        if missing is not None:
            self.caveats.append(("focus_not_reproduced", missing, passage.section))
        drafts = draft_passage(hits, passage.section, passage.line)
        self._sort_mentions(hits, passage.section, drafts)
        self._correct_earlier(hits, drafts)
        if not drafts and self.drafts and passage.section in ("", "findings", "impression"):
            self._later(hits, passage)
        self.drafts += drafts
        self._take_ducts(hits, drafts, passage.section)
        self.loose += [(h, passage.section) for h in hits if h.tag & (T.SIGN | T.SCOPE) or h.lex.sign and h.tag & (T.MENTION | T.HOST)]
        self._follow_up(hits, drafts, passage.section)
        for h in hits:
            if h.tag == T.UNSEEN_FOCUS and not h.dropped:
                self.caveats.append(("focus_not_reproduced", h, passage.section))

    def _is_of_interest(self, passage: Passage) -> bool:
        mask = passage.mask
        if mask & _ALWAYS:
            return True
        away = mask & T.FOREIGN or self.cursor.organ not in LIVER_LIKE
        if away and not mask & T.LIVERISH and not SEGMENT.search(self.text, passage.start, passage.end):
            return False
        if mask & _OF_INTEREST:
            return True
        return bool(self.drafts) and (
            bool(mask & _LATER) or MEASURE.search(self.text, passage.start, passage.end) is not None
        )

    def _move_cursor(self, passage: Passage) -> None:
        if not passage.mask & (T.ORGAN | T.LOBE | T.DUCT):
            return
        for token in tokens(self.text, passage.found, passage.end):
            if token.lex.tag == T.ORGAN:
                self.cursor.organ = "liver" if token.lex.value == "vein" else token.lex.value
            elif token.lex.tag == T.LOBE and self.cursor.organ not in ("thyroid", "prostate", "lung", "breast"):
                self.cursor.organ = "liver"

    def _sort_mentions(self, hits: list[Hit], section: str, drafts: list[Draft]) -> None:
        from hepaspot.report.drafts import usable

        for h in hits:
            if h.tag != T.MENTION or h.lex.value == "neutral" or h.dropped and not h.historical or not usable(h, hits):
                continue
            if h.historical:
                self.historical.append((h, section))
            elif h.negated or h.refuted:
                self.negated.append((h, section))
                if h.refuted and not drafts and self.drafts:
                    self.drafts[-1].refuted.append(h)

    def _follow_up(self, hits: list[Hit], drafts: list[Draft], section: str) -> None:
        """"This could not be identified today": the focus of an earlier report is gone."""
        mask = 0
        for h in hits:
            mask |= h.tag
        if self.was_prior is not None and mask & (T.NEG_POST | T.UNSEEN) and mask & T.ANAPHOR and not mask & (T.MENTION | T.DUCT | T.ORGAN):
            self.caveats.append(("focus_not_reproduced", self.was_prior, section))
        if mask & T.MENTION:
            self.was_prior = next((h for h in hits if h.tag == T.MENTION and (h.historical or h.prior) and is_liver(h)), None)
            if self.was_prior is None and self.dilated_before is not None:
                for draft in drafts:
                    if any(h.lex.sign == "in_duct" and h.lex.value == "inside" for h in draft.hits) and not mask & T.DUCT:
                        finding, where = self.dilated_before
                        self.ducts.append((DuctFinding("local", "dilated", finding.hit, finding.start, finding.end), where, draft))
                        if not draft.lobes and self.cursor.side is not None:
                            side = replace(draft.mentions[0], lex=self.cursor.side, tag=self.cursor.side.tag)
                            draft.hits.append(side)
        self.dilated_before = next(
            ((f, s) for f, s, _ in reversed(self.ducts) if f.slot == "intrahepatic" and f.state == "dilated"), None
        ) if mask & T.DUCT else self.dilated_before

    def _correct_earlier(self, hits: list[Hit], drafts: list[Draft]) -> None:
        """"Previously called X; today shown to be Y": Y's focus is not X."""
        if not drafts or not any(h.tag == T.CORRECT for h in hits) or any(h.refuted for h in hits) or not self.historical:
            return
        earlier, section = self.historical[-1]
        if earlier.lex.value not in drafts[-1].entities:
            self.historical.pop()
            earlier.historical, earlier.refuted, earlier.negated = False, True, True
            self.negated.append((earlier, section))
            drafts[-1].refuted.append(earlier)

    def _later(self, hits: list[Hit], passage: Passage) -> None:
        """A sentence of its own about the focus just described."""
        last = self.drafts[-1]
        if last.section != passage.section:
            return
        from hepaspot.report.drafts import size_belongs

        foreign = [h for h in hits if h.tag & (T.ORGAN | T.DUCT | T.HOST | T.EXTENT) and h.lex.value != "liver" and not h.near]
        mask = 0
        for h in hits:
            mask |= h.tag
        everyone = bool(mask & T.ALL_OF) or any(h.tag == T.ANAPHOR and h.lex.language == "en" and self.text[h.start : h.end] in ("They", "These", "Both", "Each", "Those") for h in hits)
        targets = [d for d in self.drafts if d.section == last.section and d.line == last.line] if everyone else [last]
        self._ordered_pair(hits, passage)
        last = self.drafts[-1]
        targets = targets if everyone else [last]
        if mask & T.ANAPHOR:
            for k, h in enumerate(hits):
                if h.tag == T.DUCT and h.near_preposition and h.lex.value in ("intra", "any") and not along(hits, k):
                    last.hits.append(inside_hit(h))
        for k, h in enumerate(hits):
            if not h.tag & _LATER or not is_liver(h) or h.dropped or h.near:
                continue
            if h.tag & (T.SIZE | T.MASKED):
                if foreign or last.sizes or h.tag == T.MASKED and not mask & T.SEEN or not size_belongs(hits, k, [-1]):
                    continue
            elif h.tag & (T.LOBE | T.SEGMENT | T.LANDMARK) and (
                last.lobes or foreign or mask & (T.SIGN | T.STATE | T.NEG | T.UNSEEN | T.MENTION)
            ):
                continue
            elif h.tag & T.ATTRIBUTE and h.lex.sign in ("shape", "alignment", "in_duct") and foreign:
                continue
            elif h.tag == T.CHANGE and foreign:
                continue
            for draft in targets:
                draft.hits.append(h)

    def _ordered_pair(self, hits: list[Hit], passage: Passage) -> None:
        """"The first lies in …", "The second lies in …": a group told one by one."""
        last = self.drafts[-1]
        first = any(h.tag == T.FORMER for h in hits)
        second = any(h.tag == T.LATTER for h in hits)
        if not (first or second) or not any(h.tag & (T.LOBE | T.SEGMENT) for h in hits):
            return
        one = [replace(m, count="single") for m in last.mentions]
        if first:
            last.mentions = one
            last.hits = [h for h in last.hits if h.tag != T.COUNT]
        else:
            self.drafts.append(Draft(passage.section, passage.line, mentions=one, ordinal=True))

    def _take_ducts(self, hits: list[Hit], drafts: list[Draft], section: str) -> None:
        for finding in duct_findings(hits):
            if finding.unseen:
                caveat = "extrahepatic_duct_not_seen" if finding.slot == "extrahepatic" else "ducts_not_seen"
                self.caveats.append((caveat, finding.hit, section))
                continue
            draft = None
            if finding.slot == "intrahepatic" and finding.state == "dilated" or finding.width_mm and finding.slot == "intrahepatic":
                for inside in drafts:
                    if any(h.lex.sign == "in_duct" and h.lex.value == "inside" for h in inside.hits):
                        self.ducts.append((DuctFinding("local", finding.state or ("dilated" if (finding.width_mm or 0) > 2 else None), finding.hit, finding.start, finding.end), section, inside))
            if finding.slot == "local":
                before = [d for d in drafts if d.mentions[0].start < finding.start]
                pool = before[-1:] or drafts[:1] or self.drafts[-1 - len(drafts) :][:1]
                draft = pool[0] if pool else None
            self.ducts.append((finding, section, draft))
        for h in hits:
            if h.tag != T.UNSEEN or h.organ != "liver":
                continue
            chunk = [x for x in hits if x.chunk == h.chunk]
            if any(x.tag & (T.DUCT | T.MENTION | T.STATE) for x in chunk):
                continue
            if any(x.tag & (T.LOBE | T.LANDMARK) or x.tag == T.ORGAN and x.lex.value == "liver" for x in chunk):
                self.caveats.append(("liver_obscured", h, section))


def settle_history(hits: list[Hit]) -> Hit | None:
    """Decide what a mention under "previously reported" or beside "removed" is now."""
    removed = [h for h in hits if h.tag == T.REMOVED]
    present = any(h.tag & (T.CHANGE | T.PREV_SEEN | T.NOW) for h in hits)
    gone = any(h.tag == T.UNSEEN_FOCUS for h in hits)
    missing: Hit | None = None
    removed += [h for h in hits if h.lex.sign == "history_biliary_surgery" and not h.negated]
    live = {h.lex.value for h in hits if h.tag == T.MENTION and not h.prior and not h.negated and h.lex.value != "neutral"}
    for h in hits:
        if h.tag != T.MENTION:
            continue
        if h.quoted and live - {h.lex.value}:
            h.refuted = True
        if h.prior and live - {h.lex.value} and h.lex.value != "neutral":
            h.refuted = True
        if h.elsewhere and (gone or h.negated):
            h.negated = True
            missing = h
        if gone and not h.prior and h.lex.value == "neutral" and any(r.tag == T.UNSEEN_FOCUS and r.chunk == h.chunk for r in hits):
            h.negated = True
        if removed and h.lex.value in ("duct_stone", "other") and any(r.chunk == h.chunk or abs(r.start - h.end) < 30 for r in removed) and not h.negated:
            h.historical = True
        if h.prior and not h.refuted:
            if gone or h.negated or _looked_for_in_vain(hits, h):
                h.negated, h.prior = True, False
                missing = h
            elif present:
                h.prior = False
            else:
                h.historical, h.prior = True, False
        if h.refuted:
            h.negated = True
    return missing


def _looked_for_in_vain(hits: list[Hit], mention: Hit) -> bool:
    """Whether a later chunk says "not found" of nothing in particular."""
    chunks = {h.chunk for h in hits if h.chunk > mention.chunk and h.tag & (T.NEG | T.UNSEEN | T.NEG_POST)}
    chunks |= {mention.chunk} if any(h.tag & (T.UNSEEN | T.NEG_POST) and h.chunk == mention.chunk and h.start > mention.end for h in hits) else set()
    named = {h.chunk for h in hits if h is not mention and h.tag & (T.MENTION | T.STATE | T.DUCT | T.SIGN | T.SHADOW)}
    return bool(chunks - named)
