"""The best way to pair two lists: the most pairs, and of these the least unlike in all.

Solved exactly, by the method of Kuhn and Munkres: one row after another joins, along the
cheapest chain of exchanges, which prices on rows and columns find.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STEPS_IN_ONE = 1000
"""Costs are counted in thousandths: whole numbers add up to the same in any order."""

MOST_STEPS = 1000 * STEPS_IN_ONE
"""No pair costs more than this, so that even the worst pair is better than none."""

FAR = 2**61
"""More than any way around, and twice it still fits: steps."""

Costs = Mapping[tuple[int, int], float]
"""The cost of each (row, column) that can be paired; what is not there cannot."""

Steps = NDArray[np.int64]


class Match(NamedTuple):
    """The column of a row, and how much dearer the whole gets where the two are parted.

    ``margin`` counts only ways to pair as many.
    """

    column: int
    margin: float


def best_pairs(costs: Costs) -> dict[int, Match]:
    """Pair rows with columns.

    Returns
    -------
    dict
        Row to its match, for rows that have one. Of equals, those whose places in the lists
        are nearest. Rows and columns that no chain of possible pairs links never bear on each
        other, and exchanging rows with columns gives the same pairs.
    """
    return {
        row: match
        for rows, columns in _linked(costs)
        for row, match in _best(costs, rows, columns).items()
    }


def _linked(costs: Costs) -> list[tuple[list[int], list[int]]]:
    """Rows and columns that a chain of possible pairs links."""
    parts: list[tuple[set[int], set[int]]] = []
    for row, column in sorted(costs):
        touched = [part for part in parts if row in part[0] or column in part[1]]
        rows = {row}.union(*(part[0] for part in touched))
        columns = {column}.union(*(part[1] for part in touched))
        parts = [*(part for part in parts if part not in touched), (rows, columns)]
    return [(sorted(rows), sorted(columns)) for rows, columns in parts]


def _best(costs: Costs, rows: list[int], columns: list[int]) -> dict[int, Match]:
    steps = _square(costs, rows, columns)
    chosen = _chosen(steps)
    margins = _margins(steps, chosen) / STEPS_IN_ONE
    return {
        row: Match(columns[chosen[a]], float(margins[a]))
        for a, row in enumerate(rows)
        if chosen[a] < len(columns) and (row, columns[chosen[a]]) in costs
    }


def _square(costs: Costs, rows: list[int], columns: list[int]) -> Steps:
    """Costs in steps; a pair that cannot be, or is no pair at all, costs more than all others."""
    size = max(len(rows), len(columns))
    steps = np.full((size, size), (size + 1) * MOST_STEPS, dtype=np.int64)
    for a, row in enumerate(rows):
        for b, column in enumerate(columns):
            if (row, column) in costs:
                steps[a, b] = min(round(costs[row, column] * STEPS_IN_ONE), MOST_STEPS)
    return steps


def _chosen(steps: Steps) -> NDArray[np.intp]:
    """The column of each row; asked either way round, the answer is the same."""
    places = np.arange(len(steps))
    apart = np.abs(places[:, None] - places)
    ranked = steps * (len(steps) ** 2 + 1) + apart
    if steps.tolist() <= steps.T.tolist():
        return _assigned(ranked)
    return np.argsort(_assigned(ranked.T))


def _assigned(costs: Steps) -> NDArray[np.intp]:
    """The column of each row at the least total.

    ``owner`` has one place more than there are columns: where a row waits that has none yet.
    """
    size = len(costs)
    row_price, column_price = np.zeros(size, np.int64), np.zeros(size + 1, np.int64)
    owner = np.full(size + 1, -1, np.intp)
    for row in range(size):
        owner[size], column = row, size
        cheapest, came_from = np.full(size, FAR, np.int64), np.full(size, size, np.intp)
        reached = np.zeros(size + 1, bool)
        while owner[column] >= 0:
            reached[column] = True
            over = costs[owner[column]] - row_price[owner[column]] - column_price[:size]
            nearer = ~reached[:size] & (over < cheapest)
            cheapest[nearer], came_from[nearer] = over[nearer], column
            column = int(np.argmin(np.where(reached[:size], FAR, cheapest)))
            raised = cheapest[column]
            row_price[owner[reached]] += raised
            column_price[reached] -= raised
            cheapest[~reached[:size]] -= raised
        while column != size:
            before = came_from[column]
            owner[column], column = owner[before], int(before)
    return np.argsort(owner[:size])


def _margins(steps: Steps, chosen: NDArray[np.intp]) -> Steps:
    """By how much the cheapest round of exchanges that parts each pair is dearer."""
    own = steps[np.arange(len(steps)), chosen]
    ways = steps[:, chosen] - own[:, None]
    np.fill_diagonal(ways, FAR)
    for middle in range(len(steps)):
        through = ways[:, [middle]] + ways[[middle], :]
        np.minimum(ways, through, out=ways)
    return ways.diagonal()
