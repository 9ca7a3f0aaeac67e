"""Which exams a review is drawn from, in layers, and how many of each layer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

import duckdb


class Stratum(StrEnum):
    """A layer of the archive, as one alert divides it; in the order that they are filled."""

    ALERT = "alert"
    OTHER_ALERT = "other_alert"
    SPOT = "spot"
    NO_SPOT = "no_spot"


CLEAN = (Stratum.OTHER_ALERT, Stratum.SPOT, Stratum.NO_SPOT)
"""Exams without the alert: those with another one, with a bright spot, with neither."""

_EXAMS = """
    SELECT
        exam,
        any_value(prior) AS prior,
        any_value(CASE
            WHEN list_contains(alerts, $alert) THEN 'alert'
            WHEN len(alerts) > 0 THEN 'other_alert'
            WHEN foci > 0 THEN 'spot'
            ELSE 'no_spot'
        END) AS stratum
    FROM exams
    WHERE reports > 0
    GROUP BY exam
    HAVING count(*) = 1
"""
"""Exams with words to show; one id that two exams share is neither of them."""


class Chosen(NamedTuple):
    """One exam of the sample, and the exam before it."""

    exam: str
    prior: str | None
    stratum: Stratum


def sizes(base: duckdb.DuckDBPyConnection, alert: str) -> dict[Stratum, int]:
    """How many exams each layer holds."""
    rows = base.execute(
        f"SELECT stratum, count(*) FROM ({_EXAMS}) GROUP BY stratum", {"alert": alert}
    ).fetchall()
    counted = {Stratum(stratum): int(count) for stratum, count in rows}
    return {stratum: counted.get(stratum, 0) for stratum in Stratum}


def shares(count: int, held: Mapping[Stratum, int]) -> dict[Stratum, int]:
    """``count`` exams over layers, evenly as far as each has them.

    Where every layer has enough, even shares are a convention: how many misses a layer holds is
    what the review is to find out.
    """
    taken = dict.fromkeys(held, 0)
    for _ in range(min(count, sum(held.values()))):
        with_more = (each for each in held if taken[each] < held[each])
        taken[min(with_more, key=lambda each: taken[each])] += 1
    return taken


def chosen(
    base: duckdb.DuckDBPyConnection, alert: str, counts: Mapping[Stratum, int], seed: int
) -> list[Chosen]:
    """Exams at random, so many of each layer; the same for the same seed."""
    rows = base.execute(
        f"""
        SELECT exam, prior, stratum
        FROM ({_EXAMS})
        QUALIFY row_number() OVER (PARTITION BY stratum ORDER BY md5($seed || exam), exam)
            <= CASE stratum
                WHEN 'alert' THEN $n_alert WHEN 'other_alert' THEN $n_other
                WHEN 'spot' THEN $n_spot ELSE $n_none END
        ORDER BY exam
        """,
        {
            "alert": alert,
            "seed": f"draw {seed} ",
            "n_alert": counts.get(Stratum.ALERT, 0),
            "n_other": counts.get(Stratum.OTHER_ALERT, 0),
            "n_spot": counts.get(Stratum.SPOT, 0),
            "n_none": counts.get(Stratum.NO_SPOT, 0),
        },
    ).fetchall()
    return [Chosen(exam, prior, Stratum(stratum)) for exam, prior, stratum in rows]
