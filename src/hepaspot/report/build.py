"""Turn what was read into an `Exam`."""

from __future__ import annotations

from hepaspot.exam import Caveat, Certainty, Entity, Exam, Setting, Source, Statement
from hepaspot.report.build_ducts import duct_observations
from hepaspot.report.build_focus import build_focus
from hepaspot.report.build_signs import sign_observations
from hepaspot.report.fold import Folded
from hepaspot.report.merge import merge
from hepaspot.report.reading import Reading
from hepaspot.report.spans import Spans
from hepaspot.report.statements import historical, statement
from hepaspot.report.tags import Tag
from hepaspot.report.ties import DUCTS_UNSEEN, EXTRAHEPATIC_UNSEEN


def build_exam(reading: Reading, folded: Folded, source: Source, setting: Setting) -> Exam:
    """The exam that ``reading`` amounts to."""
    spans = Spans(folded, source.id, reading.sections)
    foci = merge(reading.drafts)
    refuted = {id(mention) for draft in foci for mention in draft.refuted}
    return Exam(
        setting=setting,
        sources=(source,),
        foci=tuple(build_focus(n, d, reading.ducts, spans) for n, d in enumerate(foci, 1)),
        observations=(*duct_observations(reading, spans), *sign_observations(reading, spans)),
        statements=tuple(_statements(reading, refuted, spans)),
        caveats=_caveats(reading, spans),
    )


def _statements(reading: Reading, of_foci: set[int], spans: Spans) -> list[Statement]:
    """What is denied of the liver as a whole, and what is said of the past."""
    denied = [statement(h, spans) for h in reading.negated if id(h) not in of_foci]
    past = [h for h in reading.loose if h.lex.sign == "history_duct_stone" and not h.negated]
    stones = [Statement(Entity.DUCT_STONE, Certainty.HISTORICAL, spans.at(h)) for h in past]
    return [*denied, *stones, *(historical(h, spans) for h in reading.historical)]


def _caveats(reading: Reading, spans: Spans) -> tuple[Caveat, ...]:
    noted = [(note.id, note.hit) for note in reading.caveats]
    noted += [(hit.lex.value, hit) for hit in reading.loose if hit.tag == Tag.SCOPE]
    found: dict[str, Caveat] = {}
    for name, hit in noted:
        found.setdefault(name, Caveat(name, spans.at(hit)))
    if DUCTS_UNSEEN in found:
        found.pop(EXTRAHEPATIC_UNSEEN, None)
    return tuple(found.values())
