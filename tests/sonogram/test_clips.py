"""A clip: foci are followed from frame to frame, and what is told of them round-trips."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="needs the extra 'picture'")

from hepaspot import read
from hepaspot.exam import Exam, Region
from hepaspot.phantom import make


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    (made,) = make(
        tmp_path_factory.mktemp("clip"), count=1, seed=1, frames=6, target="calcification"
    )
    return read(Path(made.dicom))


def test_two_foci_of_a_clip_are_followed_side_by_side(exam):
    assert len(exam.foci) == 2
    outlines = {focus.provenance.outline for focus in exam.foci}
    assert len(outlines) == 2
    assert all(isinstance(focus.provenance, Region) for focus in exam.foci)


def test_what_is_told_of_a_clip_round_trips_through_json(exam):
    assert Exam.from_json(exam.to_json()) == exam
