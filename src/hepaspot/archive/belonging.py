"""What belongs together where sources name it differently: documents of one exam, its person.

A table of reports has accession numbers where pictures have study UIDs too; one source tells the
person and another does not; an id that stands for nobody is on everything. And what does not
belong together though it is named alike: row 1 of two tables called ``reports.csv``, exam 1001 of
two branches, every exam of a table that calls all of them 腹部彩超.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import duckdb

from hepaspot.archive.nobody import NOBODY

MOST_EXAMS: Final = 300
"""Nobody has more exams: an id that has stands for nobody, such as ANONYMOUS (convention)."""

MOST_DAYS: Final = 30
"""Documents of one exam are of days no farther apart: an addendum comes within days (convention)."""

MOST_REPORTS: Final = 20
"""One exam has no more reports: what has more, and no person, is no exam's id (convention)."""

BUCKET: Final = "(md5_number_lower({person}) % {parts})::INTEGER"
"""The part that a person belongs to."""

_UID: Final = r"[0-9]+(\.[0-9]+){4,}"
"""A UID is that of one study in all the world; a number may be used by two sites."""

_IS_SURE: Final = f"(regexp_full_match(exam, '{_UID}') OR bool_or(is_of_one IS TRUE))"

_NAMED_ALIKE: Final = """
    known AS (
        SELECT file_row_number AS row, exam, also, date, site, origin,
               text IS NOT NULL AS is_report,
               CASE WHEN told NOT IN (FROM nobody) THEN told END AS told
        FROM touched
    ),
    numbers AS (
        SELECT also AS number, min(told) IS NOT DISTINCT FROM max(told) AS is_of_one
        FROM known WHERE also IN (SELECT exam FROM known WHERE also IS NULL)
        GROUP BY also
    ),
    studies AS (
        SELECT exam, min(also) AS number
        FROM known WHERE also IN (SELECT number FROM numbers)
        GROUP BY exam HAVING min(also) = max(also)
    ),
    named_alike AS (
        SELECT known.* REPLACE (
            coalesce(numbers.number, studies.number, known.exam) AS exam
        ), is_of_one
        FROM known LEFT JOIN numbers ON also = numbers.number
        LEFT JOIN studies ON known.exam = studies.exam
    )
"""
"""A study goes by its accession number where another document does."""

_NAMED_APART: Final = f"""
    ids AS (
        SELECT exam, {_IS_SURE} AS is_sure,
               CASE WHEN min(told) = max(told) THEN min(told) END AS only_told
        FROM named_alike GROUP BY exam HAVING count(*) > 1
    ),
    claimed AS (
        SELECT row, exam, date, site, origin, is_report, coalesce(told, only_told, '') AS claimant
        FROM named_alike JOIN ids USING (exam) WHERE NOT is_sure
    ),
    shared AS (
        SELECT exam, claimant, claimant = '' AND count_if(is_report) > {MOST_REPORTS} AS is_no_id
        FROM claimed GROUP BY exam, claimant
        HAVING min(site) <> max(site) OR max(date) - min(date) > {MOST_DAYS} OR is_no_id
    ),
    told_by AS (
        SELECT row, exam, coalesce(nullif(
            concat_ws(' ', date, site, CASE WHEN is_no_id THEN origin END), ''
        ), '?') AS words
        FROM claimed JOIN shared USING (exam, claimant)
    ),
    parted AS (
        SELECT row, CASE
            WHEN concat(exam, ' @', words) IN (SELECT exam FROM named_alike)
            THEN concat(exam, ' @@', words) ELSE concat(exam, ' @', words)
        END AS exam
        FROM told_by
    ),
    named_apart AS (
        SELECT named_alike.* REPLACE (coalesce(parted.exam, named_alike.exam) AS exam)
        FROM named_alike LEFT JOIN parted USING (row)
    )
"""
"""One id of one person on days or at sites that are not those of one exam: an exam each."""

_SETTLED: Final = f"""
    whose AS (
        SELECT exam, {_IS_SURE} AS is_sure,
               min(told) FILTER (is_report) AS first, max(told) FILTER (is_report) AS last,
               min(told) AS first_of_all, max(told) AS last_of_all
        FROM named_apart GROUP BY exam
    ),
    one AS (
        SELECT exam, is_sure, CASE
            WHEN first_of_all = last_of_all THEN first_of_all
            WHEN is_sure AND first = last THEN first
        END AS person
        FROM whose
    ),
    settled AS (
        SELECT row, exam, coalesce(
            CASE WHEN is_sure THEN person END, told, person, sha256(exam)
        ) AS person
        FROM named_apart JOIN one USING (exam)
    )
"""
"""The person of an exam is told by its report, or else by whatever tells it."""

