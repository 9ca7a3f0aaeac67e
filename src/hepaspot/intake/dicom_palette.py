"""The palette of a DICOM picture: what each stored value is shown as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from hepaspot.intake.dicom_header import numbers
from hepaspot.intake.refusals import damaged
from hepaspot.intake.shades import Planes, planes_of_rgb

LARGEST_PALETTE: Final = 65_536
"""Entries of a palette; a descriptor cannot say more (PS3.3 C.7.6.3.1.5)."""

_DISCRETE: Final = 0
_LINEAR: Final = 1
_INDIRECT: Final = 2


def palette_planes(dataset: Dataset, bits: int) -> Planes:
    """Luma and chroma of every value of ``bits`` bits, as one row.

    Raises
    ------
    UnreadableInput
        Without the name of the file, if the palette is missing or cut short.
    """
    hues = [_palette(dataset, hue, bits) for hue in ("Red", "Green", "Blue")]
    if all(np.array_equal(hue, hues[0]) for hue in hues):
        return Planes(hues[0][None])
    return planes_of_rgb(np.stack(hues, axis=-1)[None])


def _palette(dataset: Dataset, hue: str, bits: int) -> NDArray[np.uint8]:
    descriptor = numbers(dataset, f"{hue}PaletteColorLookupTableDescriptor")
    if len(descriptor) != 3:
        raise damaged("a palette is missing")
    entries = int(descriptor[0]) % LARGEST_PALETTE or LARGEST_PALETTE
    levels = _levels(_words(dataset, hue, entries, deep=descriptor[2] == 16)[:entries])
    if levels.size < entries:
        raise damaged("a palette is cut short")
    # What lies outside the table shows as its nearest end (PS3.3 C.7.6.3.1.5).
    return levels[np.clip(np.arange(1 << bits) - int(descriptor[1]), 0, entries - 1)]


def _words(dataset: Dataset, hue: str, entries: int, *, deep: bool) -> NDArray[np.int64]:
    order = "<" if dataset.original_encoding[1] is not False else ">"
    whole = dataset.get(f"{hue}PaletteColorLookupTableData")
    segments = dataset.get(f"Segmented{hue}PaletteColorLookupTableData")
    if isinstance(whole, bytes):
        # One or two bytes each, whatever the descriptor says.
        return _unpacked(whole, order, deep=len(whole) >= 2 * entries)
    if isinstance(segments, bytes):
        words = _unpacked(segments, order, deep=deep).tolist()
        return np.array(_expanded(words, entries, word_bytes=1 + deep), np.int64)
    raise damaged("a palette is missing")


def _unpacked(data: bytes, order: str, *, deep: bool) -> NDArray[np.int64]:
    kind: np.dtype[Any] = np.dtype(f"{order}u2" if deep else "u1")
    return np.frombuffer(data[: len(data) // kind.itemsize * kind.itemsize], kind).astype(np.int64)


def _levels(words: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Eight bits of each; some writers keep these in the lower half of sixteen."""
    return (words >> 8 if words.size and words.max() > 255 else words).astype(np.uint8)


def _expanded(words: Sequence[int], entries: int, *, word_bytes: int) -> list[int]:
    """A segmented palette written out, up to ``entries`` (PS3.3 C.7.9.2)."""
    out: list[int] = []
    place = 0
    while place + 1 < len(words) and len(out) < entries:
        place += _segment(words, place, out, word_bytes)
    return out


def _segment(words: Sequence[int], place: int, out: list[int], word_bytes: int) -> int:
    """Write one segment to ``out`` and tell how many words it took."""
    kind, length = words[place], words[place + 1]
    if kind == _DISCRETE:
        out += words[place + 2 : place + 2 + length]
        return 2 + length
    if kind == _LINEAR and out and place + 2 < len(words):
        start, end = out[-1], words[place + 2]
        out += [start + (end - start) * step // length for step in range(1, length + 1)]
        return 3
    if kind == _INDIRECT and place + 4 // word_bytes < len(words):
        _again(words, place, out, word_bytes)
        return 2 + 4 // word_bytes
    raise damaged("a palette has a segment of no known kind")


def _again(words: Sequence[int], place: int, out: list[int], word_bytes: int) -> None:
    """Write the segments that an indirect one points to: its offset is in bytes."""
    width = 8 * word_bytes
    parts = words[place + 2 : place + 2 + 4 // word_bytes]
    target = sum(part << (width * at) for at, part in enumerate(parts)) // word_bytes
    for _ in range(words[place + 1]):
        if target + 1 >= len(words) or words[target] == _INDIRECT or len(out) > LARGEST_PALETTE:
            raise damaged("a palette points to itself")
        target += _segment(words, target, out, word_bytes)
