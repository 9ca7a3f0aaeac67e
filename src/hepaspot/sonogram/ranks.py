"""Medians and quantiles of the small sets that are ranked hundreds of times a picture.

The same as NumPy's, without what NumPy spends on axes and kinds of interpolation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating[Any]]


def median(values: Values) -> float:
    """Median of all values; NaN of none."""
    flat = values.ravel()
    half = flat.size // 2
    if not flat.size:
        return float("nan")
    if flat.size % 2:
        return float(np.partition(flat, half)[half])
    low, high = np.partition(flat, (half - 1, half))[half - 1 : half + 1]
    return (float(low) + float(high)) / 2


def quantile(values: Values, share: float) -> float:
    """The value that ``share`` of all values lie under, between neighbours by their distance."""
    flat = values.ravel()
    place = share * (flat.size - 1)
    low = int(place)
    high = min(low + 1, flat.size - 1)
    ranked = np.partition(flat, (low, high))
    first, second = float(ranked[low]), float(ranked[high])
    return first + (place - low) * (second - first)
