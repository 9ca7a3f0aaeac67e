"""The vocabulary: frozen, typed, and the same after a trip through JSON."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepaspot.errors import SchemaError
from hepaspot.exam import (
    SCHEMA_VERSION,
    ByHand,
    Caveat,
    Certainty,
    Count,
    Entity,
    Exam,
    Focus,
    Lobe,
    Measurement,
    Observation,
    Place,
    Region,
    Section,
    Setting,
    SettingKind,
    Size,
    SizeBound,
    Source,
    SourceKind,
    Statement,
    Words,
    json_schema,
    plain,
    states,
)

words = st.builds(
    Words,
    st.just("report"),
    st.integers(0, 500),
    st.integers(0, 500),
    st.none() | st.sampled_from(Section),
)
regions = st.builds(
    Region,
    st.just("still"),
    st.integers(0, 30),
    st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), max_size=4).map(tuple),
)
provenances = words | regions | st.just(ByHand())
ids = st.text(min_size=1, max_size=12)
shares = st.floats(0, 1)
observations = st.builds(
    Observation,
    ids,
    st.dictionaries(ids, shares, min_size=1, max_size=3),
    provenances,
    st.none() | st.builds(Measurement, st.floats(0, 400), st.just("mm"), st.none() | shares),
)
statements = st.builds(
    Statement, st.sampled_from(Entity), st.sampled_from(Certainty), provenances, st.none() | ids
)
places = st.builds(
    Place,
    provenances,
    st.none() | st.sampled_from(Lobe),
    st.lists(st.integers(1, 8), max_size=3).map(tuple),
    st.lists(ids, max_size=2).map(tuple),
)
sizes = st.builds(
    Size,
    provenances,
    st.lists(st.floats(0, 200), max_size=3).map(tuple),
    st.none() | st.sampled_from(SizeBound),
    st.booleans(),
    st.booleans(),
)
foci = st.builds(
    Focus,
    ids,
    provenances,
    st.none() | st.sampled_from(Count),
    st.none() | st.integers(1, 20),
    st.lists(places, max_size=2).map(tuple),
    st.lists(sizes, max_size=2).map(tuple),
    st.none() | ids,
    st.lists(observations, max_size=3).map(tuple),
    st.lists(statements, max_size=3).map(tuple),
)
exams = st.builds(
    Exam,
    setting=st.builds(
        Setting, st.none() | st.sampled_from(SettingKind), st.none() | ids, st.none() | shares
    ),
    sources=st.lists(
        st.builds(Source, ids, st.sampled_from(SourceKind), st.none() | st.text(), st.none() | ids),
        max_size=2,
    ).map(tuple),
    foci=st.lists(foci, max_size=3).map(tuple),
    observations=st.lists(observations, max_size=3).map(tuple),
    statements=st.lists(statements, max_size=2).map(tuple),
    caveats=st.lists(st.builds(Caveat, ids, provenances), max_size=2).map(tuple),
)


@settings(deadline=None)
@given(exams)
def test_an_exam_is_the_same_after_a_trip_through_json(exam: Exam) -> None:
    assert Exam.from_json(exam.to_json()) == exam


VALIDATOR = jsonschema.Draft202012Validator(json_schema())


@settings(deadline=None, max_examples=50)
@given(exams)
def test_what_is_written_fits_the_published_schema(exam: Exam) -> None:
    VALIDATOR.validate(json.loads(exam.to_json()))


def test_an_exam_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Exam().foci = ()  # type: ignore[misc]


def test_an_unknown_key_is_refused_rather_than_lost() -> None:
    with pytest.raises(SchemaError, match=r"^exam JSON: .*; write it with to_json$"):
        Exam.from_json('{"foki": []}')


@pytest.mark.parametrize(
    ("written", "words_of_the_error"),
    [
        ('{"foci": [{"id": 3}]}', r"a value of the wrong kind at `\$\.foci\[0\]\.id`"),
        ("right lobe 6 mm", "it is not JSON of the published schema"),
        ("", "it is not JSON of the published schema"),
    ],
)
def test_json_that_is_no_exam_is_refused_with_the_place(
    written: str, words_of_the_error: str
) -> None:
    with pytest.raises(SchemaError, match=words_of_the_error):
        Exam.from_json(written)


def test_no_value_of_a_refused_exam_stands_in_the_error() -> None:
    written = msgspec.json.encode(
        {"statements": [{"entity": "Wang Xiaoming", "certainty": "asserted"}]}
    )
    with pytest.raises(SchemaError) as caught:
        Exam.from_json(written)
    assert "Wang" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_exam_of_another_schema_version_is_refused_by_number() -> None:
    with pytest.raises(
        SchemaError, match=f"schema version 9.0, this hepaspot reads {SCHEMA_VERSION}"
    ):
        Exam.from_json('{"schema_version": "9.0"}')


def test_two_sides_together_are_both_lobes() -> None:
    here = Words("report", 0, 1)
    focus = Focus("F1", here, places=(Place(here, Lobe.LEFT, (3,)), Place(here, Lobe.RIGHT, (7,))))
    assert focus.lobe is Lobe.BOTH
    assert focus.segments == (3, 7)


def test_a_sign_that_was_not_mentioned_is_no_observation() -> None:
    focus = Focus("F1", ByHand(), observations=(plain("shadow", "present", ByHand()),))
    assert focus.observation("shadow") is not None
    assert focus.observation("duct_local") is None
    assert Exam().observation("duct_intrahepatic") is None


def test_the_state_of_a_soft_observation_is_its_most_likely_one() -> None:
    soft = Observation("shadow", {"present": 0.3, "faint": 0.6, "absent": 0.1}, ByHand())
    assert soft.state == "faint"
    assert states([soft]) == {"shadow": "faint"}
