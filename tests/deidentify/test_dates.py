"""Dates move by one number of days for each patient, so that every interval stays."""

from __future__ import annotations

from datetime import date, timedelta

import pydicom
import pytest
from deidentify.canaries import KEY, canary
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from hepaspot.deidentify import Key
from hepaspot.deidentify.dates import shifted, told_age

days = st.integers(365, 3650)
dates = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(dates, dates, days)
def test_intervals_stay_as_they_were(one, other, days):
    moved = [
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
        for each in (one, other)
        if (text := shifted(f"{each:%Y%m%d}", "DA", days))
    ]
    assert moved[1] - moved[0] == other - one
    assert one - moved[0] == timedelta(days=days)


@given(dates, days, st.sampled_from(["", "10", "1015", "101530", "101530.123456"]))
def test_a_date_and_time_moves_by_the_same_days_and_keeps_its_time(one, days, time):
    assert shifted(f"{one:%Y%m%d}{time}", "DT", days) == shifted(f"{one:%Y%m%d}", "DA", days) + time


@pytest.mark.parametrize(
    ("value", "vr", "moved"),
    [
        ("2024.02.29", "DA", "20230301"),
        ("20240229 ", "DA", "20230301"),
        ("20240229101530+0800", "DT", "20230301101530"),
        ("2024", "DT", "2023"),
        ("202402", "DT", "202302"),
        ("101530.25", "TM", "101530.25"),
        ("10:15:30", "TM", "10:15:30"),
        ("10", "TM", "10"),
    ],
)
def test_a_date_is_as_exact_as_it_was_and_tells_no_place(value, vr, moved):
    days = 364 if len(value.rstrip("0")) <= 6 and vr == "DT" else 365
    assert shifted(value, vr, days) == moved


@pytest.mark.parametrize("vr", ["DA", "DT", "TM"])
@pytest.mark.parametrize("value", ["Qwangzhu", "20241399", "2024-02-29", "00000000", "1", "9" * 30])
def test_what_is_no_date_is_emptied(value, vr):
    assert shifted(value, vr, 400) == ""


def test_a_date_before_the_first_year_is_emptied():
    assert shifted("00010203", "DA", 400) == ""


@given(st.text(max_size=30), st.sampled_from(["DA", "DT", "TM"]), days)
def test_nothing_but_digits_comes_out_of_a_date(value, vr, days):
    assert set(shifted(value, vr, days)) <= set("0123456789.:")


@given(st.binary(min_size=1, max_size=40))
def test_dates_move_by_one_to_ten_years(patient):
    assert 365 <= KEY.days(patient) < 3650


def test_files_of_one_patient_move_together_and_of_another_otherwise(shared):
    first = pydicom.dcmread(shared(canary()))
    second = pydicom.dcmread(shared(canary(instance=2, StudyDate="20240310")))
    assert _day(second.StudyDate) - _day(first.StudyDate) == timedelta(days=10)
    assert _day(first.SeriesDate) - _day(first.StudyDate) == timedelta(days=7)
    assert first.StudyTime == "101530"
    assert first.AcquisitionDateTime == f"{first.SeriesDate}101531.25"
    other = pydicom.dcmread(shared(canary(instance=3, PatientID="QZ2")))
    assert other.StudyDate != first.StudyDate


def test_a_birth_date_is_emptied_and_not_moved(shared):
    assert pydicom.dcmread(shared(canary())).PatientBirthDate == ""


def of_the_liver(version: str) -> Dataset:
    """A code from a published list, as scanners write it."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "10200004", "SCT", "Liver"
    code.ContextIdentifier, code.ContextGroupVersion = "4", version
    return code


def test_dates_that_anyone_can_look_up_do_not_tell_by_how_many_days_others_moved(shared):
    told = {"DateOfManufacture": "20180516", "GPSTimeStamp": "20240229101530"}
    after = pydicom.dcmread(
        shared(canary(AnatomicRegionSequence=[of_the_liver("20170914")], **told))
    )
    assert after.AnatomicRegionSequence[0].ContextGroupVersion == "19000101"
    assert after.AnatomicRegionSequence[0].CodeValue == "10200004"
    assert not [keyword for keyword in told if keyword in after]


def test_a_dummy_date_is_no_trace_of_the_same_date_that_was_there(shared):
    after = pydicom.dcmread(shared(canary(AnatomicRegionSequence=[of_the_liver("19000101")])))
    assert after.AnatomicRegionSequence[0].ContextGroupVersion == "19000101"


def test_a_date_that_the_table_does_not_list_is_moved_with_the_others(shared):
    after = pydicom.dcmread(shared(canary(StudyUpdateDateTime="20240301101530")))
    assert _day(after.StudyUpdateDateTime[:8]) - _day(after.StudyDate) == timedelta(days=1)


@given(st.text(max_size=6))
def test_an_age_is_an_age_or_nothing(value):
    assert told_age(value) in {value, "", "090Y"}


@pytest.mark.parametrize(
    ("age", "told"),
    [("100Y", "090Y"), ("090Y", "090Y"), ("007M", "007M"), ("Qwan", ""), ("9Y", "")],
)
def test_an_age_over_90_is_told_as_90(age, told):
    assert told_age(age) == told


def test_a_patient_without_a_number_is_told_by_name_and_birth_date(shared):
    one = pydicom.dcmread(shared(canary(PatientID="")))
    same = pydicom.dcmread(shared(canary(PatientID="", instance=2)))
    other = pydicom.dcmread(shared(canary(PatientID="", PatientBirthDate="19520203", instance=3)))
    assert one.PatientID == same.PatientID != other.PatientID


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


@given(st.binary(min_size=16, max_size=40), st.binary(min_size=16, max_size=40), st.binary())
def test_the_key_and_nothing_else_decides(one, other, patient):
    assert Key(one).pseudonym(patient) == Key(one).pseudonym(patient)
    assert (Key(one).pseudonym(patient) == Key(other).pseudonym(patient)) == (one == other)
