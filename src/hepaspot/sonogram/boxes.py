"""Means over boxes of a size in millimetres, whose width in beams changes with depth."""

from __future__ import annotations

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
        # Sum and count side by side: one look-up brings both.
        self._sums = np.stack([_integral(np.where(valid, values, 0.0)), _integral(valid)], axis=1)

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
        samples, beams = self.shape
        rows = np.arange(samples)
        columns = np.arange(beams)
        first = np.clip(rows + top, 0, samples)
        last = np.clip(rows + bottom, 0, samples)
        low = np.clip(columns[None, :] + left[:, None], 0, beams)
        high = np.clip(columns[None, :] + right[:, None], 0, beams)
        flat = beams + 1
        index = [(first[:, None] * flat + low), (first[:, None] * flat + high)]
        index += [(last[:, None] * flat + low), (last[:, None] * flat + high)]
        corners = [self._sums.take(each, axis=0) for each in index]
        both = corners[3] - corners[1] - corners[2] + corners[0]
        total, count = both[..., 0], both[..., 1]
        area = ((bottom - top) * (right - left))[:, None]
        share = (count / np.maximum(area, 1)).astype(np.float32)
        return (total / np.maximum(count, 1)).astype(np.float32), share


def _integral(values: NDArray[np.generic]) -> NDArray[np.float64]:
    out = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    np.cumsum(values, axis=0, out=out[1:, 1:])
    np.cumsum(out[1:, 1:], axis=1, out=out[1:, 1:])
    return out.ravel()
