"""Means over boxes of a size in millimetres, whose width in beams changes with depth."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.field import BeamMask, Levels


class Boxes:
    """Sums along both axes, so that any box costs four look-ups.

    Parameters
    ----------
    values : (samples, beams) float32
    valid : (samples, beams) bool
        Only these samples count.
    """

    def __init__(self, values: Levels, valid: BeamMask) -> None:
        self.shape = values.shape
        self._sums = _integral(np.where(valid, values, 0.0))
        self._counts = _integral(valid)

    def mean(
        self, top: int, bottom: int, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> tuple[Levels, Levels]:
        """Mean over the box about every sample, and the valid share of that box.

        Parameters
        ----------
        top, bottom : int
            Rows from the sample to the first row of the box and to the first one below it.
        left, right : (samples,) int
            The same for columns, by row.

        Returns
        -------
        mean, share : (samples, beams) float32
            The mean is 0 where the share is 0.
        """
        samples = self.shape[0]
        rows = np.arange(samples)
        first = np.clip(rows + top, 0, samples)
        last = np.clip(rows + bottom, 0, samples)
        runs = _runs(left, right)
        total = _between(self._sums[last] - self._sums[first], left, right, runs)
        count = _between(self._counts[last] - self._counts[first], left, right, runs)
        area = ((bottom - top) * (right - left))[:, None]
        share = (count / np.maximum(area, 1)).astype(np.float32)
        return (total / np.maximum(count, 1)).astype(np.float32), share


def _runs(left: NDArray[np.int64], right: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Rows from and up to which boxes are equally wide."""
    changes = np.flatnonzero((np.diff(left) != 0) | (np.diff(right) != 0)) + 1
    edges = [0, *(int(change) for change in changes), len(left)]
    return list(pairwise(edges))


def _between(
    sums: NDArray[np.float64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    runs: list[tuple[int, int]],
) -> NDArray[np.float64]:
    """What running sums along rows gain from ``left`` to ``right`` of every column."""
    beams = sums.shape[1] - 1
    pad = int(max(np.abs(left).max(), np.abs(right).max()))
    wide = np.concatenate(
        [
            np.repeat(sums[:, :1], pad, axis=1),
            sums,
            np.repeat(sums[:, -1:], pad, axis=1),
        ],
        axis=1,
    )
    out = np.empty((sums.shape[0], beams))
    for start, stop in runs:
        low, high = pad + int(left[start]), pad + int(right[start])
        np.subtract(
            wide[start:stop, high : high + beams],
            wide[start:stop, low : low + beams],
            out=out[start:stop],
        )
    return out


def _integral(values: NDArray[np.generic]) -> NDArray[np.float64]:
    out = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    np.cumsum(values, axis=0, out=out[1:, 1:])
    np.cumsum(out[1:, 1:], axis=1, out=out[1:, 1:])
    return out
