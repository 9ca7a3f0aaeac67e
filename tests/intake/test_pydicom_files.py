"""Every ultrasound file of pydicom and pydicom-data is read, or refused for the right reason.

Where pydicom decodes a file, its own grey levels are the second opinion.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from hepaspot.errors import InputError, UnsupportedInput
from hepaspot.exam import ScaleOrigin
from hepaspot.intake import open_picture
from hepaspot.intake.frames import Box, Frames

data_store = pytest.importorskip("data_store", reason="pydicom-data is not installed")

FOLDERS = (
    Path(pydicom.__file__).parent / "data" / "test_files",
    Path(data_store.__file__).parent / "data",
)


@dataclass(frozen=True)
class Known:
    """What a file must give: size, frames, mm per pixel or the reason, view, notes."""

    width: int
    height: int
    frames: int = 1
    mm: float | None = None
    reason: str | None = "no_scale"
    view: tuple[int, int, int, int] | None = None
    notes: tuple[str, ...] = ()


POWER_DOPPLER = Known(640, 480, notes=("colour_box",))
OBSTETRIC = {
    "mm": 0.2622879,
    "reason": None,
    "view": (120, 60, 800, 519),
    "notes": ("cropped_to_region",),
}
DUAL = Known(640, 480, 1, 0.3826531, None, (32, 24, 336, 416), ("dual_screen", "cropped_to_region"))

READ = {
    "examples_jpeg2k.dcm": POWER_DOPPLER,
    "examples_palette.dcm": Known(800, 350, reason="region_outside_image", notes=("colour_box",)),
    "examples_rgb_color.dcm": Known(320, 240, notes=("colour_box",)),
    "examples_ybr_color.dcm": Known(320, 240, 30, reason="region_outside_image"),
    "US1_UNCI.dcm": POWER_DOPPLER,
    "US1_UNCR.dcm": POWER_DOPPLER,
    "US1_J2KI.dcm": POWER_DOPPLER,
    "US1_J2KR.dcm": POWER_DOPPLER,
    "OBXXXX1A.dcm": Known(800, 600, **OBSTETRIC),
    "OBXXXX1A_2frame.dcm": Known(800, 600, 2, **OBSTETRIC),
    "OBXXXX1A_expb.dcm": Known(800, 600, **OBSTETRIC),
    "OBXXXX1A_expb_2frame.dcm": Known(800, 600, 2, **OBSTETRIC),
    "OBXXXX1A_rle.dcm": Known(800, 600, **OBSTETRIC),
    "OBXXXX1A_rle_2frame.dcm": Known(800, 600, 2, **OBSTETRIC),
    "color3d_jpeg_baseline.dcm": Known(
        640, 480, 120, 0.5104970, None, (84, 31, 596, 415), ("cropped_to_region",)
    ),
    "color-pl.dcm": Known(256, 120, notes=("colour_box",)),
    "color-px.dcm": Known(256, 120, notes=("colour_box",)),
    "gdcm-US-ALOKA-16.dcm": DUAL,
    "gdcm-US-ALOKA-16_big.dcm": DUAL,
}

REFUSED = {
    "ExplVR_BigEnd.dcm": "shows colour (Doppler, elastography) in 100% of the picture",
    "JPGLosslessP14SV1_1s_1f_8b.dcm": (
        "is compressed as JPEG Lossless, which is not read; export it uncompressed or as JPEG"
    ),
    "liver.dcm": "is a segmentation, not ultrasound; give the ultrasound picture",
    "liver_expb.dcm": "is a segmentation, not ultrasound",
    "liver_1frame.dcm": "is a segmentation, not ultrasound",
    "liver_expb_1frame.dcm": "is a segmentation, not ultrasound",
    "CT_small.dcm": "is a CT image, not ultrasound",
    "MR_small.dcm": "is an MR image, not ultrasound",
    "rtdose.dcm": "is a radiotherapy plan, not ultrasound",
    "test-SR.dcm": "is a structured report, not ultrasound",
    "dicomdirtests/DICOMDIR": "is a DICOMDIR (a list of files), not ultrasound",
    "JPEG-lossy.dcm": "is a nuclear medicine image, not ultrasound",
    "SC_rgb_rle_32bit.dcm": "stores 3 × 32 bits a pixel, and 1 or 3 times 8 or 16 are read",
    "SC_rgb_jpeg_gdcm.dcm": "is compressed as JPEG Lossless, which is not read",
}

CAPTURES = (
    *("SC_rgb_dcmtk_+eb+cr.dcm", "SC_rgb_dcmtk_+eb+cy+np.dcm", "SC_rgb_dcmtk_+eb+cy+s4.dcm"),
    *("SC_rgb_gdcm_KY.dcm", "SC_rgb_jls_lossy_line.dcm", "SC_rgb_jls_lossy_sample.dcm"),
    *("SC_rgb_rle.dcm", "SC_rgb_rle_2frame.dcm", "SC_rgb_rle_16bit.dcm", "SC_rgb_small_odd.dcm"),
    *("SC_rgb_small_odd_big_endian.dcm", "SC_ybr_full_422_uncompressed.dcm", "SC_rgb.dcm"),
    *("SC_ybr_full_uncompressed.dcm", "SC_rgb_expb_16bit_2frame.dcm", "SC_rgb_16bit.dcm"),
    *("JPEGLSNearLossless_08.dcm", "SC_jpeg_no_color_transform.dcm"),
    *("SC_jpeg_no_color_transform_2.dcm", "image_dfl.dcm"),
)
"""Secondary captures, in every transfer syntax and colour space that is read."""


@cache
def opened(name: str) -> Frames:
    return open_picture(path_of(name))


def path_of(name: str) -> Path:
    path = next((folder / name for folder in FOLDERS if (folder / name).is_file()), None)
    if path is None:
        pytest.skip(f"this pydicom has no {name}")
    return path


def ultrasound_files() -> dict[str, Path]:
    found = {}
    for path in (path for folder in FOLDERS for path in sorted(folder.rglob("*.dcm"))):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                header = pydicom.dcmread(path, stop_before_pixels=True)
            except (pydicom.errors.InvalidDicomError, EOFError):
                continue
        if header.get("Modality") == "US" or ".1.1.6" in str(header.get("SOPClassUID"))[-8:]:
            found[path.name] = path
    return found


def test_the_table_knows_every_ultrasound_file():
    assert set(ultrasound_files()) - set(READ) - set(REFUSED) == set()


@pytest.mark.parametrize("name", READ)
def test_an_ultrasound_file_is_read_as_the_table_says(name):
    picture, known = opened(name), READ[name]
    assert (picture.width, picture.height, picture.count) == (
        known.width,
        known.height,
        known.frames,
    )
    scale = picture.scale
    assert scale.mm_per_pixel_x == scale.mm_per_pixel_y == pytest.approx(known.mm)
    assert scale.reason == known.reason
    assert scale.origin is (None if known.mm is None else ScaleOrigin.REGION)
    assert picture.view == Box(*(known.view or (0, 0, known.width, known.height)))
    assert picture.notes == known.notes
    frames = [(frame.index, frame.grey.shape) for frame in picture]
    assert frames == [(n, (known.height, known.width)) for n in range(known.frames)]


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_read_is_refused_for_its_own_reason(name):
    with pytest.raises(UnsupportedInput) as caught:
        open_picture(path_of(name))
    assert f"{Path(name).name}: {REFUSED[name]}" in str(caught.value)


def grey_by_pydicom(path: Path) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        header = pydicom.dcmread(path)
        # python-gdcm, where someone has it, is not asked.
        pixels = pydicom.pixels.pixel_array(header, index=0)
        if header.PhotometricInterpretation == "PALETTE COLOR":
            pixels = pydicom.pixels.apply_color_lut(pixels, header)
    if pixels.dtype.itemsize == 2 and pixels.max() > 255:
        pixels = pixels >> 8
    return np.asarray(Image.fromarray(pixels.astype(np.uint8)).convert("L"))


@pytest.mark.parametrize(
    "name", [*(name for name in READ if name != "color3d_jpeg_baseline.dcm"), *CAPTURES]
)
def test_grey_levels_are_those_that_pydicom_decodes(name):
    read = next(iter(opened(name))).grey.astype(int)
    asked = grey_by_pydicom(path_of(name)).astype(int)
    assert read.shape == asked.shape
    # Luma as stored against luma by way of rounded and clipped RGB.
    assert np.percentile(abs(read - asked), 95) <= 3
    assert np.abs(read - asked).mean() < 1


def test_nothing_of_the_patient_is_said_of_any_file():
    for path in sorted(FOLDERS[0].glob("*.dcm"))[::11]:
        try:
            open_picture(path)
        except InputError as error:
            said = str(error).split(": ", 1)[1]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
            for told in (header.get("PatientName"), header.get("PatientID")):
                assert not told or str(told) not in said
