"""The shadow behind a focus: its column against its flanks at the same depth.

Depth gain and attenuation act on a column and on its flanks alike and so cancel out. Every
other column of the same rows is measured in the same way: how far these differ from their
own flanks, where there is no focus, is the doubt of the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.sonogram.field import Field, Levels
from hepaspot.sonogram.outline import Blob
from hepaspot.sonogram.ranks import median, quantile

SKIP_MM: Final = 6.0
"""Directly behind a focus ring-down and multiples fill the shadow: mm (full-wave simulation)."""

WINDOW_MM: Final = 34.0
"""Length over which the drop is taken behind the part that is skipped: mm."""

AFTER_MM: Final = 40.0
"""Length beyond the window in which the shadow is to go on: mm."""

LEAST_MM: Final = 8.0
"""A shorter window tells nothing of a shadow: mm (convention)."""

BLOCK_MM: Final = 2.0
"""Rows of this length are one value: mm, about one axial speckle and more."""

FLANK_MM: Final = 7.0
"""Width of each flank, or the focus's own width where that is more: mm."""

GAP_MM: Final = 2.0
"""Between the focus and a flank, for the penumbra that the aperture makes: mm."""

SIGNAL_DB: Final = 5.0
"""A flank this little above the floor cannot show a shadow: dB (convention)."""

DARK_DB: Final = 2.0
"""A block so much darker than its flanks is clearly darker: dB, as speckle alone varies (measured)."""

NEAR_MM: Final = 14.0
"""Length behind a focus in which ring-down, comet tail and bands show: mm."""

IQR_OF_NORMAL: Final = 1.349
"""Interquartile range of a normal distribution of standard deviation 1."""

AROUND_MM: Final = 32.0
"""Columns this far to either side of the focus tell how columns differ without one: mm."""

FINE_MM: Final = 0.8
"""Rows of this length resolve bands: mm."""


@dataclass(frozen=True)
class Shadow:
    """What lies behind a focus.

    Attributes
    ----------
    drop_db, drop_sd_db : float
        How much darker than its flanks, and one standard deviation of doubt.
    near_db : float
        The same just behind the focus, brighter being positive; against the usual tissue of
        that depth where the flanks are darker than it.
    bright_mm : float
        How far behind the focus the column stays clearly brighter than flanks and tissue.
    bands : float
        Ups and downs along the column just behind the focus, times those of other columns.
    reach_mm : float
        How far the column stays darker than half its drop.
    edge_mm : float
        Width of the transition from shadow to flank.
    fill : float
        Spread of the echoes in the shadow, times that of the flanks; a clean shadow has little.
    from_row, to_row : int
        Rows of the window.
    columns : tuple of int
        First column of the core, and first one right of it.
    """

    drop_db: float
    drop_sd_db: float
    near_db: float
    near_sd_db: float
    bright_mm: float
    bands: float
    reach_mm: float
    edge_mm: float
    fill: float
    from_row: int
    to_row: int
    columns: tuple[int, int]


@dataclass(frozen=True)
class Drop:
    """How much darker the column behind a focus is than its flanks at the same depth.

    Attributes
    ----------
    db, within_db : float
        Median over the rows, and how far their scatter leaves it open.
    weaker_db : float
        The same against the darker flank alone: a shadow is darker than both.
    lasting_db : float
        The smaller of the medians over the nearer and the farther half: a shadow goes on.
    dark_share : float
        Share of the rows in which the column is clearly darker.
    after_db : float
        Median over the rows beyond, as far as the picture goes: a shadow does not end, while
        behind fluid it is brighter; ``db`` where the picture ends too soon.
    from_row, to_row : int
        Rows over which it was taken.
    """

    db: float
    within_db: float
    weaker_db: float
    lasting_db: float
    dark_share: float
    after_db: float
    from_row: int
    to_row: int


def drop_behind(field: Field, blob: Blob) -> Drop | None:
    """The drop behind ``blob``, None where too little lies behind it to tell."""
    first = blob.rows[1] + field.rows(SKIP_MM)
    last = _last_row(field, blob, first)
    if (last - first) * field.axial_mm < LEAST_MM:
        return None
    return _drop(field, first, last, blob, _core(blob))


def shadow(field: Field, blob: Blob, drop: Drop) -> Shadow:
    """All that can be told of the shadow behind ``blob``, whose drop is known."""
    core, far = _core(blob), blob.rows[1]
    near, near_sd = _near(field, blob, core, far)
    return Shadow(
        drop_db=drop.db,
        drop_sd_db=_doubt_db(field, blob, core, drop),
        near_db=near,
        near_sd_db=near_sd,
        bright_mm=_bright_mm(field, blob, core, far),
        bands=_bands(field, blob, core, far),
        reach_mm=_reach_mm(field, blob, core, far, drop.db),
        edge_mm=_edge_mm(field, blob, drop.from_row, drop.to_row),
        fill=_fill(field, blob, core, drop.from_row, drop.to_row),
        from_row=drop.from_row,
        to_row=drop.to_row,
        columns=core,
    )


