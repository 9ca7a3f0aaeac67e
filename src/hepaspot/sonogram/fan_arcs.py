"""Near and far curve about many trial apexes at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from hepaspot.sonogram.fan import Numbers

BEYOND: Final = 2.0
"""As `fan_lines.BEYOND`."""


def best_radii(radii: Numbers, outward: int, tolerance: float) -> tuple[Numbers, Numbers]:
    """For each trial the radius that most points share and hardly any lies beyond.

    Parameters
    ----------
    radii : (trials, n) float64
        Distance of each outermost point from the trial's apex.
    outward : int
        1 for the far curve, -1 for the near one.
    tolerance : float
        How far off a point may be to lie on it: pixels.

    Returns
    -------
    radius, score : (trials,) float64
    """
    trials = len(radii)
    if radii.shape[1] == 0:
        return np.zeros(trials), np.zeros(trials)
    bins = (radii / tolerance).astype(np.int64)
    count = int(bins.max()) + 3
    flat = bins + 1 + np.arange(trials)[:, None] * count
    counts = np.bincount(flat.ravel(), minlength=trials * count).reshape(trials, count)
    shared = counts.astype(np.float64)
    shared[:, 1:-1] = counts[:, 1:-1] + 0.5 * (counts[:, :-2] + counts[:, 2:])
    inner = np.cumsum(counts, axis=1)
    beyond = inner[:, -1:] - inner if outward > 0 else inner - counts
    if outward > 0:
        beyond[:, :-1] = beyond[:, 1:].copy()
    else:
        beyond[:, 1:] = beyond[:, :-1].copy()
    score = shared - BEYOND * beyond
    best = score.argmax(axis=1)
    return (best - 0.5) * tolerance, score[np.arange(trials), best]
