"""Thousands of foci, conclusions, sizes and clashes: cut, counted, and the page stays small."""

from __future__ import annotations

import msgspec
import pytest
from explain.cases import Report, calcification

from hepaspot.exam import (
    Caveat,
    Certainty,
    Entity,
    Exam,
    Focus,
    Section,
    Size,
    Statement,
    Words,
)
from hepaspot.explain import compose, explain
from hepaspot.explain.statements import SHOWN_STATEMENTS, left_out, shown
from hepaspot.weigh import assess
from hepaspot.weigh.assessment import Assessment, Contradiction

MANY = 5_000
LARGEST_PAGE_BYTES = 150_000
PAIRS = [("clinician", "en"), ("clinician", "zh"), ("patient", "en"), ("patient", "zh")]
SENTENCE = "Segment 4: 6 mm echogenic focus, possible stone no. {n:4d}. "
LENGTH = len(SENTENCE.format(n=0))


def at(sentence: int, words: str) -> Words:
    start = sentence * LENGTH + SENTENCE.index(words)
    return Words("report", start, start + len(words), Section.FINDINGS)


def said(sentence: int, certainty: Certainty = Certainty.HEDGED) -> Statement:
    return Statement(Entity.DUCT_STONE, certainty, at(sentence, "possible stone"))


def hostile() -> Assessment:
    """Foci with their own places and sizes; the answer of one stands for all, to save time."""
    foci = tuple(
        Focus(
            f"f{n}",
            at(n, "echogenic focus"),
            sizes=(Size(at(n, "6 mm"), (2 + n / 100,)),),
            statements=(said(n),),
        )
        for n in range(MANY)
    )
    text = "".join(SENTENCE.format(n=n) for n in range(MANY))
    exam = Report(text).exam(*foci, statements=tuple(said(n) for n in range(MANY)))
    answered = assess(msgspec.structs.replace(exam, foci=foci[:1], statements=()))
    answers = tuple(msgspec.structs.replace(answered.foci[0], focus=focus.id) for focus in foci)
    clashes = tuple(
        Contradiction("stone_denied_elsewhere", at(n, "possible stone"), at(n, "6 mm"))
        for n in range(MANY)
    )
    caveats = tuple(Caveat("liver_obscured", at(n, "Segment 4")) for n in range(MANY))
    exam = msgspec.structs.replace(exam, caveats=caveats)
    return msgspec.structs.replace(answered, exam=exam, foci=answers, contradictions=clashes)


HOSTILE = hostile()


@pytest.mark.parametrize(("audience", "language"), PAIRS)
def test_a_page_of_thousands_of_foci_and_conclusions_stays_small(audience: str, language: str):
    page = explain(HOSTILE, audience=audience, language=language, format="html")
    assert len(page.encode()) <= LARGEST_PAGE_BYTES


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_what_was_left_out_is_counted(audience: str, language: str):
    trace = compose(HOSTILE, audience=audience, language=language).trace
    counted = {line.rule: line.text for line in trace if line.rule.endswith(".more")}
    clash = "contradiction" if audience == "clinician" else "clash"
    assert str(MANY - SHOWN_STATEMENTS) in counted[f"{audience}.statement.more"]
    assert str(MANY - SHOWN_STATEMENTS) in counted[f"{audience}.{clash}.more"]


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_as_many_as_are_shown_leave_nothing_out(audience: str):
    exam = msgspec.structs.replace(
        HOSTILE.exam, statements=tuple(said(n) for n in range(SHOWN_STATEMENTS)), caveats=()
    )
    few = msgspec.structs.replace(HOSTILE, exam=exam, foci=HOSTILE.foci[:1], contradictions=())
    rules = [line.rule for line in compose(few, audience=audience).trace]
    assert not [rule for rule in rules if rule.endswith(".more")]


def test_conclusions_are_shown_in_reading_order_and_no_opinion_is_crowded_out():
    statements = [said(n) for n in range(40)]
    statements[35] = said(35, Certainty.NEGATED)
    chosen = shown(statements)
    assert len(chosen) == SHOWN_STATEMENTS
    assert statements[35] in chosen
    assert [s.provenance.start for s in chosen] == sorted(s.provenance.start for s in chosen)
    assert left_out(statements) == 40 - SHOWN_STATEMENTS
    assert shown(statements[:3]) == tuple(statements[:3])


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_very_many_sizes_of_one_focus_do_not_fill_the_page(audience: str):
    exam: Exam = calcification()
    span = exam.foci[0].provenance
    sizes = tuple(Size(span, (2 + n / 100,)) for n in range(MANY))
    focus = msgspec.structs.replace(exam.foci[0], sizes=sizes)
    text = explain(assess(msgspec.structs.replace(exam, foci=(focus,))), audience=audience)
    assert "2.05 mm, …" in text
    assert "2.06 mm" not in text
