"""What an audit comes to in figures: counted by DuckDB over its tables, in bounded memory.

The unit is the exam: a person who was examined three times counts three times.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from hepaspot.archive.laying_out import MEMORY_MB
from hepaspot.archive.page.counts import (
    AlertKind,
    Category,
    Figures,
    Group,
    Named,
    Reason,
    Site,
)
from hepaspot.archive.page.shares import Share
from hepaspot.archive.schema import TABLES
from hepaspot.knowledge import load

MOST_SITES: Final = 20
"""Sites that are shown one by one, those with most exams; the others are put together."""

MOST_REASONS: Final = 20
"""Reasons of errors that are shown, the commonest."""

OLDEST_DECADE: Final = 90
"""Persons of this age and older are put together: years."""

IMPRESSION: Final = (
    "dilatation_not_concluded",
    "impression_denied_in_findings",
    "name_mismatch",
    "side_mismatch",
    "segment_mismatch",
)
"""Alerts in which impression and findings of one report do not fit."""

SPOT: Final = "foci > 0"
SPOT_IN_REPORT: Final = "foci > 0 AND reports > 0"

NAMED: Final = "stated <> 'other' AND certainty <> 'either_or'"
"""Spots that are given one name, and one that hepaspot weighs: other mimics are not, by name."""

NO_VERDICT: Final = "coalesce(conclusion, 'cannot_tell') = 'cannot_tell'"

SITE: Final = "CASE WHEN exams.site IS NOT NULL THEN coalesce(shown_sites.site, '') END"
BY_SITE: Final = "GROUP BY name ORDER BY name IS NULL, name = '', name"
WITH_SITE: Final = "FROM exams LEFT JOIN shown_sites USING (site)"

SEX: Final = """
    CASE WHEN lower(trim(sex)) IN ('f', 'female', 'w', 'woman', '女', '女性') THEN 'female'
         WHEN lower(trim(sex)) IN ('m', 'male', 'man', '男', '男性') THEN 'male' END
"""


@contextmanager
def opened(result: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of an audit as views, with what is too large for memory laid on disk.

    ``exams`` are those of the liver, and ``all_exams`` those of another part of the body as well.
    """
    with duckdb.connect() as base:
        base.execute(f"SET memory_limit = '{MEMORY_MB}MB'")
        base.execute("SET temp_directory = ?", [str(result / "sorting")])
        base.execute("SET threads = 2")
        for name in (*TABLES, "input"):
            path = glob.escape(str(result / f"{name}.parquet"))
            base.read_parquet(path).create_view(f"all_{name}" if name == "exams" else name)
        base.execute("CREATE VIEW exams AS SELECT * FROM all_exams WHERE of_liver")
        yield base


def figures_of(base: duckdb.DuckDBPyConnection) -> Figures:
    """Count everything; ``base`` is of `opened`."""
    ranks = tuple(sorted({row.rank for row in load().alerts}))
    other_sites = _choose_sites(base)
    return Figures(
        **_totals(base),
        by_year=_by_year(base, SPOT, "true"),
        by_age=_by_age(base),
        by_site=_by_site(base, SPOT, "true"),
        named=_named(base),
        same_name=_same_name(base, "leaning", "leaning = stated"),
        other_concluded=_same_name(base, "conclusion", "conclusion NOT IN (stated, 'cannot_tell')"),
        no_verdict=_share_of_foci(base, NO_VERDICT, "true"),
        no_verdict_no_ducts=_share_of_foci(base, "ducts IS NULL", NO_VERDICT),
        impression=tuple(
            Group(each, _share(base, f"list_contains(alerts, '{each}')", "reports > 0"))
            for each in IMPRESSION
        ),
        impression_any=_share(base, f"list_has_any(alerts, {list(IMPRESSION)})", "reports > 0"),
        categories=_categories(base),
        kinds=_kinds(base),
        ranks=ranks,
        flags=_flags(base),
        flag_any=_share(base, "len(red_flags) > 0", "true"),
        no_ducts_by_year=_by_year(base, "duct_statement_missing", SPOT_IN_REPORT),
        no_ducts_by_site=_by_site(base, "duct_statement_missing", SPOT_IN_REPORT),
        no_ducts=_share(base, "duct_statement_missing", SPOT_IN_REPORT),
        sites=_sites(base, ranks),
        other_sites=other_sites,
        **_reasons(base),
    )


