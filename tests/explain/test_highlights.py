"""The words that light up are exactly those that were read."""

from __future__ import annotations

import msgspec
import pytest
from explain.cases import NAMES, Report, assessed
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.exam import Caveat, Focus, Region, Source, SourceKind, Words, plain
from hepaspot.explain import compose, explain
from hepaspot.explain.document import Notes, Quotation, Run
from hepaspot.explain.passages import WHOLE_TEXT, passages
from hepaspot.weigh import assess
from hepaspot.weigh.assessment import Assessment, Conclusion, FocusAssessment


def runs(assessment: Assessment, audience: str = "patient") -> tuple[Run, ...]:
    document = compose(assessment, audience=audience)
    blocks = [block for section in document.sections for block in section.blocks]
    return next(block.runs for block in blocks if isinstance(block, Quotation))


@pytest.mark.parametrize("name", [n for n in NAMES if assessed(n).foci])
def test_each_numbered_passage_is_the_span_that_was_read(name: str):
    assessment = assessed(name)
    text = assessment.exam.sources[0].text
    for passage in passages(assessment).passages:
        lit = "".join(run.text for run in runs(assessment) if passage.number in run.notes)
        assert lit == text[passage.start : passage.end]


@pytest.mark.parametrize("name", [n for n in NAMES if assessed(n).foci])
def test_the_report_is_shown_whole_and_unchanged(name: str):
    assessment = assessed(name)
    assert "".join(run.text for run in runs(assessment)) == assessment.exam.sources[0].text


def test_passages_inside_each_other_keep_their_own_numbers():
    r = Report("echogenic focus with shadow")
    focus = Focus("f", r.at(r.text), observations=(r.sign("shadow", "present", "shadow"),))
    assert [(run.text, run.notes, run.ends) for run in runs(assess(r.exam(focus)))] == [
        ("echogenic focus with ", (1,), ()),
        ("shadow", (1, 2), (1, 2)),
    ]


def test_every_number_in_the_text_is_explained_below_it():
    document = compose(assessed("calcification"), audience="patient")
    blocks = [block for section in document.sections for block in section.blocks]
    explained = {n.number for b in blocks if isinstance(b, Notes) for n in b.notes}
    told = {number for line in document.trace for number in line.notes}
    numbered = {p.number for p in passages(assessed("calcification")).passages}
    assert numbered == explained | told


def test_both_passages_of_a_contradiction_are_quoted_and_numbered():
    document = compose(assessed("contradictory"))
    line = next(x for x in document.trace if x.rule == "clinician.contradiction.passages")
    assert line.text == "“intrahepatic duct stone” against “No intrahepatic duct stone is seen”"
    assert len(line.notes) == 2


def test_a_long_report_is_shown_around_its_passages():
    r = Report("Normal spleen. " * 400 + "Echogenic focus in the liver." + " Normal kidney." * 400)
    assert len(r.text) > WHOLE_TEXT
    shown = "".join(run.text for run in runs(assess(r.exam(Focus("f", r.at("Echogenic focus"))))))
    assert "Echogenic focus in the liver." in shown
    assert len(shown) < 300
    assert shown.startswith(" … ")
    assert shown.endswith(" …")


@given(
    text=st.text(alphabet="ab 肝。\n", min_size=1, max_size=60),
    edges=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8),
)
def test_however_passages_overlap_the_text_is_kept_and_each_span_is_exact(text, edges):
    spans = [Words("report", *sorted(edge)) for edge in edges]
    foci = tuple(Focus(f"f{n}", span) for n, span in enumerate(spans))
    assessment = Assessment(Report(text).exam(*foci), tuple(map(bare, foci)))
    marked = passages(assessment)
    shown = marked.runs(assessment.exam.sources[0])
    assert "".join(run.text for run in shown) == text
    for passage in marked.passages:
        lit = "".join(run.text for run in shown if passage.number in run.notes)
        assert lit == text[passage.start : passage.end]
        assert sum(passage.number in run.ends for run in shown) == 1


def bare(focus: Focus) -> FocusAssessment:
    return FocusAssessment(focus.id, Conclusion.CANNOT_TELL, (), ())


@pytest.mark.parametrize(
    "span",
    [Words("report", 5, 5), Words("report", -3, 2), Words("report", 0, 999), Words("x", 0, 1)],
)
def test_a_span_that_is_not_in_the_text_lights_nothing_up(span: Words):
    exam = Report("Short text.").exam(Focus("f", span))
    assert passages(assess(exam)).passages == ()
    for audience in ("clinician", "patient"):
        assert explain(assess(exam), audience=audience, format="html")


def test_what_a_picture_showed_is_said_to_be_seen_in_the_picture():
    outline = Region("image", 0, ((1.0, 1.0), (2.0, 2.0), (1.0, 2.0)))
    focus = Focus("f", outline, observations=(plain("shadow", "present", outline),))
    exam = msgspec.structs.replace(
        Report("x").exam(focus), sources=(Source("image", SourceKind.PICTURE),)
    )
    said = explain(assess(exam), audience="patient")
    assert "(seen in the picture)" in said
    assert "[1]" not in said


def test_a_caveat_is_quoted_from_the_report():
    r = Report("Liver partly hidden by gas. Bright focus.")
    caveat = Caveat("liver_obscured", r.at("partly hidden by gas"))
    document = compose(assess(r.exam(Focus("f", r.at("Bright focus")), caveats=(caveat,))))
    line = next(x for x in document.trace if x.rule == "clinician.caveat.liver_obscured")
    assert line.notes == (1,)
