"""Everything outside the ultrasound region is black in every frame, and nothing inside changes."""

from __future__ import annotations

import cv2
import numpy as np
import pydicom
import pytest
from deidentify.canaries import BOX, canary
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake.dicoms import dicom, jpeg, jpeg_dicom, region, saved, speckle
from pydicom.sequence import Sequence

from hepaspot.deidentify import Key, Wish, deidentify
from hepaspot.errors import UnsupportedInput
from hepaspot.intake import open_picture
from hepaspot.intake.frames import Box
from hepaspot.phantom import make

SEED_WITH_WORDS = 0
"""Draws a phantom with words burned in above its fan."""

INSIDE = (slice(BOX[1], BOX[3] + 1), slice(BOX[0], BOX[2] + 1))


def burned_in(frames: int = 1) -> np.ndarray:
    """Speckle with a name written across the top of every frame."""
    pictures = [speckle(seed=seed) for seed in range(frames)]
    for picture in pictures:
        cv2.putText(picture, "WANG 1951", (12, 14), cv2.FONT_HERSHEY_PLAIN, 1, 255)
    return np.stack(pictures) if frames > 1 else pictures[0]


def pixels(path) -> np.ndarray:
    return pydicom.dcmread(path).pixel_array


def outside(pictures: np.ndarray) -> np.ndarray:
    rest = pictures.copy()
    rest[..., INSIDE[0], INSIDE[1]] = 0
    return rest


def test_a_still_keeps_its_region_and_nothing_else(shared):
    before = burned_in()
    after = pixels(shared(canary(before)))
    assert outside(before).max() == 255
    assert outside(after).max() == 0
    assert np.array_equal(after[INSIDE], before[INSIDE])


def test_every_frame_of_a_clip_is_blanked(shared):
    before = burned_in(7)
    path = shared(canary(before, NumberOfFrames=7))
    after = pixels(path)
    assert after.shape == before.shape
    assert outside(after).max() == 0
    assert np.array_equal(after[:, INSIDE[0], INSIDE[1]], before[:, INSIDE[0], INSIDE[1]])
    assert pydicom.dcmread(path).NumberOfFrames == 7


def test_colour_becomes_grey_as_it_is_read(shared, tmp_path):
    colour = np.repeat(speckle()[..., None], 3, axis=2)
    colour[40:44, 40:60] = (250, 220, 40)
    data = canary(colour)
    seen = next(iter(open_picture(saved(tmp_path, data, "seen.dcm")))).grey
    path = shared(data)
    assert np.array_equal(pixels(path)[INSIDE], seen[INSIDE])
    after = pydicom.dcmread(path)
    assert (after.SamplesPerPixel, after.PhotometricInterpretation) == (1, "MONOCHROME2")
    assert "PlanarConfiguration" not in after


def test_jpeg_is_written_plain_and_still_says_that_it_lost_something(shared):
    told = {"SequenceOfUltrasoundRegions": Sequence([region(BOX)]), "StudyInstanceUID": "1.2.3.4"}
    data = jpeg_dicom(jpeg(burned_in()), like=speckle(), **told)
    after = pydicom.dcmread(shared(data))
    assert after.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert after.LossyImageCompression == "01"
    assert outside(after.pixel_array).max() == 0


def test_16_bits_become_the_8_that_are_shown(shared):
    deep = speckle().astype(np.uint16) * 16
    told = {"BitsStored": 12, "HighBit": 11, "WindowCenter": "2048", "WindowWidth": "4096"}
    after = pydicom.dcmread(shared(canary(deep, **told)))
    assert (after.BitsAllocated, after.BitsStored, after.HighBit) == (8, 8, 7)
    assert "WindowCenter" not in after


def test_a_file_that_tells_no_region_is_refused_with_what_to_do(shared, tmp_path):
    data = canary(SequenceOfUltrasoundRegions=None)
    with pytest.raises(
        UnsupportedInput,
        match=r"picture\.dcm: does not tell where its ultrasound region is, .* "
        r"say what to keep of 160 × 120 pixels with --keep-frame X,Y,WIDTH,HEIGHT$",
    ):
        shared(data)
    assert not (tmp_path / "out").exists()


def test_the_part_that_the_user_names_is_kept_in_place_of_the_region(shared):
    before = burned_in()
    kept = pixels(shared(canary(before), wish=Wish(keep_frame=Box(30, 40, 60, 50))))
    assert np.array_equal(kept[40:50, 30:60], before[40:50, 30:60])
    kept[40:50, 30:60] = 0
    assert kept.max() == 0


def test_regions_of_which_nothing_is_left_are_not_told_any_more(shared):
    both = Sequence([region((10, 20, 69, 99)), region((90, 20, 149, 99))])
    wish = Wish(keep_frame=Box(90, 20, 150, 100))
    after = pydicom.dcmread(shared(canary(SequenceOfUltrasoundRegions=both), wish=wish))
    assert [item.RegionLocationMinX0 for item in after.SequenceOfUltrasoundRegions] == [90]


