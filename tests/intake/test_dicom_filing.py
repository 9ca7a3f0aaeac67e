"""Under what an archive has a DICOM file."""

from __future__ import annotations

import pytest
from pydicom import dcmread

from hepaspot.errors import InputError
from hepaspot.intake.dicom_filing import filing_in
from hepaspot.phantom import make


@pytest.fixture
def filed(tmp_path):
    """Makes a still with attributes of its own, and tells its path."""
    made = next(iter(make(tmp_path, count=1, seed=1, target="calcification"))).dicom

    def changed(**attributes):
        data = dcmread(made)
        for keyword, value in attributes.items():
            setattr(data, keyword, value)
        data.save_as(tmp_path / "changed.dcm")
        return tmp_path / "changed.dcm"

    return changed


@pytest.mark.filterwarnings("ignore:Invalid value for VR AS")  # what a scanner may write
@pytest.mark.parametrize(
    ("age", "years"), [("045Y", 45.0), ("006M", 0.5), ("", None), ("45", None), ("xxxY", None)]
)
def test_an_age_is_read_in_the_unit_that_it_is_written_in(filed, age, years):
    assert filing_in(filed(PatientAge=age)).age_years == years


def test_day_person_and_study_are_told_and_not_shown(filed):
    filing = filing_in(filed(StudyDate="20240305", PatientID=" SECRET-7 ", PatientSex="F"))
    assert (filing.date, filing.patient, filing.sex) == ("20240305", "SECRET-7", "F")
    assert "SECRET" not in repr(filing)


def test_the_day_of_the_picture_stands_in_for_one_that_the_study_does_not_tell(filed):
    assert filing_in(filed(StudyDate="", ContentDate="20230101")).date == "20230101"


def test_a_file_without_a_study_is_refused(filed):
    with pytest.raises(InputError, match=r"^has no usable StudyInstanceUID; put it right at"):
        filing_in(filed(StudyInstanceUID=""))