def _totals(base: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    names = ("exams", "with_spot", "reports", "pictures", "first", "last", "undated")
    found = base.execute(f"""
        SELECT count(*), count(*) FILTER ({SPOT}), coalesce(sum(reports), 0)::BIGINT,
               coalesce(sum(pictures), 0)::BIGINT, min(date), max(date),
               count(*) FILTER (date IS NULL)
        FROM exams
    """).fetchone()
    totals = dict(zip(names, found or (), strict=True))
    totals["elsewhere"] = _one(base, "SELECT count(*) FROM all_exams WHERE NOT of_liver")
    for table in ("foci", "alerts", "errors"):
        totals[table] = _one(base, f"SELECT count(*) FROM {table}")
    return totals


def _choose_sites(base: duckdb.DuckDBPyConnection) -> int:
    """Choose the sites that are shown by name; how many there are beside these."""
    base.execute(f"""
        CREATE TABLE shown_sites AS
        SELECT site FROM exams WHERE site IS NOT NULL
        GROUP BY site ORDER BY count(*) DESC, site LIMIT {MOST_SITES}
    """)
    told = _one(base, "SELECT count(DISTINCT site) FROM exams")
    return max(0, told - MOST_SITES)


def _share(base: duckdb.DuckDBPyConnection, counted: str, among: str) -> Share:
    return Share(
        *base.execute(
            f"SELECT count(*) FILTER ({counted}), count(*) FROM exams WHERE {among}"
        ).fetchall()[0]
    )


def _by_year(base: duckdb.DuckDBPyConnection, counted: str, among: str) -> tuple[Group, ...]:
    found = base.execute(f"""
        SELECT year(date)::VARCHAR, count(*) FILTER ({counted}), count(*) FROM exams
        WHERE date IS NOT NULL AND {among} GROUP BY year(date) ORDER BY year(date)
    """).fetchall()
    return tuple(Group(name, Share(count, total)) for name, count, total in found)


def _by_age(base: duckdb.DuckDBPyConnection) -> tuple[Group, ...]:
    found = base.execute(f"""
        SELECT decade::VARCHAR, sex, count(*) FILTER ({SPOT}), count(*)
        FROM (SELECT least(floor(age_years / 10) * 10, {OLDEST_DECADE})::INTEGER AS decade,
                     {SEX} AS sex, foci
              FROM exams WHERE age_years >= 0)
        GROUP BY decade, sex ORDER BY decade, sex NULLS LAST
    """).fetchall()
    return tuple(Group(name, Share(count, total), sex) for name, sex, count, total in found)


def _by_site(base: duckdb.DuckDBPyConnection, counted: str, among: str) -> tuple[Group, ...]:
    found = base.execute(f"""
        SELECT {SITE} AS name, count(*) FILTER ({counted}), count(*)
        {WITH_SITE} WHERE {among} {BY_SITE}
    """).fetchall()
    return tuple(Group(name, Share(count, total)) for name, count, total in found)


def _named(base: duckdb.DuckDBPyConnection) -> tuple[Named, ...]:
    """An author who says "either ... or" has given no one name."""
    found = base.execute("""
        SELECT CASE WHEN certainty = 'either_or' THEN certainty ELSE stated END AS said,
               leaning, count(*)
        FROM foci GROUP BY said, leaning ORDER BY said NULLS LAST, leaning NULLS LAST
    """).fetchall()
    return tuple(Named(*row) for row in found)


def _same_name(base: duckdb.DuckDBPyConnection, answer: str, counted: str) -> Share:
    return _share_of_foci(base, counted, f"{NAMED} AND {answer} IS NOT NULL")


def _share_of_foci(base: duckdb.DuckDBPyConnection, counted: str, among: str) -> Share:
    return Share(
        *base.execute(
            f"SELECT count(*) FILTER ({counted}), count(*) FROM foci WHERE {among}"
        ).fetchall()[0]
    )


def _categories(base: duckdb.DuckDBPyConnection) -> tuple[Category, ...]:
    found = base.execute(f"""
        SELECT category, judgement, category IS NOT NULL OR {SPOT} AS shown, count(*),
               count(*) FILTER (duct_statement_missing AND {SPOT_IN_REPORT})
        FROM exams GROUP BY ALL
        ORDER BY category DESC NULLS LAST, judgement DESC, shown DESC
    """).fetchall()
    return tuple(Category(*row) for row in found)


def _kinds(base: duckdb.DuckDBPyConnection) -> tuple[AlertKind, ...]:
    """Every kind there is, those that were not found too, the gravest first."""
    exams = _one(base, "SELECT count(*) FROM exams")
    given = dict(base.execute("SELECT alert, count(*) FROM alerts GROUP BY alert").fetchall())
    within = dict(
        base.execute(
            "SELECT alert, count(*) FROM (SELECT unnest(alerts) AS alert FROM exams) GROUP BY alert"
        ).fetchall()
    )
    rows = sorted(load().alerts, key=lambda row: row.rank)
    return tuple(
        AlertKind(row.id, row.rank, given.get(row.id, 0), Share(within.get(row.id, 0), exams))
        for row in rows
    )


def _flags(base: duckdb.DuckDBPyConnection) -> tuple[Group, ...]:
    """The red flags that any exam has, the commonest first."""
    exams = _one(base, "SELECT count(*) FROM exams")
    found = base.execute("""
        SELECT flag, count(*) AS held
        FROM (SELECT unnest(list_distinct(red_flags)) AS flag FROM exams)
        GROUP BY flag ORDER BY held DESC, flag
    """).fetchall()
    return tuple(Group(flag, Share(held, exams)) for flag, held in found)


def _sites(base: duckdb.DuckDBPyConnection, ranks: tuple[int, ...]) -> tuple[Site, ...]:
    counts = ", ".join(
        f"count(*) FILTER (list_has_any(alerts, {[r.id for r in load().alerts if r.rank == rank]}))"
        for rank in ranks
    )
    found = base.execute(f"""
        SELECT {SITE} AS name, count(*), {counts}, count(*) FILTER (len(alerts) > 0)
        {WITH_SITE} {BY_SITE}
    """).fetchall()
    return tuple(Site(row[0], row[1], tuple(row[2:-1]), row[-1]) for row in found)


def _reasons(base: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    found = base.execute("""
        SELECT kind, reason, count(*) AS documents FROM errors
        GROUP BY kind, reason ORDER BY documents DESC, kind, reason
    """)
    shown = tuple(Reason(*row) for row in found.fetchmany(MOST_REASONS))
    told = _one(base, "SELECT count(*) FROM errors")
    return {"reasons": shown, "other_reasons": told - sum(each.documents for each in shown)}


def _one(base: duckdb.DuckDBPyConnection, query: str) -> int:
    found = base.execute(query).fetchone()
    return int(found[0]) if found else 0