def column_and_flanks(
    field: Field, blob: Blob, behind: Shadow, step_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``(n,)`` each: mean level of the column of ``blob`` and of its flanks, from the top down.

    In blocks of ``step_mm``; NaN where there is no picture.
    """
    step = field.rows(step_mm)
    count = field.grid.samples // step
    rows = slice(0, count * step)
    level, share = _blocks(field.level_db[rows], field.inside[rows], count, step)
    beside = _beside(field, blob, (behind.from_row + behind.to_row) // 2)
    sides = _flanks(level, share, blob.columns, beside)
    return _strip(level, share, *behind.columns), _mean_of(sides)


def _last_row(field: Field, blob: Blob, first: int) -> int:
    """End of the window: its length, or where the picture or all signal ends."""
    return _end(field, blob, first, WINDOW_MM)


def _end(field: Field, blob: Blob, first: int, length_mm: float) -> int:
    """``length_mm`` below ``first``, or where the picture ends before."""
    last = min(field.grid.samples, first + field.rows(length_mm))
    column = min(field.grid.beams - 1, max(0, round(blob.column)))
    ended = np.flatnonzero(~field.inside[first:last, column])
    run = np.flatnonzero(np.diff(ended) == 1)
    return first + int(ended[run[0]]) if run.size else last


def _core(blob: Blob) -> tuple[int, int]:
    """The middle of the focus: its rim is in the penumbra."""
    left, right = blob.columns
    trim = int(0.2 * (right - left))
    return left + trim, max(right - trim, left + trim + 1)


def _drop(field: Field, first: int, last: int, blob: Blob, core: tuple[int, int]) -> Drop | None:
    count = (last - first) // field.rows(BLOCK_MM)
    if count < 2:
        return None
    further = max(0, (_end(field, blob, last, AFTER_MM) - last) // field.rows(BLOCK_MM))
    row = (first + last) // 2
    gap, flank = _beside(field, blob, row)
    start = max(0, blob.columns[0] - gap - flank)
    stop = min(field.grid.beams, blob.columns[1] + gap + flank)
    level, share = _rows_about(field, first, count + further, start, stop)
    left, right = blob.columns[0] - start, blob.columns[1] - start
    sides = _flanks(level, share, (left, right), (gap, flank))
    own = _strip(level, share, core[0] - start, core[1] - start)
    beside = _mean_of(sides)
    lit = np.isfinite(own) & (beside > field.floor_db + SIGNAL_DB)
    beyond = (beside - own)[count:][lit[count:]]
    lit[count:] = False
    told = (beside - own)[lit]
    if told.size * BLOCK_MM < LEAST_MM:
        return None
    db, half = median(told), told.size // 2
    return Drop(
        db=db,
        within_db=float(np.std(told)) / float(np.sqrt(max(told.size / 2, 1))),
        weaker_db=min(_median(side[lit] - own[lit]) for side in sides),
        lasting_db=min(median(told[:half]), median(told[half:])),
        dark_share=float(np.mean(told > DARK_DB)),
        after_db=median(beyond) if beyond.size * BLOCK_MM >= LEAST_MM else db,
        from_row=first,
        to_row=last,
    )


def _beside(field: Field, blob: Blob, row: int) -> tuple[int, int]:
    """Beams between the focus and its flanks, and beams of each flank."""
    return field.columns(GAP_MM, row), field.columns(max(FLANK_MM, blob.lateral_mm), row)


def _rows_about(
    field: Field, first: int, count: int, start: int, stop: int
) -> tuple[Levels, Levels]:
    """Mean level and valid share in ``count`` blocks of rows, by beam."""
    length = field.rows(BLOCK_MM)
    rows = slice(first, first + count * length)
    return _blocks(field.level_db[rows, start:stop], field.inside[rows, start:stop], count, length)


def _doubt_db(field: Field, blob: Blob, core: tuple[int, int], drop: Drop) -> float:
    """One standard deviation of a drop: its own scatter, and that of columns without a focus."""
    row = (drop.from_row + drop.to_row) // 2
    middle, around = round(blob.column), field.columns(AROUND_MM, row)
    start, stop = max(0, middle - around), min(field.grid.beams, middle + around + 1)
    count = (drop.to_row - drop.from_row) // field.rows(BLOCK_MM)
    level, share = _rows_about(field, drop.from_row, count, start, stop)
    left, right = blob.columns[0] - start, blob.columns[1] - start
    gap, flank = _beside(field, blob, row)
    reach = gap + (right - left) // 2
    elsewhere = _elsewhere(level, share, (core[1] - core[0], reach, flank), (left, right))
    usual = (quantile(elsewhere, 0.75) - quantile(elsewhere, 0.25)) / IQR_OF_NORMAL
    return float(np.sqrt(drop.within_db**2 + usual**2 + (field.db_sd * drop.db) ** 2))


def _median(values: NDArray[np.float64]) -> float:
    """Median of what is known; infinite where nothing is, so that another side decides."""
    known = values[np.isfinite(values)]
    return median(known) if known.size else float("inf")


def _elsewhere(
    level: Levels, share: Levels, widths: tuple[int, int, int], focus: tuple[int, int]
) -> NDArray[np.float64]:
    """The same figure in columns that the focus does not touch."""
    width, reach, flank = widths
    own = cv2.blur(level, (width, 1))
    sides = [
        _side(level, share, -(reach + flank), -reach),
        _side(level, share, reach, reach + flank),
    ]
    beside = _mean_of(sides)
    columns = np.arange(level.shape[1])
    away = flank + reach
    free = (columns < focus[0] - away) | (columns >= focus[1] + away)
    free &= np.isfinite(beside).all(axis=0)
    told = np.median(own[:, free] - beside[:, free], axis=0)
    # A picture too narrow for a comparison gets the spread of a few speckles a block.
    return told if told.size >= 8 else np.array([-3.0, 0.0, 3.0])


def _blocks(
    rows: Levels, valid: NDArray[np.bool_], count: int, length: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    shape = (count, length, rows.shape[1])
    weight = valid.reshape(shape).astype(np.float32)
    total = weight.sum(axis=1)
    mean = (rows.reshape(shape) * weight).sum(axis=1) / np.maximum(total, 1)
    return mean, total / length


def _side(level: Levels, share: Levels, start: int, stop: int) -> NDArray[np.float64]:
    """Mean of the columns from ``start`` to ``stop`` beside every column; NaN if too few."""
    sums = np.cumsum(np.pad(level * share, ((0, 0), (1, 0))), axis=1)
    counts = np.cumsum(np.pad(share, ((0, 0), (1, 0))), axis=1)
    columns = np.arange(level.shape[1])
    low = np.clip(columns + start, 0, level.shape[1])
    high = np.clip(columns + stop, 0, level.shape[1])
    count = counts[:, high] - counts[:, low]
    usable = count >= 0.6 * (stop - start)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(usable, (sums[:, high] - sums[:, low]) / count, np.nan)


def _mean_of(sides: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    left, right = sides
    both = np.isfinite(left) & np.isfinite(right)
    return np.where(both, (left + right) / 2, np.where(np.isfinite(left), left, right))


@dataclass(frozen=True)
class _Depths:
    """``(n,)`` each, dB: a column, its flanks and the usual tissue at the same depths."""

    own: NDArray[np.float64]
    beside: NDArray[np.float64]
    tissue: NDArray[np.float64]

    @property
    def above_flanks(self) -> NDArray[np.float64]:
        return self.own - self.beside

    @property
    def above_tissue(self) -> NDArray[np.float64]:
        """Beside the dark lumen of a duct or a vessel anything looks bright; tissue counts then."""
        return self.own - np.fmax(self.beside, self.tissue)


def _depths(
    field: Field, blob: Blob, core: tuple[int, int], start: int, length_mm: float, fine_mm: float
) -> _Depths:
    """By fine rows from ``start`` on; NaN where there is no picture."""
    step = field.rows(fine_mm)
    stop = min(field.grid.samples, start + field.rows(length_mm))
    count = max(0, (stop - start) // step)
    row = min(start, field.grid.samples - 1)
    gap, flank = _beside(field, blob, row)
    around = max(field.columns(AROUND_MM, row), gap + flank)
    first = max(0, blob.columns[0] - around)
    last = min(field.grid.beams, blob.columns[1] + around)
    rows = slice(start, start + count * step)
    level, share = _blocks(
        field.level_db[rows, first:last], field.inside[rows, first:last], count, step
    )
    columns = (blob.columns[0] - first, blob.columns[1] - first)
    return _Depths(
        own=_strip(level, share, core[0] - first, core[1] - first),
        beside=_mean_of(_flanks(level, share, columns, (gap, flank))),
        tissue=np.array([_known_median(*pair) for pair in zip(level, share, strict=True)]),
    )


def _known_median(level: Levels, share: Levels) -> float:
    known = level[share > 0.5]
    return median(known) if known.size else float("nan")


def _flanks(
    level: Levels, share: Levels, columns: tuple[int, int], beside: tuple[int, int]
) -> list[NDArray[np.float64]]:
    """Mean level left and right of ``columns``, by `_beside`; NaN where there is no picture."""
    (left, right), (gap, flank) = columns, beside
    parts = [(left - gap - flank, left - gap), (right + gap, right + gap + flank)]
    return [_strip(level, share, *part) for part in parts]


def _strip(level: Levels, share: Levels, start: int, stop: int) -> NDArray[np.float64]:
    """Mean of the columns from ``start`` to ``stop``; NaN where half of them are no picture."""
    low, high = max(0, start), max(0, min(stop, level.shape[1]))
    weight = share[:, low:high].astype(np.float64)
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (level[:, low:high] * weight).sum(axis=1) / total
    return np.where(total >= 0.5 * max(stop - start, 1), mean, np.nan)


def _near(field: Field, blob: Blob, core: tuple[int, int], far: int) -> tuple[float, float]:
    start = far + field.rows(1.5)
    profile = _depths(field, blob, core, start, NEAR_MM, BLOCK_MM).above_tissue
    told = profile[np.isfinite(profile)]
    if not told.size:
        return 0.0, 6.0
    return float(told.mean()), float(np.hypot(1.5, told.std() / np.sqrt(told.size)))


def _bright_mm(field: Field, blob: Blob, core: tuple[int, int], far: int) -> float:
    start = far + field.rows(1.0)
    profile = _depths(field, blob, core, start, 60.0, BLOCK_MM).above_tissue
    bright = np.nan_to_num(profile, nan=-9.0) > 3.0
    dark = np.flatnonzero(~bright[:-1] & ~bright[1:])
    run = int(dark[0]) if dark.size else bright.size
    return float(run * BLOCK_MM)


def _bands(field: Field, blob: Blob, core: tuple[int, int], far: int) -> float:
    """Ups and downs of the column's mean along depth, against other columns as wide."""
    step, width = field.rows(FINE_MM), core[1] - core[0]
    start = far + field.rows(1.0)
    count = min((field.grid.samples - start) // step, int(30.0 / FINE_MM))
    if count < 8:
        return 1.0
    rows = slice(start, start + count * step)
    level, _ = _blocks(field.level_db[rows], field.inside[rows], count, step)
    mean = cv2.blur(level, (width, 1))
    smooth = cv2.blur(mean, (1, 9))
    ripple = np.sqrt(np.mean((mean - smooth) ** 2, axis=0))
    middle = (core[0] + core[1] - 1) // 2
    usual = float(np.median(ripple[field.inside[start]])) if field.inside[start].any() else 0.0
    return float(ripple[middle]) / max(usual, 0.3)


def _reach_mm(field: Field, blob: Blob, core: tuple[int, int], far: int, drop_db: float) -> float:
    if drop_db <= 0:
        return 0.0
    start = far + field.rows(SKIP_MM)
    profile = _depths(field, blob, core, start, 200.0, 4.0).above_flanks
    dark = np.nan_to_num(profile, nan=9.0) < -drop_db / 2
    lit = np.flatnonzero(~dark[:-1] & ~dark[1:]) if dark.size > 1 else np.zeros(0, int)
    return SKIP_MM + 4.0 * float(lit[0] if lit.size else dark.size)


def _edge_mm(field: Field, blob: Blob, first: int, last: int) -> float:
    """Distance over which the level rises from a quarter to three quarters beside the core."""
    row = (first + last) // 2
    level = np.median(field.level_db[first:last], axis=0)
    left, right = blob.columns
    away = field.columns(GAP_MM + FLANK_MM, row)
    low, high = max(0, left - away), min(field.grid.beams, right + away)
    across = cv2.GaussianBlur(level[None, low:high].astype(np.float32), (0, 0), 0.8)[0]
    ground = float(across[max(0, left - low) : right - low].min())
    top = float(np.quantile(across, 0.75))
    if top - ground < 1.0:
        return float("inf")
    between = (across > ground + 0.25 * (top - ground)) & (across < ground + 0.75 * (top - ground))
    return float(between.sum()) / 2 * float(field.lateral_mm[min(row, field.grid.samples - 1)])


def _fill(field: Field, blob: Blob, core: tuple[int, int], first: int, last: int) -> float:
    inner = field.level_db[first:last, core[0] : core[1]]
    width = field.columns(FLANK_MM, (first + last) // 2)
    left, right = blob.columns
    beside = [
        field.level_db[first:last, max(0, left - width) : left],
        field.level_db[first:last, right : right + width],
    ]
    outer = np.concatenate([part.ravel() for part in beside])
    if not outer.size or not inner.size:
        return 1.0
    return float(inner.std()) / max(float(outer.std()), 0.5)
