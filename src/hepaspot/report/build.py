"""Turn what was read into an `Exam`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hepaspot.exam import (
    Caveat, Certainty, Count, Entity, Exam, Focus, Lobe, Measurement, Observation, Place, Section, Setting, Size,
    SizeBound, Source, Statement, Words, plain,
)
from hepaspot.report.context import LIVER_LIKE, Hit
from hepaspot.report.drafts import NEUTRAL, Draft, is_liver
from hepaspot.report.fold import Folded
from hepaspot.report.tags import Tag

if TYPE_CHECKING:
    from hepaspot.report.reader import Reading

T = Tag
LARGEST_FOCUS_MM = 150.0
"""Sizes above this, or below `SMALLEST_FOCUS_MM`, cannot be a bright focus in a liver (convention)."""
SMALLEST_FOCUS_MM = 0.5
INTRAHEPATIC_LIMIT_MM = 2.0
EXTRAHEPATIC_LIMIT_MM = 6.0
AFTER_CHOLECYSTECTOMY_LIMIT_MM = 10.0
_SECTIONS = {"findings": Section.FINDINGS, "impression": Section.IMPRESSION, "history": Section.HISTORY}
_LIVER_SIGNS = frozenset({"mass", "atrophy"})
_LIVER_OR_DUCTS = LIVER_LIKE | {"extraduct"}
_SHADOW_ORDER = ("comet_tail", "ring_down", "reverberation", "dirty", "faint", "absent", "present")


class Builder:
    """Builds one exam; keeps the folded text and the source that spans refer to."""

    def __init__(self, reading: Reading, folded: Folded, source: Source) -> None:
        self.reading, self.folded, self.source = reading, folded, source

    def words(self, start: int, end: int, section: str) -> Words:
        first, last = self.folded.span(start, end)
        return Words(self.source.id, first, last, _SECTIONS.get(section))

    def at(self, hit: Hit, section: str) -> Words:
        return self.words(hit.start, hit.end, section)

    # -- foci ---------------------------------------------------------------------------
    def focus(self, number: int, draft: Draft) -> Focus:
        local = [
            (f, s) for f, s, d in self.reading.ducts
            if d is not None and self._is_of(draft, d) and (f.state or f.width_mm)
        ]
        observations = self.focus_observations(draft)
        if local:
            finding, section = local[0]
            wide = any(f.state == "dilated" or (f.width_mm or 0.0) > INTRAHEPATIC_LIMIT_MM for f, _ in local)
            state = "dilated" if wide else "not_dilated"
            observations.append(plain("duct_local", state, self.words(finding.start, finding.end, section)))
        return Focus(
            id=f"F{number}",
            provenance=self.at(draft.mentions[0], draft.section),
            count=self.count(draft),
            places=self.places(draft),
            sizes=self.sizes(draft),
            host=self.host(draft),
            observations=tuple(observations),
            statements=self.statements(draft),
        )

    def _is_of(self, focus: Draft, part: Draft) -> bool:
        return part is focus or any(m is n for m in part.mentions[:1] for n in focus.mentions)

    def focus_observations(self, draft: Draft) -> list[Observation]:
        found: dict[str, Observation] = {}
        shadows = [(self.shadow_state(h), h) for h in draft.of(T.SHADOW)]
        if shadows:
            state, hit = min(shadows, key=lambda s: _SHADOW_ORDER.index(s[0]))
            found["shadow"] = plain("shadow", state, self.at(hit, draft.section))
        for hit in draft.of(T.ATTRIBUTE):
            sign, value = hit.lex.sign or "", hit.lex.value
            if hit.negated:
                value = {"present": "absent", "moves": "fixed", "inside": "outside", "along_duct": "outside_duct", "absent": "absent"}.get(value, "")
            if value and sign not in found:
                found[sign] = plain(sign, value, self.at(hit, draft.section))
        along = [h for h in draft.of(T.LANDMARK) if h.lex.value.startswith("along_")]
        for hit in [*draft.of(T.ALONG), *along]:
            found.setdefault("alignment", plain("alignment", "along_duct", self.at(hit, draft.section)))
        for hit in draft.of(T.CHANGE):
            if not (hit.negated and hit.lex.value == "stable"):
                value = "stable" if hit.negated else hit.lex.value
                found.setdefault("change", plain("change", value, self.at(hit, draft.section)))
        for hit in draft.of(T.BRIGHTNESS):
            found["echo"] = plain("echo", hit.lex.value, self.at(hit, draft.section))
        return list(found.values())

    def shadow_state(self, hit: Hit) -> str:
        if hit.negated:
            return "absent"
        if hit.hedged and hit.lex.value == "present":
            return "faint"
        return hit.lex.value

    def count(self, draft: Draft) -> Count | None:
        counts = {h.lex.value for h in draft.of(T.COUNT)} | {m.count for m in draft.mentions if m.count}
        if "multiple" in counts or draft.of(T.LARGEST):
            return Count.MULTIPLE
        if "single" in counts or draft.ordinal and draft.mentions[0].lex.language == "en":
            return Count.SINGLE
        return Count.SINGLE if self._one_by_grammar(draft) else None

    def _one_by_grammar(self, draft: Draft) -> bool:
        """An English singular with a size, or with "the", is one calcification."""
        mention = draft.mentions[0]
        if mention.lex.language != "en" or mention.lex.value == NEUTRAL:
            return False
        before = self.folded.text[max(0, mention.start - 24) : mention.start]
        return len(draft.sizes) == 1 and not draft.sizes[0].is_range or "The " in before

    def places(self, draft: Draft) -> tuple[Place, ...]:
        groups = [draft.of((T.LOBE | T.SEGMENT | T.LANDMARK)), *draft.places]
        return tuple(p for p in (self.place(g, draft) for g in groups) if p is not None)

    def place(self, hits: list[Hit], draft: Draft) -> Place | None:
        if not hits:
            return None
        segments = tuple(sorted({s for h in hits for s in h.segments}))
        lobes = {h.lex.value for h in hits if h.tag == T.LOBE}
        if not lobes:
            lobes = {"caudate" if s == 1 else "left" if s <= 4 else "right" for s in segments}
        lobe = None
        if lobes:
            lobe = Lobe(next(iter(lobes))) if len(lobes) == 1 else Lobe.BOTH
        landmarks = tuple(sorted({h.lex.value for h in hits if h.tag == T.LANDMARK}))
        first, last = min(h.start for h in hits), max(h.end for h in hits)
        if last - first > 80:
            last = max(h.end for h in hits if h.start - first <= 80)
        return Place(self.words(first, last, draft.section), lobe, segments, landmarks)

    def sizes(self, draft: Draft) -> tuple[Size, ...]:
        found = []
        for hit in draft.sizes:
            spans = [(a,) for a in hit.axes_mm] if hit.listed else [hit.axes_mm]
            for axes in spans:
                plausible = SMALLEST_FOCUS_MM <= max(axes) <= LARGEST_FOCUS_MM
                bound = SizeBound.RANGE if hit.is_range else None
                found.append(Size(self.at(hit, draft.section), axes, bound, plausible=plausible))
        for hit in draft.of(T.MASKED):
            found.append(Size(self.at(hit, draft.section), masked=True))
        return tuple(found)

    def host(self, draft: Draft) -> str | None:
        hosts = [h.lex.value for h in draft.of(T.HOST)]
        hosts += [m.lex.host for m in draft.mentions if m.lex.host and m.lex.host != "wall"]
        if any(m.lex.host == "wall" for m in draft.mentions) and not hosts:
            return "duct_wall"
        return hosts[-1] if hosts else None

    def statements(self, draft: Draft) -> tuple[Statement, ...]:
        made = [self.statement(m, draft.section) for m in draft.mentions if m.lex.value != NEUTRAL]
        made += [self.statement(m, draft.section) for m in draft.refuted if m.lex.value != NEUTRAL]
        return tuple(dict.fromkeys(made)) if not made else tuple(made)

    def statement(self, hit: Hit, section: str) -> Statement:
        certainty = (
            Certainty.NEGATED if hit.negated or hit.refuted
            else Certainty.HISTORICAL if hit.historical
            else Certainty.EITHER_OR if hit.either
            else Certainty.HEDGED if hit.hedged
            else Certainty.ASSERTED
        )
        return Statement(Entity(hit.lex.value), certainty, self.at(hit, section), hit.lex.name)

    # -- the exam -----------------------------------------------------------------------
    def ducts(self) -> list[Observation]:
        made = []
        after_removal = any(h.lex.sign == "history_cholecystectomy" and not h.negated for h, _ in self.reading.loose)
        for slot in ("intrahepatic", "extrahepatic"):
            findings = [
                (f, s) for f, s, _ in self.reading.ducts
                if f.slot == slot or (f.slot == "local" and slot == "intrahepatic" and f.state == "dilated")
            ]
            widths = [(f, s) for f, s in findings if f.width_mm is not None]
            if slot == "intrahepatic" and not widths:
                widths = [
                    (f, s) for f, s, _ in self.reading.ducts
                    if f.slot == "local" and f.width_mm is not None and f.width_mm > INTRAHEPATIC_LIMIT_MM
                ]
                findings = [*findings, *widths]
            states = [(f, s) for f, s in findings if f.state is not None]
            if not findings or not (widths or states):
                continue
            if widths:
                widest, section = max(widths, key=lambda w: w[0].width_mm or 0.0)
                limit = INTRAHEPATIC_LIMIT_MM if slot == "intrahepatic" else (
                    AFTER_CHOLECYSTECTOMY_LIMIT_MM if after_removal else EXTRAHEPATIC_LIMIT_MM
                )
                width = widest.width_mm or 0.0
                state = "dilated" if width > limit else "not_dilated"
                if state == "not_dilated" and slot == "intrahepatic" and any(f.state == "dilated" for f, _ in states):
                    state = "dilated"
                made.append(Observation(
                    f"duct_{slot}", {state: 1.0}, self.words(widest.start, widest.end, section),
                    Measurement(width, "mm"),
                ))
                continue
            finding, section = next(((f, s) for f, s in states if f.state == "dilated"), states[0])
            made.append(plain(f"duct_{slot}", finding.state or "", self.words(finding.start, finding.end, section)))
        return made

    def signs(self) -> list[Observation]:
        found: dict[str, Observation] = {}
        for hit, section in self.reading.loose:
            if hit.tag == T.SCOPE or hit.lex.sign is None:
                continue
            sign = hit.lex.sign
            value = hit.lex.value if hit.tag == T.SIGN else "present"
            if sign in _LIVER_SIGNS and hit.organ not in _LIVER_OR_DUCTS:
                continue
            if hit.dropped and section != "history":
                continue
            if hit.prior and sign in _LIVER_SIGNS:
                continue
            if hit.tag == T.MENTION and (hit.hedged or hit.either or hit.negated):
                continue
            if hit.negated:
                value = {"present": "absent", "abnormal": "normal", "normal": "abnormal"}.get(value, value)
            elif hit.hedged and sign in _LIVER_SIGNS:
                pass
            old = found.get(sign)
            if old is None or (old.state in ("absent", "normal") and value in ("present", "abnormal")):
                found[sign] = plain(sign, value, self.at(hit, section))
        for hit, section in self.reading.historical:
            if hit.lex.value == "duct_stone":
                found.setdefault("history_duct_stone", plain("history_duct_stone", "present", self.at(hit, section)))
        return list(found.values())

    def exam_statements(self) -> list[Statement]:
        own = {id(m) for d in self.reading.foci for m in d.refuted}
        made = [self.statement(h, s) for h, s in self.reading.negated if id(h) not in own]
        past = [
            (h, s)
            for h, s in self.reading.loose
            if h.lex.sign == "history_duct_stone" and not h.negated
        ]
        made += [
            Statement(Entity.DUCT_STONE, Certainty.HISTORICAL, self.at(h, s)) for h, s in past
        ]
        for hit, section in self.reading.historical:
            made.append(Statement(Entity(hit.lex.value), Certainty.HISTORICAL, self.at(hit, section), hit.lex.name))
        return made

    def caveats(self) -> tuple[Caveat, ...]:
        found: dict[str, Caveat] = {}
        for name, hit, section in self.reading.caveats:
            found.setdefault(name, Caveat(name, self.at(hit, section)))
        if "ducts_not_seen" in found:
            found.pop("extrahepatic_duct_not_seen", None)
        for hit, section in self.reading.loose:
            if hit.tag == T.SCOPE:
                found.setdefault(hit.lex.value, Caveat(hit.lex.value, self.at(hit, section)))
        return tuple(found.values())


def build_exam(reading: Reading, folded: Folded, source: Source, setting: Setting) -> Exam:
    """The exam that ``reading`` amounts to."""
    builder = Builder(reading, folded, source)
    return Exam(
        setting=setting,
        sources=(source,),
        foci=tuple(builder.focus(n, d) for n, d in enumerate(reading.foci, 1)),
        observations=(*builder.ducts(), *builder.signs()),
        statements=tuple(builder.exam_statements()),
        caveats=builder.caveats(),
    )


__all__ = ["build_exam", "is_liver"]
