"""Days and ages as tables have them, in the words of the database that reads the tables.

What is not understood is no day, rather than a wrong one: `1/5/2021` is of May or of January.
"""

from __future__ import annotations

from typing import Final

import duckdb

YEARS: Final = (1900, 2100)
"""A day of another year is a slip, or a year of two digits (convention)."""

SERIALS: Final = (19725, 73415)
"""Days since 1899-12-30, as spreadsheets count them: 1954 to 2100 (convention)."""

OLDEST_YEARS: Final = 130
"""Nobody is older: the number is something else (convention)."""

_BETWEEN: Final = "[-/.年月 ]{1,2}"
_END: Final = "([^0-9]|$)"

YEAR_FIRST: Final = f"^([0-9]{{4}}){_BETWEEN}([0-9]{{1,2}}){_BETWEEN}([0-9]{{1,2}}){_END}"
"""Year, month and day; anything may stand behind."""

DIGITS: Final = f"^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})([0-9]{{4}}|[0-9]{{6}})?{_END}"
"""The same in eight digits; a time of four or six may stand behind."""

DAY_FIRST: Final = rf"^([0-9]{{1,2}})\.([0-9]{{1,2}})\.([0-9]{{4}}){_END}"
"""Day, month and year, with dots."""

SERIAL: Final = r"^([0-9]{5})(\.[0-9]+)?$"
"""A day as spreadsheets count it; the time is a share of the day."""

UNITS: Final = {
    "(周|足)?[岁歲].*|y.*": 1.0,
    "[个個]?月.*|m|m[^a-z].*|mon.*|mo|mos": 12.0,
    "[周週].*|星期.*|w.*": 365.25 / 7,
    "[天日].*|d|d[^a-z].*|day.*": 365.25,
}
"""What may stand behind the number of an age, and how many of it make a year."""


def define(base: duckdb.DuckDBPyConnection) -> None:
    """Teach a connection ``day_of(cell)`` and ``age_of(cell)``; null is what is not understood."""
    base.execute("""
        CREATE MACRO named_day(cell, form, year, month, day) AS try_strptime(
            regexp_extract(cell, form, year) || '-' || regexp_extract(cell, form, month)
                || '-' || regexp_extract(cell, form, day), '%Y-%m-%d')
    """)
    base.execute(f"""
        CREATE MACRO counted_day(cell) AS CASE
            WHEN try_cast(regexp_extract(cell, '{SERIAL}', 1) AS INTEGER)
                BETWEEN {SERIALS[0]} AND {SERIALS[1]}
            THEN DATE '1899-12-30' + try_cast(regexp_extract(cell, '{SERIAL}', 1) AS INTEGER)
        END
    """)
    base.execute(f"""
        CREATE MACRO any_day(cell) AS coalesce(
            named_day(cell, '{YEAR_FIRST}', 1, 2, 3), named_day(cell, '{DIGITS}', 1, 2, 3),
            named_day(cell, '{DAY_FIRST}', 3, 2, 1), counted_day(cell)
        )::DATE
    """)
    base.execute(f"""
        CREATE MACRO day_of(cell) AS CASE
            WHEN year(any_day(cell)) BETWEEN {YEARS[0]} AND {YEARS[1]} THEN any_day(cell)
        END
    """)
    base.execute("""
        CREATE MACRO number_of(cell) AS
            try_cast(regexp_extract(cell, '^([0-9]{1,6}(\\.[0-9]+)?)', 1) AS FLOAT)
    """)
    base.execute("""
        CREATE MACRO unit_of(cell) AS
            lower(trim(regexp_extract(cell, '^[0-9]+(\\.[0-9]+)?(.*)$', 2)))
    """)
    whens = " ".join(
        f"WHEN regexp_full_match(unit_of(cell), '{form}') THEN number_of(cell) / {per_year}"
        for form, per_year in {"": 1.0, **UNITS}.items()
    )
    base.execute(f"CREATE MACRO any_age(cell) AS CASE {whens} END")
    base.execute(f"""
        CREATE MACRO age_of(cell) AS CASE
            WHEN any_age(cell) <= {OLDEST_YEARS} THEN any_age(cell)::FLOAT
        END
    """)
