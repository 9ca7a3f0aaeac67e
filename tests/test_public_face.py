"""The public face: what is visible is what is promised, and it comes at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

import hepaspot
from hepaspot import errors, exam


def test_all_is_what_is_visible():
    visible = subprocess.run(
        [sys.executable, "-c", "import hepaspot; print(*dir(hepaspot))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert visible == sorted(hepaspot.__all__)


def test_all_is_in_order_and_without_repeats():
    assert sorted(set(hepaspot.__all__)) == sorted(hepaspot.__all__)


@pytest.mark.parametrize("name", hepaspot.__all__)
def test_every_name_of_the_face_can_be_had(name):
    assert getattr(hepaspot, name) is not None


@pytest.mark.parametrize("room", [errors, exam])
def test_the_whole_vocabulary_and_every_error_is_on_the_face(room):
    own = {
        name
        for name, value in vars(room).items()
        if isinstance(value, type) and value.__module__ == room.__name__
    }
    hidden = {"Value", "InternalError"}
    assert own - hidden <= set(hepaspot.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'hepaspot' has no attribute 'dicom'$"):
        _ = hepaspot.dicom


def test_import_loads_nothing_heavy():
    heavy = {"numpy", "cv2", "pydicom", "rich", "typer", "jinja2", "pypdf", "hepaspot.report"}
    script = "import sys, hepaspot; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "hepaspot" in loaded
    assert not heavy & set(loaded)


@pytest.mark.parametrize(
    "first", ["import hepaspot.explain.text", "import hepaspot.explain", "hepaspot.explain"]
)
def test_explain_is_the_function_whoever_was_imported_first(first):
    script = f"import hepaspot; {first}; print(callable(hepaspot.explain))"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "True"


WORDS = "Liver: 6 mm echogenic focus in segment VII with posterior shadowing."


def test_an_assessment_comes_back_from_json_as_it_was():
    assessment = hepaspot.assess(hepaspot.read(WORDS))
    assert assessment.foci
    again = hepaspot.Assessment.from_json(assessment.to_json())
    assert again == assessment
    assert hepaspot.explain(again) == hepaspot.explain(assessment)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"exam": {"foci": "Wang"}}', b'{"Wang": 1}', b"\xff"]
)
def test_json_that_is_no_assessment_is_refused_without_quoting_it(data):
    with pytest.raises(hepaspot.SchemaError, match=r"^assessment JSON: ") as caught:
        hepaspot.Assessment.from_json(data)
    assert "Wang" not in str(caught.value)


def test_an_assessment_of_another_version_is_refused():
    with pytest.raises(hepaspot.SchemaError, match=r"has schema version 2\.0, this hepaspot reads"):
        hepaspot.Assessment.from_json(b'{"exam": {}, "schema_version": "2.0"}')
