"""The header of a DICOM picture: what is needed to decode and to measure, and no more.

Only the attributes named here are read, so nothing about the patient is ever loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from hepaspot.errors import UnreadableInput
from hepaspot.intake.dicom_file import DataSet
from hepaspot.intake.dicom_head import BEFORE_PIXELS, head_of
from hepaspot.intake.dicom_objects import refuse_other_objects
from hepaspot.intake.frame_rate import likely_rate
from hepaspot.intake.frames import Box
from hepaspot.intake.refusals import bound_frames, bound_size
from hepaspot.intake.region import Region
from hepaspot.intake.scale import Spacing, region_spacing

PIXELS: Final = 0x7FE00010
"""(7FE0,0010) *Pixel Data*."""

_READ: Final = (
    *("SOPClassUID", "Modality", "Rows", "Columns", "NumberOfFrames", "SamplesPerPixel"),
    *("PhotometricInterpretation", "PlanarConfiguration", "BitsAllocated", "BitsStored"),
    *("HighBit", "PixelRepresentation", "WindowCenter", "WindowWidth", "RescaleSlope"),
    *("RescaleIntercept", "PixelSpacing", "SequenceOfUltrasoundRegions", "FrameTime"),
    *("CineRate", "RecommendedDisplayFrameRate"),
    *(f"{hue}PaletteColorLookupTable{part}" for hue in ("Red", "Green", "Blue")
      for part in ("Descriptor", "Data")),
    *(f"Segmented{hue}PaletteColorLookupTableData" for hue in ("Red", "Green", "Blue")),
)  # fmt: skip

MOST_REGIONS: Final = 64
"""Items of (0018,6011) that are looked at; screens have 1 to 6."""


@dataclass(frozen=True)
class Samples:
    """How the samples of a frame are stored (PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    per_pixel: int
    photometric: str
    planar: bool
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool


@dataclass(frozen=True)
class DicomHeader:
    """What the header tells; ``dataset`` holds the palette and the window."""

    samples: Samples
    frames: int
    regions: tuple[Region, ...]
    pixel_spacing: Spacing | None
    frame_rate: float | None
    dataset: Dataset


def read_header(source: DataSet) -> DicomHeader:
    """Read the header, and leave the stream of ``source`` at the pixel data.

    Raises
    ------
    InputError
        Without the name of the file: if it is no ultrasound picture, or over a bound.
    """
    dataset = head_of(source, _READ, BEFORE_PIXELS)
    refuse_other_objects(
        _text(dataset, "SOPClassUID") or source.sop_class, _text(dataset, "Modality")
    )
    if "Rows" not in dataset or "Columns" not in dataset:
        raise UnreadableInput("is a DICOM file without a picture; give one that shows the liver")
    samples = _samples(dataset)
    bound_size(samples.columns, samples.rows)
    frames = _whole(dataset, "NumberOfFrames", 1)
    bound_frames(frames)
    return DicomHeader(
        samples=samples,
        frames=frames,
        regions=tuple(_regions(dataset)),
        pixel_spacing=_pixel_spacing(dataset),
        frame_rate=_frame_rate(dataset),
        dataset=dataset,
    )


def _samples(dataset: Dataset) -> Samples:
    allocated = _whole(dataset, "BitsAllocated", 8)
    stored = _whole(dataset, "BitsStored", allocated)
    return Samples(
        rows=_whole(dataset, "Rows", 0),
        columns=_whole(dataset, "Columns", 0),
        per_pixel=_whole(dataset, "SamplesPerPixel", 1),
        photometric=_text(dataset, "PhotometricInterpretation").upper(),
        planar=_whole(dataset, "PlanarConfiguration", 0) == 1,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=_whole(dataset, "HighBit", stored - 1),
        signed=_whole(dataset, "PixelRepresentation", 0) == 1,
    )


def _regions(dataset: Dataset) -> Iterable[Region]:
    items = dataset.get("SequenceOfUltrasoundRegions")
    if not isinstance(items, Sequence):
        return
    for item in list(items)[:MOST_REGIONS]:
        corners = [
            _whole(item, f"RegionLocation{corner}", -1)
            for corner in ("MinX0", "MinY0", "MaxX1", "MaxY1")
        ]
        left, top, right, bottom = corners
        yield Region(
            spatial_format=_whole(item, "RegionSpatialFormat", 0),
            data_type=_whole(item, "RegionDataType", 0),
            box=Box(left, top, right + 1, bottom + 1),
            spacing=region_spacing(
                (
                    _optional_whole(item, "PhysicalUnitsXDirection"),
                    _optional_whole(item, "PhysicalUnitsYDirection"),
                ),
                (_number(item, "PhysicalDeltaX"), _number(item, "PhysicalDeltaY")),
            ),
        )


def _pixel_spacing(dataset: Dataset) -> Spacing | None:
    """(0028,0030) *Pixel Spacing*: between rows first, then between columns."""
    spacing = numbers(dataset, "PixelSpacing")
    if len(spacing) != 2 or min(spacing) <= 0:
        return None
    return Spacing(x_mm=spacing[1], y_mm=spacing[0])


def _frame_rate(dataset: Dataset) -> float | None:
    frame_ms = _number(dataset, "FrameTime")
    rates = (
        1000 / frame_ms if frame_ms else None,
        _number(dataset, "CineRate"),
        _number(dataset, "RecommendedDisplayFrameRate"),
    )
    return next(filter(None, map(likely_rate, rates)), None)


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """The numbers of an attribute, none where it is missing or holds something else."""
    try:
        value = dataset.get(keyword)
        values = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
        return tuple(float(item) for item in values)
    except (TypeError, ValueError, OverflowError, NotImplementedError):
        return ()


def _number(dataset: Dataset, keyword: str) -> float | None:
    return next(iter(numbers(dataset, keyword)), None)


def _optional_whole(dataset: Dataset, keyword: str) -> int | None:
    value = _number(dataset, keyword)
    return None if value is None or not value.is_integer() else int(value)


def _whole(dataset: Dataset, keyword: str, missing: int) -> int:
    value = _optional_whole(dataset, keyword)
    return missing if value is None else value


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    return value.strip("\0 ") if isinstance(value, str) else ""
