"""A picture of any kind is opened, and its frames come one by one as they were stored."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from intake.clinicals import sr, words
from intake.dicoms import (
    JPEG_BASELINE,
    PATIENT,
    deflated,
    dicom,
    jpeg,
    jpeg_dicom,
    saved,
    speckle,
)
from PIL import Image
from pydicom.encaps import encapsulate

import hepaspot
from hepaspot.errors import (
    EmptyInput,
    MissingExtra,
    MissingInput,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.intake import (
    is_picture,
    open_picture,
    picture_files,
    pictures,
    structured_reports,
)
from hepaspot.intake.frames import Box, PictureKind
from hepaspot.intake.processes import let_go

GREY = speckle()


def first(path: Path):
    return next(iter(open_picture(path)))


def still(tmp_path: Path, picture: np.ndarray | Image.Image, format: str, **options) -> Path:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    path = tmp_path / "still.bin"
    image.save(path, format, **options)
    return path


def clip(path: Path, frames: int = 6, *, fourcc: str = "mp4v") -> Path:
    video = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*fourcc), 25.0, (160, 120))
    for n in range(frames):
        shown = np.full((120, 160), 20, np.uint8)
        shown[:, 20 * n : 20 * n + 20] = 220
        video.write(cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR))
    video.release()
    return path


# ------------------------------------------------------------------------------- stills


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP"])
def test_a_still_gives_its_grey_levels_as_stored(tmp_path, format):
    picture = open_picture(still(tmp_path, GREY, format))
    assert (picture.kind, picture.count) == (PictureKind.STILL, 1)
    assert (picture.width, picture.height) == (160, 120)
    assert picture.view == Box(0, 0, 160, 120)
    (frame,) = picture
    assert frame.index == 0
    assert frame.coloured is None
    np.testing.assert_array_equal(frame.grey, GREY)


@pytest.mark.parametrize("options", [{"format": "JPEG"}, {"format": "WEBP"}])
def test_a_lossy_still_gives_nearly_its_grey_levels(tmp_path, options):
    read = first(still(tmp_path, GREY, quality=95, **options)).grey.astype(int)
    assert np.abs(read - GREY).mean() < 4


def test_grey_stored_as_colours_is_grey(tmp_path):
    frame = first(still(tmp_path, np.stack([GREY] * 3, -1), "PNG"))
    np.testing.assert_array_equal(frame.grey, GREY)
    assert frame.coloured is None


def test_sixteen_bits_keep_black_black_and_the_brightest_white(tmp_path):
    deep = GREY.astype(np.uint16) * 16
    read = first(still(tmp_path, deep, "PNG")).grey
    assert read.max() == 255
    np.testing.assert_allclose(read, GREY / GREY.max() * 255, atol=1)


def test_what_is_transparent_is_black(tmp_path):
    rgba = np.full((20, 20, 4), 200, np.uint8)
    rgba[:10, :, 3] = 0
    read = first(still(tmp_path, rgba, "PNG")).grey
    assert read[:10].max() == 0
    assert read[10:].min() > 100


def test_a_picture_of_a_palette_is_read(tmp_path):
    image = Image.fromarray(GREY).convert("P")
    np.testing.assert_array_equal(first(still(tmp_path, image, "PNG")).grey, GREY)


def test_of_a_tiff_with_pages_the_first_is_read(tmp_path):
    pages = [Image.fromarray(speckle(seed=seed)) for seed in (1, 2)]
    path = still(tmp_path, pages[0], "TIFF", save_all=True, append_images=pages[1:])
    np.testing.assert_array_equal(first(path).grey, speckle(seed=1))


def test_a_turn_written_beside_the_picture_is_left_alone_and_noted(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = open_picture(still(tmp_path, GREY, "JPEG", exif=exif))
    assert (picture.width, picture.height) == (160, 120)
    assert picture.notes == ("orientation_ignored",)


def test_numbers_instead_of_grey_levels_are_refused(tmp_path):
    with pytest.raises(UnsupportedInput, match="stores numbers, not grey levels; export it with 8"):
        open_picture(still(tmp_path, GREY.astype(np.float32), "TIFF"))


def test_the_content_tells_the_kind_not_the_extension(tmp_path):
    path = still(tmp_path, GREY, "PNG").rename(tmp_path / "cine.mp4")
    assert open_picture(path).kind is PictureKind.STILL


# ------------------------------------------------------------------------------- colour


def with_patch(colour: tuple[int, int, int], share: float) -> np.ndarray:
    shown = np.stack([GREY] * 3, -1)
    shown[: int(120 * share)] = colour
    return shown


def test_a_yellow_caliper_is_told_apart_from_grey(tmp_path):
    shown = np.stack([GREY] * 3, -1)
    shown[50:53, 60:80] = (255, 255, 0)
    frame = first(still(tmp_path, shown, "PNG"))
    assert frame.coloured is not None
    assert np.argwhere(frame.coloured).min(0).tolist() == [50, 60]
    assert frame.coloured.sum() == 60
    assert frame.coloured.dtype == bool


@pytest.mark.parametrize("tint", [(1.0, 0.85, 0.6), (0.75, 0.9, 1.0)])
def test_a_tint_of_the_whole_picture_is_no_colour_but_a_mark_in_it_is(tmp_path, tint):
    shown = (GREY[..., None] * np.array(tint)).astype(np.uint8)
    path = still(tmp_path, shown, "PNG")
    assert first(path).coloured is None
    shown[50:53, 60:80] = (0, 255, 0)
    marked = first(still(tmp_path, shown, "PNG")).coloured
    assert marked is not None
    assert marked[50:53, 60:80].all()
    assert marked.sum() < 80


def test_a_colour_box_is_noted_and_masked(tmp_path):
    picture = open_picture(still(tmp_path, with_patch((255, 30, 30), 0.2), "PNG"))
    assert picture.notes == ("colour_box",)
    (frame,) = picture
    assert frame.coloured is not None
    assert frame.coloured[:24].all()
    assert not frame.coloured[24:].any()


def test_a_picture_of_doppler_all_over_is_refused(tmp_path):
    shown = with_patch((255, 30, 30), 0.4)
    shown[60:] = (30, 30, 255)
    with pytest.raises(
        UnsupportedInput, match=r"shows colour \(Doppler, elastography\) in (9.|100)% of"
    ):
        open_picture(still(tmp_path, shown, "PNG"))


# -------------------------------------------------------------------------------- clips


@pytest.mark.parametrize(
    ("name", "fourcc"), [("a.mp4", "mp4v"), ("a.mov", "mp4v"), ("a.avi", "MJPG")]
)
def test_a_video_gives_its_frames_in_order(tmp_path, name, fourcc):
    picture = open_picture(clip(tmp_path / name, fourcc=fourcc))
    assert (picture.kind, picture.count, picture.frame_rate) == (PictureKind.CLIP, 6, 25.0)
    places = [int(frame.grey.mean(0).argmax()) // 20 for frame in picture]
    assert places == [0, 1, 2, 3, 4, 5]


def test_a_video_cut_short_is_refused_where_it_ends(tmp_path):
    path = clip(tmp_path / "a.avi", 40, fourcc="MJPG")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UnreadableInput, match=r"a\.avi: "):
        list(open_picture(path))


def test_a_clip_can_be_walked_over_twice_and_left_early(tmp_path):
    picture = open_picture(saved(tmp_path, dicom(np.stack([speckle(seed=n) for n in range(9)]))))
    assert next(iter(picture)).index == 0
    walk = picture.walk()
    assert [next(walk).index, next(walk).index] == [0, 1]
    walk.close()
    assert [frame.index for frame in picture] == list(range(9))


def processes_of_this_one() -> list[str]:
    tasks = Path(f"/proc/{os.getpid()}/task")
    if not tasks.exists():
        pytest.skip("no list of processes here")
    found = []
    for task in tasks.iterdir():
        with suppress(FileNotFoundError):  # a thread that ended since it was listed
            found += (task / "children").read_text().split()
    return found


def test_leaving_a_clip_early_leaves_no_process_behind(tmp_path):
    let_go()  # so that it is this process that starts the one that decodes
    before = processes_of_this_one()
    picture = open_picture(saved(tmp_path, dicom(np.stack([GREY] * 50))))
    walk = picture.walk()
    next(walk)
    assert len(processes_of_this_one()) == len(before) + 1
    walk.close()
    assert processes_of_this_one() == before


MEMORY_OF_A_WALK = """
import re, resource, sys
from pathlib import Path
from hepaspot.intake import open_picture
picture = open_picture(sys.argv[1])
seen = sum(1 for frame in picture)
# Not RUSAGE_SELF: that counts what the process that started this one had taken.
print(int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
assert seen == picture.count == 240
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no count of memory here")
def test_a_cine_is_never_whole_in_memory(tmp_path):
    frame = jpeg(np.zeros((1200, 1600), np.uint8))
    frame += b"\0" * (len(frame) % 2)
    path = saved(tmp_path, jpeg_dicom(*[frame] * 240, like=np.zeros((1200, 1600), np.uint8)))
    result = subprocess.run(
        [sys.executable, "-c", MEMORY_OF_A_WALK, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    # Decoded it would take 460 MB; the libraries alone take 30 to 60.
    assert max(map(int, result.stdout.split())) < 150


# -------------------------------------------------------------------------------- DICOM


def test_a_dicom_clip_tells_its_rate_and_gives_its_frames(tmp_path):
    frames = np.stack([speckle(seed=n) for n in range(5)])
    picture = open_picture(saved(tmp_path, dicom(frames, FrameTime=40)))
    assert (picture.kind, picture.count) == (PictureKind.DICOM, 5)
    assert picture.frame_rate == 25
    np.testing.assert_array_equal(np.stack([frame.grey for frame in picture]), frames)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])
@pytest.mark.parametrize("preamble", [True, False])
def test_a_dicom_file_is_read_with_and_without_preamble(tmp_path, syntax, preamble):
    data = dicom(GREY, syntax=syntax)
    if not preamble:
        data = data[data.index(b"\x08\x00\x16\x00") :]
    np.testing.assert_array_equal(first(saved(tmp_path, data)).grey, GREY)


def test_a_deflated_file_is_read(tmp_path):
    data = deflated(dicom(np.stack([GREY, 255 - GREY])))
    frames = [frame.grey for frame in open_picture(saved(tmp_path, data))]
    np.testing.assert_array_equal(np.stack(frames), np.stack([GREY, 255 - GREY]))


def test_an_inverted_picture_is_turned_round(tmp_path):
    data = dicom(255 - GREY, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(first(saved(tmp_path, data)).grey, GREY)


def test_planes_apart_are_put_together(tmp_path):
    planes = np.stack([GREY, GREY, np.zeros_like(GREY)])
    data = dicom(planes.transpose(1, 2, 0), PlanarConfiguration=1)
    data = data.replace(planes.transpose(1, 2, 0).tobytes(), planes.tobytes())
    frame = first(saved(tmp_path, data))
    np.testing.assert_allclose(frame.grey, GREY * 0.886, atol=1)


def test_twelve_bits_in_sixteen_are_shown_over_their_range(tmp_path):
    data = dicom(GREY.astype(np.uint16) * 16, BitsStored=12, HighBit=11)
    np.testing.assert_allclose(first(saved(tmp_path, data)).grey, GREY.astype(int), atol=1)


def test_a_window_is_applied(tmp_path):
    values = np.tile(np.arange(256, dtype=np.uint8), (8, 1))
    data = dicom(values, WindowCenter=128, WindowWidth=101)
    read = first(saved(tmp_path, data)).grey[0]
    assert read[:77].max() == 0
    assert read[178:].min() == 255
    assert abs(int(read[128]) - 128) <= 2


def test_a_frame_in_pieces_is_put_together(tmp_path):
    frames = [jpeg(speckle(seed=n)) for n in range(3)]
    frames = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    whole = open_picture(saved(tmp_path, jpeg_dicom(*frames, like=GREY), "whole.dcm"))
    pieces = encapsulate(frames, fragments_per_frame=2, has_bot=False)
    told = {"Rows": 120, "Columns": 160, "SamplesPerPixel": 1, "NumberOfFrames": 3}
    told |= {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 0}
    data = dicom(pieces, syntax=JPEG_BASELINE, PhotometricInterpretation="MONOCHROME2", **told)
    for one, other in zip(whole, open_picture(saved(tmp_path, data)), strict=True):
        np.testing.assert_array_equal(one.grey, other.grey)


@pytest.mark.parametrize(
    ("syntax", "name"),
    [
        ("1.2.840.10008.1.2.4.57", "JPEG Lossless"),
        ("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level"),
        ("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1"),
        ("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile / Level 5.1"),
        ("1.2.3.4.5.6.7.8.9", "no known transfer syntax"),
    ],
)
def test_a_compression_that_is_not_read_is_refused_by_its_name(tmp_path, syntax, name):
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    data = jpeg_dicom(jpeg(GREY), like=GREY)
    old = JPEG_BASELINE.encode()
    head = data.index(old) - 2
    data = data[:head] + len(uid).to_bytes(2, "little") + uid + data[head + 2 + len(old) :]
    with pytest.raises(UnsupportedInput) as caught:
        open_picture(saved(tmp_path, data))
    assert f"is compressed as {name}, which is not read; export it" in str(caught.value)


def test_another_modality_is_named_and_one_that_is_no_modality_is_not_quoted(tmp_path):
    with pytest.raises(UnsupportedInput, match="is a CT image, not ultrasound; give the ultra"):
        open_picture(saved(tmp_path, dicom(GREY, Modality="CT")))
    with pytest.raises(UnsupportedInput, match="is another kind of image, not ultras") as caught:
        open_picture(saved(tmp_path, dicom(GREY, Modality="WANGXIAOMING")))
    assert "WANG" not in str(caught.value)


def test_a_volume_is_refused_by_name(tmp_path):
    data = dicom(GREY, SOPClassUID="1.2.840.10008.5.1.4.1.1.6.2")
    with pytest.raises(UnsupportedInput, match="is a 3D ultrasound volume, not ultrasound; give"):
        open_picture(saved(tmp_path, data))


def test_a_report_in_dicom_without_a_picture_is_refused(tmp_path):
    data = dicom(GREY)
    cut = data.index(b"\x28\x00\x02\x00")
    with pytest.raises(UnreadableInput, match="is a DICOM file without a picture; give one that"):
        open_picture(saved(tmp_path, data[:cut]))


# ------------------------------------------------------------------------ what is no picture


def test_what_is_missing_empty_or_a_folder_is_said_so(tmp_path):
    with pytest.raises(MissingInput, match=r"nowhere\.dcm: there is no such file; check the path"):
        open_picture(tmp_path / "nowhere.dcm")
    with pytest.raises(EmptyInput, match=r"is empty; give a file with a picture"):
        open_picture(saved(tmp_path, b""))
    with pytest.raises(UnreadableInput, match=r"is a folder; name the pictures in it"):
        open_picture(tmp_path)
    with pytest.raises(UnreadableInput, match=r"cannot be opened \(not a possible path\)"):
        open_picture("a\0b")


def test_a_device_is_not_waited_for():
    if not Path("/dev/zero").exists():
        pytest.skip("no such device")
    with pytest.raises(UnreadableInput, match="is a device; give a file"):
        open_picture("/dev/zero")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"GIF89a" + b"\0" * 40, "is a GIF picture, which is not read; give DICOM, PNG"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "is a HEIC picture, which is not read"),
        (b"RIFF\x24\0\0\0WAVE" + b"\0" * 40, "is a sound or another RIFF file"),
        (b"Liver: 6 mm focus", "is no picture of a known kind, which is not read"),
    ],
)
def test_a_kind_that_is_not_read_is_named(tmp_path, data, kind):
    with pytest.raises(UnsupportedInput) as caught:
        open_picture(saved(tmp_path, data))
    assert kind in str(caught.value)


