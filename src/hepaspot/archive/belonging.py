"""What belongs together where sources name it differently: documents of one exam, its person.

A table of reports has accession numbers where pictures have study UIDs too; one source tells the
person and another does not; an id that stands for nobody is on everything.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

MOST_EXAMS: Final = 300
"""Nobody has more exams: an id that has stands for nobody, such as ANONYMOUS (convention)."""

BUCKET: Final = "(md5_number_lower({person}) % {parts})::INTEGER"
"""The part that a person belongs to."""

_UID: Final = r"[0-9]+(\.[0-9]+){4,}"
"""A UID is that of one study in all the world; a number may be used by two sites."""


def put_together(base: duckdb.DuckDBPyConnection, found: Path, parts: int, *, sources: int) -> Path:
    """Documents with exam and person as they belong together; ``found`` itself where they do.

    Parameters
    ----------
    base : duckdb.DuckDBPyConnection
    found : Path
        Parquet of `schema.INPUT` with ``told``, the person as the source tells it, and ``also``,
        a second name of the exam; both null where there is none.
    parts : int
        Buckets of the rows are below it.
    sources : int
        How many tables and lists the documents are of.
    """
    base.from_parquet(str(found)).create_view("found")
    base.execute(f"""
        CREATE TEMP TABLE nobody AS
        SELECT told FROM found WHERE told IN (
            SELECT told FROM found WHERE told IS NOT NULL GROUP BY told HAVING count(*) > {MOST_EXAMS}
        ) GROUP BY told HAVING count(DISTINCT exam) > {MOST_EXAMS}
    """)
    if not _is_apart(base, sources):
        return found
    to = found.with_name("files-together.parquet")
    bucket = BUCKET.format(person="person", parts=parts)
    base.execute(f"""
        COPY (
            WITH named AS (SELECT DISTINCT exam FROM found WHERE also IS NULL),
            named_alike AS (
                SELECT found.* REPLACE (
                    coalesce(named.exam, found.exam) AS exam,
                    CASE WHEN told NOT IN (FROM nobody) THEN told END AS told
                ), named.exam IS NOT NULL OR regexp_full_match(found.exam, '{_UID}') AS is_sure
                FROM found LEFT JOIN named ON also = named.exam
            ),
            whose AS (
                SELECT exam, bool_or(is_sure) AS is_sure,
                       min(told) FILTER (text IS NOT NULL) AS first,
                       max(told) FILTER (text IS NOT NULL) AS last,
                       min(told) AS first_of_all, max(told) AS last_of_all
                FROM named_alike GROUP BY exam
            ),
            one AS (
                SELECT exam, is_sure, CASE
                    WHEN first = last THEN first
                    WHEN first IS NULL AND first_of_all = last_of_all THEN first_of_all
                END AS person
                FROM whose
            ),
            settled AS (
                SELECT named_alike.* EXCLUDE (is_sure) REPLACE (coalesce(
                    CASE WHEN one.is_sure THEN one.person END, told, one.person, sha256(exam)
                ) AS person)
                FROM named_alike JOIN one USING (exam)
            )
            SELECT * REPLACE ({bucket} AS bucket) FROM settled
        ) TO '{str(to).replace("'", "''")}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)
    """)
    found.unlink()
    return to


def _is_apart(base: duckdb.DuckDBPyConnection, sources: int) -> bool:
    """Whether anything may belong together that does not stand so."""
    also, told, untold, nobody = base.execute("""
        SELECT count(also), count(told), count(*) FILTER (told IS NULL), (SELECT count(*) FROM nobody)
        FROM found
    """).fetchall()[0]
    if also or nobody or (told and untold):
        return True
    return sources > 1 and bool(
        base.execute("""
            SELECT exam FROM found GROUP BY exam HAVING min(told) <> max(told) LIMIT 1
        """).fetchall()
    )
