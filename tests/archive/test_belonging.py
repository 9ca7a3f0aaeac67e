"""Documents of one exam find each other, and exams of one person, whatever sources call them."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive.archives import CALCIFIED, CLEAN, NORMAL, run, table, write_csv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from hepaspot.archive.belonging import MOST_DAYS, MOST_EXAMS, MOST_REPORTS, put_together, told_apart
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


class Told(NamedTuple):
    """A document as its source tells it."""

    exam: str
    person: str | None = None
    also: str | None = None
    text: str | None = "words"
    day: date | None = None
    site: str | None = None


def settled(folder, *documents, order=None):
    """Rows of documents that were put together, in the order in which they are given.

    ``order`` is that of their rows in the file, which must not matter.
    """
    found = folder / "files-found.parquet"
    schema = LISTED.append(pa.field("told", pa.string()))
    rows = [
        {
            "bucket": 0,
            "person": told.person or hashed(told.exam),
            "exam": told.exam,
            "date": told.day,
            "site": told.site,
            "text": told.text,
            "path": None if told.text else "a file",
            "origin": str(number),
            "also": told.also,
            "told": told.person,
        }
        for number, told in enumerate(Told(*each) for each in documents)
    ]
    rows = [rows[number] for number in order or range(len(rows))]
    pq.write_table(pa.Table.from_pylist(rows, schema), found)
    with duckdb.connect() as base:
        together = put_together(base, found, 7)
    after = pq.read_table(together, columns=INPUT.names).to_pylist()
    together.unlink()
    return sorted(after, key=lambda row: int(row["origin"]))


def hashed(word):
    return sha256(word.encode()).hexdigest()


STUDY, OTHER_STUDY = "1.2.840.113619.1", "1.2.840.113619.2"


@pytest.mark.parametrize("text", [None, "a report that has the UID"])
def test_a_study_stays_whole_where_some_of_it_has_no_accession_number(tmp_path, text):
    after = settled(
        tmp_path,
        (NUMBER, "a", None, "words"),
        (STUDY, "a", NUMBER, None),
        (STUDY, "a", None, text),
    )
    assert [row["exam"] for row in after] == [NUMBER] * 3


def test_a_study_of_two_accession_numbers_is_parted_by_them_alone(tmp_path):
    after = settled(
        tmp_path,
        ("17", "a", None, "words"),
        ("18", "a", None, "words"),
        (STUDY, "a", "17", None),
        (STUDY, "a", "18", None),
        (STUDY, "a", None, None),
    )
    assert [row["exam"] for row in after] == ["17", "18", "17", "18", STUDY]


def test_a_number_that_is_on_studies_of_two_persons_gives_neither_to_the_other(tmp_path):
    after = settled(
        tmp_path,
        ("17", "a", None, "words"),
        (STUDY, "a", "17", None),
        (OTHER_STUDY, "b", "17", None),
    )
    assert [row["person"] for row in after] == ["a", "a", "b"]


@pytest.mark.parametrize(("count", "persons"), [(MOST_EXAMS, 1), (MOST_EXAMS + 1, 0)])
def test_an_id_that_is_on_everything_stands_for_nobody(tmp_path, count, persons):
    first = date(2019, 1, 1)
    rows = [
        {"exam": f"E{n}", "person": "SCREENING", "date": first + timedelta(n), "text": NORMAL}
        for n in range(count)
    ]
    run([write_csv(tmp_path / "a.csv", rows)], tmp_path / "r", per_part=500)
    found = table(tmp_path / "r", "exams")
    assert len({row["person"] for row in found}) == (persons or count)
    assert sum(row["prior"] is not None for row in found) == (count - 1 if persons else 0)


# ------------------------------------------------- ids that are of several exams, or persons


A, B = hashed("A"), hashed("B")
MAY, JUNE, YEAR_AFTER = date(2023, 5, 6), date(2023, 6, 5), date(2024, 5, 6)


def names(folder, *documents):
    return [row["exam"] for row in settled(folder, *documents)]


def test_an_exam_number_of_two_persons_puts_no_alert_on_the_wrong_one(tmp_path):
    rows = [
        {"exam": "1", "person": "A", "text": CALCIFIED},
        {"exam": "1", "person": "B", "text": NORMAL},
        {"exam": "2", "person": "B", "text": NORMAL},
    ]
    run([write_csv(tmp_path / "a.csv", rows)], tmp_path / "r")
    found = {row["exam"]: row["person"] for row in table(tmp_path / "r", "exams")}
    assert found == {f"1 #{A[:8]}": A, f"1 #{B[:8]}": B, "2": B}
    with (tmp_path / "r/worklist.csv").open(encoding="utf-8-sig") as file:
        work = list(csv.DictReader(file))
    assert {(row["exam"], row["person"]) for row in work} == {(f"1 #{A[:8]}", A)}


def test_persons_whose_hashes_begin_alike_are_told_apart_by_all_of_them(tmp_path):
    first, second, third = "3fa9c2d1-1", "3fa9c2d1-2", "7"
    found = names(tmp_path, ("1", first), ("1", second), ("1", third))
    assert found == [f"1 #{first}", f"1 #{second}", "1 #7"]


def test_an_id_that_is_there_already_is_not_given_again(tmp_path):
    taken = f"1 #{A[:8]}"
    found = names(tmp_path, ("1", A), ("1", B), (taken, "c"))
    assert found == [f"1 #{A}", f"1 #{B[:8]}", taken]


def test_one_number_of_two_branches_that_tell_no_person_is_two_exams_of_two_persons(tmp_path):
    named = [
        write_csv(
            tmp_path / f"{site}.csv", [{"exam": "1", "date": day, "site": site, "text": text}]
        )
        for site, day, text in (
            ("Beijing", "2023-05-06", NORMAL),
            ("Harbin", "2023-05-06", CALCIFIED),
        )
    ]
    run(named, tmp_path / "r")
    found = {row["exam"]: (row["person"], row["prior"]) for row in table(tmp_path / "r", "exams")}
    ids = ["1 @2023-05-06 Beijing", "1 @2023-05-06 Harbin"]
    assert found == {each: (hashed(each), None) for each in ids}


def test_the_kind_of_exam_in_the_place_of_its_id_makes_no_exam_of_two_years(tmp_path):
    kind = "腹部彩超"
    found = settled(tmp_path, (kind, "a", None, "w", MAY), (kind, "a", None, "w", YEAR_AFTER))
    assert [row["exam"] for row in found] == [f"{kind} @2023-05-06", f"{kind} @2024-05-06"]
    assert {row["person"] for row in found} == {"a"}


@pytest.mark.parametrize(("reports", "exams"), [(MOST_REPORTS, 1), (MOST_REPORTS + 1, None)])
def test_what_more_reports_have_than_an_exam_has_is_no_id_of_one(tmp_path, reports, exams):
    found = settled(tmp_path, *[("腹部彩超", None, None, "words", MAY)] * reports)
    assert len({row["exam"] for row in found}) == (exams or reports)
    assert len({row["person"] for row in found}) == (exams or reports)


def test_an_addendum_within_days_belongs_to_its_exam(tmp_path):
    assert MAY + timedelta(MOST_DAYS) == JUNE
    assert names(tmp_path, ("1", "a", None, "w", MAY), ("1", "a", None, "w", JUNE)) == ["1", "1"]
    later = JUNE + timedelta(1)
    found = names(tmp_path, ("1", "a", None, "w", MAY), ("1", "a", None, "w", later))
    assert found == ["1 @2023-05-06", "1 @2023-06-06"]


def test_a_site_or_a_day_that_one_document_does_not_tell_parts_nothing(tmp_path):
    found = names(
        tmp_path,
        ("1", "a", None, "w", MAY, "Beijing"),
        ("1", "a", None, None, MAY),
        ("1", "a", None, None),
    )
    assert found == ["1"] * 3


def test_a_document_without_site_and_day_is_put_to_none_of_several_exams(tmp_path):
    found = names(
        tmp_path,
        ("1", "a", None, "w", MAY, "Beijing"),
        ("1", "a", None, None, MAY, "Beijing"),
        ("1", "a", None, "w", MAY, "Harbin"),
        ("1", "a"),
    )
    beijing = "1 @2023-05-06 Beijing"
    assert found == [beijing, beijing, "1 @2023-05-06 Harbin", "1 @?"]


def test_a_document_of_no_person_on_another_day_is_not_given_to_the_person_of_the_number(tmp_path):
    found = settled(tmp_path, ("1", "a", None, "w", MAY), ("1", None, None, "w", YEAR_AFTER))
    assert [row["person"] for row in found] == ["a", hashed("1 @2024-05-06")]


@pytest.mark.parametrize("also", [None, NUMBER])
def test_a_study_is_not_parted_by_days_and_sites(tmp_path, also):
    exam = also or STUDY
    found = names(
        tmp_path,
        (exam, "a", None, "w", MAY, "Beijing"),
        (STUDY, "a", also, None, MAY),
        (exam, "a", None, "w", YEAR_AFTER, "Harbin"),
    )
    assert found == [exam] * 3


@pytest.mark.parametrize(
    "word",
    [
        *(
            "ANONYMOUS",
            "Anonymous",
            "anon",
            "Unknown",
            "NULL",
            "N/A",
            "nan",
            "NaN",
            "No Id",
            "Test",
        ),
        *("-", "--", "?", "0", "00000000", "无", "匿名", "未知", "不详", "空"),
    ],
)
def test_a_word_for_nobody_is_no_person(tmp_path, word):
    told = hashed(word)
    found = settled(tmp_path, ("1", told), ("2", told), ("3", hashed("MRN1")))
    assert [row["person"] for row in found] == [hashed("1"), hashed("2"), hashed("MRN1")]


def test_a_word_for_nobody_with_blanks_around_it_compares_no_exams(tmp_path):
    rows = [
        {"exam": f"E{n}", "person": " Anonymous ", "date": f"2023-05-0{n}", "text": NORMAL}
        for n in (1, 2)
    ]
    run([write_csv(tmp_path / "a.csv", rows)], tmp_path / "r")
    assert [row["prior"] for row in table(tmp_path / "r", "exams")] == [None, None]


# -------------------------------------------------------------------------------------- laws


def documents():
    """Documents that use the same few numbers, names, days and sites."""
    short = st.sampled_from(["1", "2", "3", f"1 #{A[:8]}", "1 @2023-05-06"])
    studies = st.sampled_from([f"1.2.840.113619.{n}" for n in range(3)])
    told = st.builds(
        Told,
        exam=short | studies,
        person=st.none() | st.sampled_from([A, B, hashed("unknown")]),
        also=st.none() | short,
        text=st.none() | st.just("words"),
        day=st.sampled_from([None, MAY, JUNE, YEAR_AFTER]),
        site=st.sampled_from([None, "Beijing", "Harbin"]),
    )
    return st.lists(told, min_size=1, max_size=12)


LAW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@LAW
@given(rows=documents())
def test_no_document_is_lost_or_doubled_and_no_exam_is_of_two_persons(tmp_path, rows):
    after = settled(tmp_path, *rows)
    assert [row["origin"] for row in after] == [str(number) for number in range(len(rows))]
    assert all(row["person"] and 0 <= row["bucket"] < 7 for row in after)
    for row, told in zip(after, rows, strict=True):
        ids = {told.exam, *(other.also for other in rows if other.exam == told.exam)} - {None}
        assert any(
            row["exam"] == one or row["exam"].startswith((f"{one} #", f"{one} @")) for one in ids
        )
        assert (row["text"], row["date"], row["site"]) == (told.text, told.day, told.site)
    for exam in {row["exam"] for row in after}:
        assert len({row["person"] for row in after if row["exam"] == exam}) == 1


@LAW
@given(rows=documents())
def test_a_study_is_of_the_person_that_its_reports_tell(tmp_path, rows):
    after = settled(tmp_path, *rows)
    nobody = hashed("unknown")
    for exam in {row["exam"] for row in after}:
        of_exam = [number for number, row in enumerate(after) if row["exam"] == exam]
        authors = {rows[number].person for number in of_exam if rows[number].text} - {None, nobody}
        if "." in exam and "#" not in exam and len(authors) == 1:
            assert {after[number]["person"] for number in of_exam} == authors


@LAW
@given(data=st.data(), rows=documents())
def test_in_what_order_documents_stand_does_not_matter(tmp_path, data, rows):
    order = data.draw(st.permutations(range(len(rows))))
    assert settled(tmp_path, *rows, order=order) == settled(tmp_path, *rows)


@LAW
@given(rows=documents())
def test_other_exams_keep_their_ids_and_persons(tmp_path, rows):
    others = [Told("an exam", "a", None, "words", MAY), Told("one more", "b"), Told("the last")]
    after = settled(tmp_path, *others, *rows)[:3]
    assert [(row["exam"], row["person"]) for row in after] == [
        ("an exam", "a"),
        ("one more", "b"),
        ("the last", hashed("the last")),
    ]


@LAW
@given(rows=documents())
def test_documents_of_one_exam_are_of_one_site_and_of_days_near_each_other(tmp_path, rows):
    after = settled(tmp_path, *rows)
    numbers = {told.also for told in rows}
    for exam in {row["exam"] for row in after} - numbers:
        of_exam = [row for row in after if row["exam"] == exam]
        days = {row["date"] for row in of_exam} - {None}
        if not exam.startswith("1.2.") and not any(exam.startswith(f"{each} ") for each in numbers):
            assert len({row["site"] for row in of_exam} - {None}) <= 1
            assert not days or max(days) - min(days) <= timedelta(MOST_DAYS)


def test_rows_of_two_tables_of_one_name_are_exams_of_their_own(tmp_path):
    named = [tmp_path / site / "reports.csv" for site in ("north", "south")]
    for path, report in zip(named, (NORMAL, CALCIFIED), strict=True):
        path.parent.mkdir()
        write_csv(path, [{"report": report}])
    run(named, tmp_path / "r")
    found = table(tmp_path / "r", "exams")
    assert sorted((row["exam"], row["origin"], row["reports"]) for row in found) == [
        ("north/reports.csv:1", "north/reports.csv:1", 1),
        ("south/reports.csv:1", "south/reports.csv:1", 1),
    ]
    assert len({row["person"] for row in found}) == 2


def test_files_of_one_name_in_two_folders_are_exams_of_their_own(tmp_path):
    named = [tmp_path / site for site in ("north", "south")]
    for folder, report in zip(named, (NORMAL, CALCIFIED), strict=True):
        folder.mkdir()
        (folder / "1.txt").write_text(report)
    run(named, tmp_path / "r")
    found = table(tmp_path / "r", "exams")
    assert sorted((row["exam"], row["origin"], row["reports"]) for row in found) == [
        ("north/1.txt", "north/1.txt", 1),
        ("south/1.txt", "south/1.txt", 1),
    ]
    assert len({row["person"] for row in found}) == 2


def test_a_study_that_lies_in_two_folders_is_one_exam(tmp_path, picture):
    other = tmp_path / "reports"
    other.mkdir()
    (other / "again.dcm").write_bytes(picture.read_bytes())
    run([picture.parent, other], tmp_path / "r")
    (row,) = table(tmp_path / "r", "exams")
    assert (row["exam"], row["pictures"]) == (filing_in(picture).study, 2)


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c"]), max_size=4).map("/".join), max_size=8))
def test_places_are_told_apart_by_no_more_than_it_takes(places):
    names = told_apart(places)
    assert names.keys() == set(places)
    assert len(set(names.values())) == len(names)
    for place, name in names.items():
        assert f"/{place}".endswith(f"/{name}")
        shorter = name.partition("/")[2]
        if shorter:
            assert sum(f"/{other}".endswith(f"/{shorter}") for other in names) > 1