_NAMED_ONCE: Final = """
    of_several AS (
        SELECT exam FROM settled GROUP BY exam HAVING min(person) <> max(person)
    ),
    marked AS (
        SELECT DISTINCT exam, person, concat(exam, ' #', left(person, 8)) AS short
        FROM settled WHERE exam IN (FROM of_several)
    ),
    renamed AS (
        SELECT exam, person, CASE
            WHEN count(*) OVER (PARTITION BY short) = 1 AND short NOT IN (SELECT exam FROM settled)
            THEN short ELSE concat(exam, ' #', person)
        END AS name
        FROM marked
    ),
    named_once AS (
        SELECT row, coalesce(name, exam) AS exam, person
        FROM settled LEFT JOIN renamed USING (exam, person)
    )
"""
"""No two persons have an exam of the same id: tables of the result are joined by it alone."""


def put_together(base: duckdb.DuckDBPyConnection, found: Path, parts: int) -> Path:
    """Documents with exam and person as they belong together; ``found`` itself where they do.

    A study goes by its second name where another document goes by it. One that is on studies of
    several persons is a number that sites share, and says of nobody whose exam it is.

    An id that is of several exams becomes ``1001 @2023-05-06 Beijing``, one that is of several
    persons ``1001 #3fa9c2d1``, the beginning of the person's hash.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
    found : Path
        Parquet of `schema.INPUT` with ``told``, the person as the source tells it, and ``also``,
        a second name of the exam; both null where there is none.
    parts : int
        Buckets of the rows are below it.
    """
    base.from_parquet(str(found), file_row_number=True).create_view("found")
    _list_nobody(base)
    _list_touched(base)
    if not _is_apart(base):
        return found
    to = found.with_name("files-together.parquet")
    base.execute(f"""
        COPY (
            WITH {_NAMED_ALIKE}, {_NAMED_APART}, {_SETTLED}, {_NAMED_ONCE},
            known_of_all AS (
                SELECT found.* EXCLUDE (file_row_number) REPLACE (
                    coalesce(named_once.exam, found.exam) AS exam,
                    coalesce(
                        named_once.person,
                        CASE WHEN told NOT IN (FROM nobody) THEN told END,
                        sha256(found.exam)
                    ) AS person
                )
                FROM found LEFT JOIN named_once ON file_row_number = row
            )
            SELECT * REPLACE ({BUCKET.format(person="person", parts=parts)} AS bucket)
            FROM known_of_all
        ) TO '{str(to).replace("'", "''")}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)
    """)
    found.unlink()
    return to


def _list_nobody(base: duckdb.DuckDBPyConnection) -> None:
    """The ids that stand for nobody; the same exam on another day counts as another one."""
    base.execute(
        f"""
        CREATE TEMP TABLE nobody AS
        SELECT told FROM found WHERE told IN (
            SELECT told FROM found WHERE told IS NOT NULL GROUP BY told HAVING count(*) > {MOST_EXAMS}
        ) GROUP BY told HAVING count(DISTINCT (exam, date)) > {MOST_EXAMS}
        UNION
        SELECT told FROM found WHERE told IN (SELECT unnest(?))
        """,
        [sorted(NOBODY)],
    )


def told_apart(places: Iterable[str]) -> dict[str, str]:
    """The shortest end of each path or address that is none of another one."""
    distinct = set(places)
    counts = Counter(end for place in distinct for end in _ends(place))
    return {
        place: next(end for end in _ends(place) if counts[end] == 1 or end == place)
        for place in distinct
    }


def _ends(place: str) -> Iterator[str]:
    names = place.split("/")
    return ("/".join(names[-count:]) for count in range(1, len(names) + 1))


def called_after(name: str, documents: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Documents of one of several folders, of each of which some may be called alike."""
    for row in documents:
        origin = f"{name}/{row['origin']}"
        is_called_so = row["exam"] == row["origin"]
        yield {**row, "origin": origin, "exam": origin if is_called_so else row["exam"]}


def _list_touched(base: duckdb.DuckDBPyConnection) -> None:
    """Documents that share an id with another one; of any other one nothing is to be settled.

    A hash takes less room than an id; two ids of the same hash are only looked at in vain. An id
    that looks like those that are given here must not be given a second time.
    """
    base.execute("""
        CREATE TEMP TABLE repeated AS
        SELECT id FROM (
            SELECT hash(exam) AS id FROM found
            UNION ALL SELECT hash(also) FROM found WHERE also IS NOT NULL
        ) GROUP BY id HAVING count(*) > 1
    """)
    base.execute("""
        CREATE TEMP VIEW touched AS
        SELECT * FROM found
        WHERE hash(exam) IN (FROM repeated) OR (also IS NOT NULL AND hash(also) IN (FROM repeated))
           OR contains(exam, ' @') OR contains(exam, ' #')
    """)


def _is_apart(base: duckdb.DuckDBPyConnection) -> bool:
    """Whether anything may belong together, or apart, that does not stand so."""
    if base.execute("FROM nobody LIMIT 1").fetchall():
        return True
    found = base.execute(f"""
        SELECT exam FROM touched GROUP BY exam
        HAVING count(also) > 0 OR count(told) BETWEEN 1 AND count(*) - 1
            OR min(told) <> max(told) OR min(site) <> max(site)
            OR max(date) - min(date) > {MOST_DAYS} OR count(text) > {MOST_REPORTS}
        LIMIT 1
    """)
    return bool(found.fetchall())
