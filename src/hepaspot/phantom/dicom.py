"""A phantom as a DICOM ultrasound object, made as scanners make them, of no person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from hepaspot.errors import MissingExtra, OutputError
from hepaspot.phantom.screen import Picture
from hepaspot.phantom.truth import Truth

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset
    from pydicom.uid import UID

STILL_CLASS: Final = "1.2.840.10008.5.1.4.1.1.6.1"
"""Ultrasound Image Storage."""

CLIP_CLASS: Final = "1.2.840.10008.5.1.4.1.1.3.1"
"""Ultrasound Multi-frame Image Storage."""

CENTIMETRES: Final = 3
"""(0018,6024) *Physical Units X Direction*: cm."""

UID_SALT: Final = "hepaspot phantom"
"""First of what the UIDs are hashed from, so that the same phantom has the same ones."""


def write_dicom(path: Path, pictures: Sequence[Picture], truth: Truth, frame_rate: float) -> None:
    """Write a still (one picture) or a clip.

    Parameters
    ----------
    path : Path
    pictures : sequence of (H, W) or (H, W, 3) uint8
    truth : Truth
        Gives fan and scale.
    frame_rate : float
        Of a clip: frames a second.

    Raises
    ------
    MissingExtra
        If pydicom is not installed.
    OutputError
        If the file cannot be written.
    """
    data = dataset_of(pictures, truth, frame_rate)
    try:
        data.save_as(path, enforce_file_format=True)
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or 'no reason given'}); "
            "choose another folder"
        ) from None


def dataset_of(pictures: Sequence[Picture], truth: Truth, frame_rate: float) -> FileDataset:
    """What `write_dicom` writes."""
    try:
        from pydicom.dataset import FileDataset, FileMetaDataset
        from pydicom.uid import UID, ExplicitVRLittleEndian
    except ImportError:
        raise MissingExtra(
            "phantoms: a DICOM file needs pydicom; install hepaspot with the extra 'picture'"
        ) from None
    clip = len(pictures) > 1
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(CLIP_CLASS if clip else STILL_CLASS)
    meta.MediaStorageSOPInstanceUID = _uid(truth, "instance")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID = meta.MediaStorageSOPClassUID
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    _say_whose(data, truth)
    _say_what(data, truth, clip=clip)
    if clip:
        _say_when(data, len(pictures), frame_rate)
    data.SequenceOfUltrasoundRegions = [_region(truth)]
    _lay_pixels(data, pictures)
    return data


def _say_whose(data: Dataset, truth: Truth) -> None:
    """Nobody's: (0010,0200) *Quality Control Subject* marks a phantom."""
    data.PatientName = "PHANTOM"
    data.PatientID = "PHANTOM"
    data.PatientBirthDate = ""
    data.PatientSex = ""
    data.QualityControlSubject = "YES"
    data.StudyInstanceUID = _uid(truth, "study")
    data.SeriesInstanceUID = _uid(truth, "series")
    for name in ("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"):
        setattr(data, name, "")


def _say_what(data: Dataset, truth: Truth, *, clip: bool) -> None:
    data.Modality = "US"
    data.Manufacturer = "hepaspot"
    data.ManufacturerModelName = "phantom"
    data.SeriesDescription = "Simulated liver"
    data.SeriesNumber = 1
    data.InstanceNumber = 1
    data.PatientOrientation = ""
    data.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"]
    data.ImageComments = "Simulated; no person was examined"
    data.LossyImageCompression = "00"
    data.BurnedInAnnotation = "NO"
    data.TransducerType = "CURVED LINEAR"
    data.DepthOfScanField = round(truth.depth_cm * 10)
    data.NumberOfStages, data.NumberOfViewsInStage = 1, 1


def _say_when(data: Dataset, frames: int, frame_rate: float) -> None:
    data.NumberOfFrames = frames
    data.FrameTime = f"{1000 / frame_rate:.6g}"
    data.FrameIncrementPointer = 0x00181063
    data.CineRate = round(frame_rate)
    data.RecommendedDisplayFrameRate = round(frame_rate)


def _region(truth: Truth) -> Dataset:
    """(0018,6011) *Sequence of Ultrasound Regions*: the B-mode sector and its scale in cm."""
    from pydicom.dataset import Dataset

    left, top, right, bottom = fan_box(truth)
    region = Dataset()
    region.RegionSpatialFormat = 1  # 2D
    region.RegionDataType = 1  # tissue
    region.RegionFlags = 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = left, top
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = right, bottom
    region.ReferencePixelX0 = round(truth.fan.apex[0]) - left
    region.ReferencePixelY0 = (
        round(truth.fan.apex[1] + truth.fan.near_radius_mm / truth.mm_per_pixel_y) - top
    )
    region.ReferencePixelPhysicalValueX = 0.0
    region.ReferencePixelPhysicalValueY = 0.0
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = CENTIMETRES
    region.PhysicalDeltaX = truth.mm_per_pixel_x / 10
    region.PhysicalDeltaY = truth.mm_per_pixel_y / 10
    region.TransducerFrequency = round(truth.frequency_mhz * 1000)
    return region


def fan_box(truth: Truth) -> tuple[int, int, int, int]:
    """Left, top, right and bottom pixel of the sector."""
    fan = truth.fan
    turns = np.linspace(fan.left, fan.right, 61)
    radii = np.repeat([fan.near_radius_mm, fan.far_radius_mm], len(turns))
    turns = np.tile(turns, 2)
    x = fan.apex[0] + radii * np.sin(turns) / truth.mm_per_pixel_x
    y = fan.apex[1] + radii * np.cos(turns) / truth.mm_per_pixel_y
    return (
        max(0, int(np.floor(x.min()))),
        max(0, int(np.floor(y.min()))),
        min(truth.width - 1, int(np.ceil(x.max()))),
        min(truth.height - 1, int(np.ceil(y.max()))),
    )


def _lay_pixels(data: Dataset, pictures: Sequence[Picture]) -> None:
    first = pictures[0]
    coloured = first.ndim == 3
    data.SamplesPerPixel = 3 if coloured else 1
    data.PhotometricInterpretation = "RGB" if coloured else "MONOCHROME2"
    if coloured:
        data.PlanarConfiguration = 0
    data.Rows, data.Columns = first.shape[:2]
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit = 7
    data.PixelRepresentation = 0
    pixels = b"".join(picture.tobytes() for picture in pictures)
    data.PixelData = pixels + b"\0" * (len(pixels) % 2)


def _uid(truth: Truth, level: str) -> UID:
    from pydicom.uid import generate_uid

    what = truth.to_json().decode()
    return generate_uid(entropy_srcs=[UID_SALT, level, what])
