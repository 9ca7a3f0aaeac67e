"""Documents of one exam find each other, and exams of one person, whatever sources call them."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive.archives import CALCIFIED, CLEAN, NORMAL, run, table, write_csv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from hepaspot.archive.belonging import MOST_EXAMS, put_together
from hepaspot.archive.schema import INPUT, LISTED
from hepaspot.intake.dicom_filing import filing_in
from hepaspot.phantom import make

NUMBER = "A-2024-0017"


@pytest.fixture
def picture(tmp_path):
    """A picture of a study that has an accession number, in a folder of its own."""
    path = make(tmp_path / "pictures", count=1, seed=5, target="calcification")[0].dicom
    dataset = dcmread(path)
    dataset.AccessionNumber, dataset.PatientID = NUMBER, "MRN1"
    dataset.save_as(path)
    return path


def exams(tmp_path, picture, *reports):
    named = write_csv(tmp_path / "reports.csv", list(reports))
    run([named, picture.parent], tmp_path / "r")
    return [
        (row["exam"], row["reports"], row["pictures"], row["person"])
        for row in table(tmp_path / "r", "exams")
    ]


def test_a_report_is_of_the_study_whose_accession_number_it_has(tmp_path, picture):
    row = {"accession_number": NUMBER, "mrn": "MRN1", "report": CLEAN}
    ((exam, reports, pictures, _),) = exams(tmp_path, picture, row)
    assert (exam, reports, pictures) == (NUMBER, 1, 1)


def test_a_report_is_of_the_study_whose_uid_it_has(tmp_path, picture):
    study = filing_in(picture).study
    row = {"study_uid": study, "mrn": "MRN1", "report": CLEAN}
    ((exam, reports, pictures, _),) = exams(tmp_path, picture, row)
    assert (exam, reports, pictures) == (study, 1, 1)


@pytest.mark.parametrize("person", [{}, {"mrn": ""}, {"mrn": "another id of the same person"}])
def test_a_person_whom_one_source_does_not_tell_or_tells_otherwise_parts_no_exam(
    tmp_path, picture, person
):
    row = {"accession_number": NUMBER, "report": CLEAN, **person}
    ((exam, reports, pictures, _),) = exams(tmp_path, picture, row)
    assert (exam, reports, pictures) == (NUMBER, 1, 1)


def test_an_accession_number_of_another_study_joins_nothing(tmp_path, picture):
    row = {"accession_number": "A-2024-0018", "mrn": "MRN1", "report": CLEAN}
    found = exams(tmp_path, picture, row)
    assert sorted(each[1:3] for each in found) == [(0, 1), (1, 0)]
    assert len({person for *_, person in found}) == 1


def test_a_number_that_two_sites_use_is_no_exam_of_two_persons(tmp_path, picture):
    rows = [
        {"accession_number": NUMBER, "mrn": "MRN1", "report": CLEAN},
        {"accession_number": NUMBER, "mrn": "MRN2", "report": CALCIFIED},
    ]
    found = exams(tmp_path, picture, *rows)
    assert sorted(each[1:3] for each in found) == [(1, 0), (1, 1)]
    assert len({person for *_, person in found}) == 2


@pytest.mark.parametrize(("count", "persons"), [(MOST_EXAMS, 1), (MOST_EXAMS + 1, 0)])
def test_an_id_that_is_on_everything_stands_for_nobody(tmp_path, count, persons):
    first = date(2019, 1, 1)
    rows = [
        {"exam": f"E{n}", "person": "ANONYMOUS", "date": first + timedelta(n), "text": NORMAL}
        for n in range(count)
    ]
    run([write_csv(tmp_path / "a.csv", rows)], tmp_path / "r", per_part=500)
    found = table(tmp_path / "r", "exams")
    assert len({row["person"] for row in found}) == (persons or count)
    assert sum(row["prior"] is not None for row in found) == (count - 1 if persons else 0)


def documents():
    short = st.sampled_from(["1", "2", "3"])
    studies = st.sampled_from([f"1.2.840.113619.{n}" for n in range(3)])
    return st.lists(
        st.fixed_dictionaries(
            {
                "exam": short | studies,
                "told": st.none() | st.sampled_from(["a", "b"]),
                "also": st.none() | short,
                "text": st.none() | st.just("words"),
            }
        ),
        min_size=1,
        max_size=12,
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=documents())
def test_no_document_is_lost_or_doubled_and_one_study_is_never_of_two_persons(tmp_path, rows):
    rows = [
        {
            "bucket": 0,
            "person": row["told"] or f"of {row['exam']}",
            "origin": str(number),
            "path": None if row["text"] else "a file",
            **row,
        }
        for number, row in enumerate(rows)
    ]
    found = tmp_path / "files-found.parquet"
    told = LISTED.append(pa.field("told", pa.string()))
    pq.write_table(pa.Table.from_pylist(rows, told), found)
    with duckdb.connect() as base:
        together = put_together(base, found, 7, sources=2)
    after = pq.read_table(together, columns=INPUT.names).to_pylist()
    together.unlink()

    assert sorted(row["origin"] for row in after) == sorted(row["origin"] for row in rows)
    assert all(row["person"] and 0 <= row["bucket"] < 7 for row in after)
    before = {row["origin"]: row for row in rows}
    for row in after:
        was = before[row["origin"]]
        assert row["exam"] in {was["exam"], was["also"]}
        assert row["text"] == was["text"]
    for exam in {row["exam"] for row in after}:
        of_exam = [row for row in after if row["exam"] == exam]
        authors = {before[row["origin"]]["told"] for row in of_exam if row["text"]} - {None}
        if "." in exam and len(authors) == 1:
            assert {row["person"] for row in of_exam} == authors