def test_without_the_extra_the_user_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "find_spec", lambda name: None if name == "cv2" else name)
    with pytest.raises(MissingExtra, match=r'not installed; pip install "hepaspot\[picture\]"$'):
        open_picture(saved(tmp_path, dicom(GREY)))
    assert hepaspot.MissingExtra.exit_code == 3


def test_no_message_says_a_word_of_the_patient(tmp_path, capfd):
    bent = [dicom(GREY, Modality="CT"), dicom(GREY)[:-100], dicom(GREY, Rows=0), dicom(GREY)[:500]]
    for data in bent:
        with pytest.raises(hepaspot.InputError) as caught:
            open_picture(saved(tmp_path, data))
        error = caught.value
        said = "".join([str(error), repr(error.__cause__), *capfd.readouterr()])
        assert PATIENT[:6] not in said


def test_the_room_is_light_until_a_picture_is_opened():
    script = (
        "import sys, hepaspot.intake; "
        "print(*sorted({'numpy', 'cv2', 'pydicom', 'PIL'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == ""


def test_this_process_never_loads_what_decodes(tmp_path):
    path = saved(tmp_path, dicom(GREY))
    script = (
        "import sys; from hepaspot.intake import open_picture; "
        "next(iter(open_picture(sys.argv[1]))); "
        "print(*sorted({'cv2', 'pydicom', 'PIL', 'openjpeg'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script, str(path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == ""


# ------------------------------------------------------------------------------- folders


def test_the_pictures_of_a_folder_come_in_the_order_a_person_counts(tmp_path):
    for name in ("IM10", "IM2", "IM1", "b/IM3", ".hidden", "DICOMDIR", ".thumbs/IM4"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(dicom(GREY))
    (tmp_path / "report.txt").write_text("Liver: 6 mm focus")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "IM9").symlink_to(tmp_path / "nowhere")
    found = [path.relative_to(tmp_path).as_posix() for path in picture_files(tmp_path)]
    assert found == ["b/IM3", "IM1", "IM2", "IM10"]


def test_structured_reports_of_a_folder_come_in_that_order_and_are_no_pictures(tmp_path):
    for name in ("SR10", "SR2", "b/SR3", ".hidden", "report.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(sr(words("Finding", "Calcification")))
    (tmp_path / "IM1").write_bytes(dicom(GREY))
    (tmp_path / "words.txt").write_text("Liver: 6 mm focus")
    found = [path.relative_to(tmp_path).as_posix() for path in structured_reports(tmp_path)]
    assert found == ["b/SR3", "report.txt", "SR2", "SR10"]
    assert [path.name for path in picture_files(tmp_path)] == ["IM1"]


def test_a_folder_that_is_none_is_said_so(tmp_path):
    with pytest.raises(MissingInput, match="there is no such folder; check the path"):
        picture_files(tmp_path / "nowhere")
    with pytest.raises(UnreadableInput, match="is not a folder; name the folder of the pictures"):
        picture_files(saved(tmp_path, dicom(GREY)))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"])
def test_a_picture_is_told_from_words_by_its_first_bytes(format):
    out = io.BytesIO()
    Image.fromarray(GREY).save(out, format)
    assert is_picture(out.getvalue()[:1024])


@pytest.mark.parametrize(
    "data",
    [b"", b"Liver", "肝右叶见强回声".encode("gb18030"), b"%PDF-1.7", b"PK\x03\x04", b"BMI 24"],
)
def test_words_are_no_picture(data):
    assert not is_picture(data)
