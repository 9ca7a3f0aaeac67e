"""Outlines of stills as a segmentation: the pixels that were outlined, followed as in the report."""

from __future__ import annotations

import numpy as np
import pytest
from export.dicom_cases import case, case_from, dataset, demo

import hepaspot
from hepaspot.exam import Exam, Focus, Measurement, Observation, Picture, Region, Source, SourceKind
from hepaspot.export import export
from hepaspot.export.carried import carried
from hepaspot.export.spots import spots

pytest.importorskip("highdicom", reason="the extra export is not installed")

SQUARE = ((10.0, 20.0), (40.0, 20.0), (40.0, 60.0), (10.0, 60.0))
BELOW = ((10.0, 70.0), (40.0, 70.0), (45.0, 200.0), (5.0, 200.0))


def exam(*, drawn: bool = False, shadow: str = "present") -> hepaspot.Assessment:
    here = Region("a", 0, SQUARE, drawn)
    signs = (
        Observation("echo", {"strong": 1.0}, here),
        Observation("shadow", {shadow: 1.0}, Region("a", 0, BELOW), Measurement(9.0, "dB", 1.0)),
    )
    source = Source("a", SourceKind.PICTURE, picture=Picture(640, 480))
    return hepaspot.assess(Exam(sources=(source,), foci=(Focus("f", here, observations=signs),)))


def segmentation(assessment):
    (file,) = export(case_from(assessment, "a"), "seg")
    return dataset(file.data)


def test_a_segment_holds_the_pixels_inside_its_outline():
    focus, shadow = segmentation(exam()).pixel_array
    rows, columns = np.nonzero(focus)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (20, 60, 10, 40)
    assert focus.sum() == 41 * 31
    rows, columns = np.nonzero(shadow)
    assert (rows.min(), rows.max()) == (70, 200)


def test_focus_and_shadow_are_named_and_placed_in_the_liver():
    focus, shadow = segmentation(exam()).SegmentSequence
    assert (focus.SegmentLabel, shadow.SegmentLabel) == ("Focus 1", "Shadow of focus 1")
    for each in (focus, shadow):
        assert each.AnatomicRegionSequence[0].CodeValue == "10200004"
        assert each.SegmentAlgorithmType == "AUTOMATIC"
        assert each.SegmentationAlgorithmIdentificationSequence[0].AlgorithmName == "hepaspot"


def test_no_shadow_gives_no_segment_of_one():
    (focus,) = segmentation(exam(shadow="absent")).SegmentSequence
    assert focus.SegmentLabel == "Focus 1"


def test_an_outline_that_a_person_drew_is_not_called_the_programs():
    focus = segmentation(exam(drawn=True)).SegmentSequence[0]
    assert focus.SegmentAlgorithmType == "MANUAL"
    assert "SegmentationAlgorithmIdentificationSequence" not in focus


def test_a_focus_is_followed_under_the_same_uid_as_in_the_report(tmp_path):
    here = case(demo(tmp_path))
    (file,) = export(here, "seg")
    uids = {spot.tracking_uid for spot in spots(carried(here))}
    assert dataset(file.data).SegmentSequence[0].TrackingUID in uids


def test_a_still_without_foci_has_no_segmentation():
    empty = Exam(sources=(Source("a", SourceKind.PICTURE, picture=Picture(640, 480)),))
    assert export(case_from(hepaspot.assess(empty), "a"), "seg") == ()
