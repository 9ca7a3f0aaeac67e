"""The tree of a structured report is read where no report, however bent, can do harm."""

from __future__ import annotations

from io import BytesIO

import pytest
from intake.dicoms import deflate_bomb, saved
from intake.dicoms import nested as never_closed
from pydicom.dataset import Dataset, FileMetaDataset

from hepaspot.errors import InputError, TooLarge, UnsupportedInput
from hepaspot.intake import dicom_tree as reading
from hepaspot.intake.dicom_tree import dicom_tree, tree_in

BASIC_TEXT = "1.2.840.10008.5.1.4.1.1.88.11"
SECRET = "Wangcanary"


def item(kind: str, **elements) -> Dataset:
    made = Dataset()
    made.ValueType, made.RelationshipType = kind, "CONTAINS"
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def code(value: str) -> Dataset:
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, "99TEST", "A thing"
    return made


def report(*items: Dataset, sop_class: str = BASIC_TEXT) -> bytes:
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = sop_class
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = "1.2.3"
    data.SpecificCharacterSet, data.PatientName = "ISO_IR 192", SECRET
    data.ValueType = "CONTAINER"
    data.ContentSequence = list(items)
    out = BytesIO()
    data.save_as(out, enforce_file_format=True)
    return out.getvalue()


def nested(depth: int) -> Dataset:
    made = item("CONTAINER")
    for _ in range(depth):
        made = item("CONTAINER", ContentSequence=[made])
    return made


def test_words_numbers_codes_and_outlines_come_as_they_stand(tmp_path):
    measured = Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = "7.5", [code("mm")]
    shown = Dataset()
    shown.ReferencedSOPClassUID, shown.ReferencedSOPInstanceUID = "1.2", "1.3"
    shown.ReferencedFrameNumber = [2, 5]
    tree = dicom_tree(
        saved(
            tmp_path,
            report(
                item("TEXT", TextValue="肝右叶", ConceptNameCodeSequence=[code("A")]),
                item("NUM", MeasuredValueSequence=[measured]),
                item("CODE", ConceptCodeSequence=[code("B")]),
                item("SCOORD", GraphicType="POINT", GraphicData=[1.5, 2.0]),
                item("IMAGE", ReferencedSOPSequence=[shown]),
            ),
        )
    )
    words, number, coded, point, image = tree.root.items
    assert (words.text, words.name.code) == ("肝右叶", "A")
    assert (number.number, number.unit.code) == (7.5, "mm")
    assert coded.code.code == "B"
    assert (point.shape, point.points) == ("POINT", (1.5, 2.0))
    assert image.pictured.frames == (2, 5)
    assert tree.own is None


def test_neither_tree_nor_item_shows_its_words(tmp_path):
    tree = dicom_tree(saved(tmp_path, report(item("TEXT", TextValue=SECRET))))
    assert SECRET not in repr(tree) + repr(tree.root) + repr(tree.root.items[0])


def test_another_kind_of_object_is_refused(tmp_path):
    with pytest.raises(UnsupportedInput, match="is no structured report of a kind that is read"):
        dicom_tree(saved(tmp_path, report(sop_class="1.2.840.10008.5.1.4.1.1.104.1")))


def test_more_levels_than_a_report_has_are_refused(tmp_path):
    assert tree_in(saved(tmp_path, report(nested(reading.DEEPEST - 2)))).root.items
    with pytest.raises(TooLarge, match="has a tree larger than any report's"):
        tree_in(saved(tmp_path, report(nested(reading.DEEPEST + 1))))


def test_more_items_than_a_report_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_ITEMS", 10)
    assert len(tree_in(saved(tmp_path, report(*[item("TEXT")] * 9))).root.items) == 9
    with pytest.raises(TooLarge, match="has a tree larger than any report's"):
        tree_in(saved(tmp_path, report(*[item("TEXT")] * 10)))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(deflate_bomb(600 << 20), id="inflates without end"),
        pytest.param(report(nested(60)), id="nested too deep"),
        pytest.param(never_closed(4000), id="nested without end"),
        pytest.param(report(item("TEXT", TextValue=SECRET))[:-30], id="cut short"),
        pytest.param(report() + b"\xff" * 4000, id="ends in noise"),
    ],
)
def test_a_hostile_report_is_one_line_of_refusal_or_is_read(tmp_path, data):
    try:
        tree = dicom_tree(saved(tmp_path, data), name="a.dcm")
    except InputError as told:
        assert str(told).startswith("a.dcm: ")  # noqa: PT017
        assert "\n" not in str(told)  # noqa: PT017
        assert SECRET not in str(told)  # noqa: PT017
    else:
        assert tree.root.kind == "CONTAINER"