def test_nothing_is_said_to_be_clean_that_was_not_cleaned(shared):
    wish = Wish(keep_frame=Box(0, 0, 160, 120))
    after = pydicom.dcmread(shared(canary(BurnedInAnnotation="YES"), wish=wish))
    assert after.BurnedInAnnotation == "YES"
    codes = [item.CodeValue for item in after.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113107"]


def test_a_part_outside_the_frame_is_refused(shared):
    with pytest.raises(
        UnsupportedInput, match="is 160 × 120 pixels, and --keep-frame ends outside"
    ):
        shared(canary(), wish=Wish(keep_frame=Box(100, 0, 161, 50)))


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_part_is_kept_the_rest_is_black(tmp_path_factory, data):
    left, top = data.draw(st.integers(0, 158)), data.draw(st.integers(0, 118))
    right, bottom = data.draw(st.integers(left + 1, 160)), data.draw(st.integers(top + 1, 120))
    folder = tmp_path_factory.mktemp("kept")
    before = np.full((120, 160), 200, np.uint8)
    path = saved(folder, canary(before))
    wish = Wish(keep_frame=Box(left, top, right, bottom))
    after = pixels(deidentify(path, folder, Key.made(), wish).path)
    assert (after == 200).sum() == (right - left) * (bottom - top)
    assert (after[top:bottom, left:right] == 200).all()
    assert set(np.unique(after)) <= {0, 200}


def test_a_capture_in_colours_becomes_the_class_of_grey_ones(shared):
    colour = np.repeat(speckle()[..., None], 3, axis=2)[None].repeat(2, axis=0)
    data = canary(colour, SOPClassUID="1.2.840.10008.5.1.4.1.1.7.4", NumberOfFrames=2)
    after = pydicom.dcmread(shared(data))
    assert after.SOPClassUID == "1.2.840.10008.5.1.4.1.1.7.2"
    assert after.file_meta.MediaStorageSOPClassUID == after.SOPClassUID


def test_a_maker_s_own_class_becomes_that_of_ultrasound(shared):
    after = pydicom.dcmread(shared(canary(SOPClassUID="1.2.826.0.1.999.4.1")))
    assert after.SOPClassUID == "1.2.840.10008.5.1.4.1.1.6.1"


@pytest.mark.parametrize("frames", [1, 4], ids=["still", "clip"])
def test_a_phantom_reads_the_same_after_it_was_shared(tmp_path, frames):
    made = make(tmp_path / "in", count=1, seed=SEED_WITH_WORDS, frames=frames)[0]
    done = deidentify(made.dicom, tmp_path / "out", Key.made(), Wish())
    before, after = open_picture(made.dicom), open_picture(done.path)
    assert (after.view, after.scale, after.count) == (before.view, before.scale, before.count)
    assert after.frame_rate == before.frame_rate
    box = before.view
    for one, other in zip(before, after, strict=True):
        inside = (slice(box.top, box.bottom), slice(box.left, box.right))
        assert np.array_equal(one.grey[inside], other.grey[inside])
        rest = other.grey.copy()
        rest[inside] = 0
        assert rest.max() == 0
        assert one.grey[: box.top].max() > 150, "this phantom has words above its fan"
    assert b"PHANTOM" not in done.path.read_bytes()


def test_a_picture_that_spells_the_patient_s_number_is_refused(shared, tmp_path):
    number = b"QZ13800138000"
    picture = np.zeros((120, 160), np.uint8)
    picture[50, 40 : 40 + len(number)] = np.frombuffer(number, np.uint8)
    with pytest.raises(
        UnsupportedInput,
        match=r"picture\.dcm: the grey levels in \(7FE0,0010\) spell a value that was taken out, "
        "so nothing was written; keep a smaller part with --keep-frame$",
    ):
        shared(canary(picture))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_without_pixels_of_its_own_grey_is_told_apart_from_one_of_another_kind(tmp_path):
    path = saved(tmp_path, cv2.imencode(".png", speckle())[1].tobytes(), "still.png")
    with pytest.raises(UnsupportedInput, match=r"still\.png: is no DICOM file; only DICOM"):
        deidentify(path, tmp_path / "out", Key.made(), Wish())


def test_a_ct_image_is_refused_by_its_name(tmp_path):
    path = saved(tmp_path, dicom(speckle(), Modality="CT", SOPClassUID="1.2.840.10008.5.1.4.1.1.2"))
    with pytest.raises(UnsupportedInput, match="is a CT image, not ultrasound"):
        deidentify(path, tmp_path / "out", Key.made(), Wish())
