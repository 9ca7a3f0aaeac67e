"""Writes DICOM pictures for the tests: sound ones with pydicom, then bent out of shape."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

ULTRASOUND = "1.2.840.10008.5.1.4.1.1.6.1"
ULTRASOUND_CLIP = "1.2.840.10008.5.1.4.1.1.3.1"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
DEFLATED = "1.2.840.10008.1.2.1.99"

PATIENT = "WangXiaoming^13800138000"
"""Stands in every header written here; must stand in no message."""


def speckle(height: int = 120, width: int = 160, *, seed: int = 7) -> np.ndarray:
    """A grey picture like speckle, ``(height, width) uint8``."""
    return np.random.default_rng(seed).rayleigh(40, (height, width)).clip(0, 255).astype(np.uint8)


def dicom(pixels: np.ndarray | bytes, *, syntax: str = ExplicitVRLittleEndian, **elements) -> bytes:
    """A DICOM ultrasound file of ``pixels``: ``([N,] H, W[, 3])``, or bytes as they stand.

    ``elements`` are attributes by keyword; None takes one away.
    """
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = ULTRASOUND, generate_uid(entropy_srcs=["hepaspot"])
    data.Modality, data.PatientName, data.PatientID = "US", PATIENT, PATIENT
    if isinstance(pixels, np.ndarray):
        _describe(data, pixels)
        pixels = pixels.tobytes()
    for keyword, value in elements.items():
        if value is None:
            delattr(data, keyword)
        else:
            setattr(data, keyword, value)
    data.PixelData = pixels
    data["PixelData"].VR = "OB" if _is_compressed(syntax) or data.BitsAllocated == 8 else "OW"
    data["PixelData"].is_undefined_length = _is_compressed(syntax)
    return _written(data, syntax)


def _describe(data: Dataset, pixels: np.ndarray) -> None:
    colours = pixels.shape[-1] == 3
    shape = pixels.shape[:-1] if colours else pixels.shape
    data.Rows, data.Columns = shape[-2:]
    if len(shape) == 3:
        data.NumberOfFrames = shape[0]
        data.SOPClassUID = ULTRASOUND_CLIP
    bits = 8 * pixels.dtype.itemsize
    data.BitsAllocated, data.BitsStored, data.HighBit = bits, bits, bits - 1
    data.SamplesPerPixel, data.PixelRepresentation = (3 if colours else 1), 0
    data.PhotometricInterpretation = "RGB" if colours else "MONOCHROME2"
    if colours:
        data.PlanarConfiguration = 0


def _is_compressed(syntax: str) -> bool:
    return syntax.startswith("1.2.840.10008.1.2.4") or syntax == "1.2.840.10008.1.2.5"


def _written(data: Dataset, syntax: str) -> bytes:
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.file_meta.MediaStorageSOPClassUID = data.get("SOPClassUID", ULTRASOUND)
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    out = io.BytesIO()
    data.save_as(out, enforce_file_format=True)
    return out.getvalue()


def jpeg(picture: np.ndarray, **options) -> bytes:
    """A grey or colour picture as JPEG."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", **{"quality": 90, **options})
    return out.getvalue()


def jpeg_dicom(*frames: bytes, like: np.ndarray, **elements) -> bytes:
    """A DICOM file of JPEG frames, described as ``like`` is."""
    described = Dataset()
    _describe(described, np.stack([like] * len(frames)) if len(frames) > 1 else like)
    told = {e.keyword: e.value for e in described} | elements
    return dicom(encapsulate(list(frames)), syntax=JPEG_BASELINE, **told)


def region(
    box: tuple[int, int, int, int] = (10, 20, 149, 99),
    *,
    spatial_format: int = 1,
    data_type: int = 1,
    units: int = 3,
    delta_cm: tuple[float, float] = (0.1, 0.1),
) -> Dataset:
    """One item of (0018,6011); ``box`` is left, top, and the last column and row in it."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = spatial_format, data_type, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = box[:2]
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = box[2:]
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = delta_cm
    return item


def meta(syntax: str) -> bytes:
    """Preamble and file meta information alone."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    element = b"\x02\x00\x10\x00UI" + len(uid).to_bytes(2, "little") + uid
    group = b"\x02\x00\x00\x00UL\x04\x00" + len(element).to_bytes(4, "little")
    return bytes(128) + b"DICM" + group + element


def deflated(data: bytes, *, level: int = 6) -> bytes:
    """A DICOM file of explicit little endian made into one of the deflated syntax."""
    start = data.index(b"\x08\x00\x16\x00UI")
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return meta(DEFLATED) + packer.compress(data[start:]) + packer.flush()


def deflate_bomb(inflated_bytes: int) -> bytes:
    """A deflated DICOM file a thousandth of what it inflates to."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = bytes(1 << 20)
    packed = b"".join(packer.compress(block) for _ in range(inflated_bytes >> 20))
    return meta(DEFLATED) + packed + packer.flush()


def nested(depth: int) -> bytes:
    """A DICOM file whose first sequence is nested ``depth`` times and never closed."""
    sequence = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff"
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return meta(ExplicitVRLittleEndian) + (sequence + item) * depth


def spliced(data: bytes, old: bytes, new: bytes) -> bytes:
    """``data`` with the one place that holds ``old`` overwritten."""
    assert data.count(old) == 1
    return data.replace(old, new)


def saved(folder: Path, data: bytes, name: str = "picture.dcm") -> Path:
    """A file of these bytes."""
    path = folder / name
    path.write_bytes(data)
    return path
