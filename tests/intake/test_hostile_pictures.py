"""No file can hang, swell or crash the reader: each ends in one line, soon and small."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake.dicoms import (
    JPEG_BASELINE,
    PATIENT,
    deflate_bomb,
    dicom,
    jpeg,
    jpeg_dicom,
    meta,
    nested,
    saved,
    speckle,
)

from hepaspot.errors import InputError, TooLarge, UnreadableInput
from hepaspot.intake import decoding, open_picture
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.processes import let_go

SECONDS = 5
"""Longest time to a refusal on a busy machine; on a quiet one it takes about 0.3."""

MEGABYTES = 300
"""Most memory that a process may take on the way to a refusal."""


def lying_jpeg(width: int = 65_535, height: int = 65_535) -> bytes:
    sound = jpeg(speckle())
    at = sound.index(b"\xff\xc0") + 5
    return sound[:at] + struct.pack(">HH", height, width) + sound[at + 4 :]


def claimed(length: int) -> bytes:
    whole = dicom(speckle())
    at = whole.index(b"\x10\x00\x10\x00PN")
    return whole[: at + 6] + struct.pack("<H", length) + whole[at + 8 :]


def huge_element() -> bytes:
    head = b"\x08\x00\x16\x00UN\x00\x00" + struct.pack("<I", 0xFFFFFFF0)
    return meta("1.2.840.10008.1.2.1") + head + b"x" * 100


def many_elements(count: int = 3_000_000) -> bytes:
    return meta("1.2.840.10008.1.2.1") + b"\x08\x00\x16\x00UI\x00\x00" * count


def many_items(count: int = 2_000_000) -> bytes:
    head = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff"
    return meta("1.2.840.10008.1.2.1") + head + b"\xfe\xff\x00\xe0\x00\x00\x00\x00" * count


def bad_offsets() -> bytes:
    fragment = struct.pack("<I", 0xFFFFFFFE)
    whole = jpeg_dicom(jpeg(speckle()), like=speckle())
    at = whole.rindex(b"\xfe\xff\x00\xe0") + 4
    return whole[:at] + fragment + whole[at + 4 :]


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def j2k_dicom() -> bytes:
    siz = struct.pack(">HHIIIIIIIIH", 47, 0, 1 << 31, 1 << 31, 0, 0, 1, 1, 0, 0, 3)
    stream = b"\xff\x4f\xff\x51" + siz + b"\x07\x01\x01" * 3 + bytes(64)
    data = jpeg_dicom(stream, like=speckle())
    return data.replace(JPEG_BASELINE.encode(), b"1.2.840.10008.1.2.4.90")


HOSTILE = {
    "rows and columns of 65535": (
        lambda: dicom(speckle(), Rows=65_535, Columns=65_535),
        TooLarge,
        "says it is 65535 × 65535 pixels, and at most 12 million are read",
    ),
    "no rows": (
        lambda: dicom(speckle(), Rows=0),
        UnreadableInput,
        "says it is 160 × 0 pixels; export it again",
    ),
    "rows that are not there": (
        lambda: dicom(speckle(), Rows=240),
        UnreadableInput,
        "says it has 1 frames of 38400 bytes, and holds only 19200 bytes",
    ),
    "no frames": (
        lambda: dicom(speckle(), NumberOfFrames=0),
        UnreadableInput,
        "says it has 0 frames; export it again",
    ),
    "fewer than no frames": (
        lambda: dicom(speckle(), NumberOfFrames=-3),
        UnreadableInput,
        "says it has -3 frames",
    ),
    "two billion frames": (
        lambda: dicom(speckle(), NumberOfFrames=2_000_000_000),
        TooLarge,
        "says it has 2000000000 frames, and at most 20000 are read",
    ),
    "frames that are not there": (
        lambda: dicom(speckle(), NumberOfFrames=9),
        UnreadableInput,
        "says it has 9 frames of 19200 bytes, and holds only 19200 bytes",
    ),
    "compressed frames that are not there": (
        lambda: jpeg_dicom(jpeg(speckle()), like=speckle(), NumberOfFrames=9),
        UnreadableInput,
        "says it has 9 frames, and holds 1",
    ),
    "an end before the pixels end": (
        lambda: dicom(speckle())[:-4000],
        UnreadableInput,
        "and holds only 15200 bytes; export it again",
    ),
    "an end in the header": (
        lambda: dicom(speckle())[:420],
        UnreadableInput,
        "export it again",
    ),
    "an end in a compressed frame": (
        lambda: jpeg_dicom(jpeg(speckle()), like=speckle())[:-2000],
        UnreadableInput,
        "ends before its picture does; copy or export it again",
    ),
    "a deflate bomb of 600 MB": (
        lambda: deflate_bomb(600 << 20),
        TooLarge,
        "inflates to more than 96 MiB; export it uncompressed or as JPEG",
    ),
    "deflated nonsense": (
        lambda: meta("1.2.840.10008.1.2.1.99") + b"\xff" * 500,
        UnreadableInput,
        "is damaged (its deflated data cannot be inflated)",
    ),
    "sequences nested 10,000 deep": (
        lambda: nested(10_000),
        TooLarge,
        "has sequences nested deeper than any picture's",
    ),
    "two million items": (many_items, TooLarge, "has a header larger than any picture's"),
    "three million elements": (many_elements, TooLarge, "has a header larger than any picture's"),
    "an element of 4 GB": (huge_element, UnreadableInput, "ends before its picture does"),
    "an element that runs over the rest": (lambda: claimed(65_534), UnreadableInput, "export it"),
    "a compressed frame of 4 GB": (bad_offsets, UnreadableInput, "ends before its picture does"),
    "a JPEG frame of another size": (
        lambda: jpeg_dicom(lying_jpeg(), like=speckle()),
        UnreadableInput,
        "a frame says it is 65535 × 65535 pixels, and the header 160 × 120",
    ),
    "a JPEG frame without markers": (
        lambda: jpeg_dicom(b"\xff\xd8" + b"\xff" * 5000, like=speckle()),
        UnreadableInput,
        "a frame is not the JPEG picture that it should be",
    ),
    "a JPEG 2000 frame of 2^62 tiles": (j2k_dicom, UnreadableInput, "is damaged (a JPEG 2000"),
    "a JPEG still of 65535²": (lying_jpeg, TooLarge, "says it is 65535 × 65535 pixels"),
    "a JPEG still cut short": (
        lambda: jpeg(speckle())[:-3000],
        UnreadableInput,
        "its pixels end early or cannot be decoded",
    ),
    "a JPEG still of a thousand scans": (
        lambda: jpeg(speckle(), progressive=True) + b"\xff\xda" * 1000,
        UnreadableInput,
        "a JPEG picture of more than 64 scans",
    ),
    "a PNG of 65535²": (lambda: png(65_535, 65_535), TooLarge, "at most 12 million are read"),
    "a PNG longer than any side": (lambda: png(1 << 20, 3), TooLarge, "export it smaller"),
    "an MP4 that is nothing": (
        lambda: b"\0\0\0\x18ftypisom" + b"\0" * 500,
        UnreadableInput,
        "its video cannot be opened",
    ),
    "an AVI that is nothing": (
        lambda: b"RIFF\xff\xff\xff\xffAVI LIST" + b"\0" * 500,
        UnreadableInput,
        "its video cannot be opened",
    ),
}


OPEN_EACH = """
import json, resource, sys, time
from hepaspot.errors import InputError
from hepaspot.intake import open_picture
for path in sys.argv[1:]:
    start = time.monotonic()
    try:
        said = ["read", str(open_picture(path))]
    except InputError as error:
        said = [type(error).__name__, str(error)]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps([*said, time.monotonic() - start, peak >> 10]))
"""
"""Opens the files in a process of its own, whose children's memory is theirs alone."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Error, words, seconds and megabytes so far of each hostile case."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = [saved(folder, make(), f"{n}.dcm") for n, (make, *_) in enumerate(HOSTILE.values())]
    command = [sys.executable, "-c", OPEN_EACH, *map(str, paths)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(zip(HOSTILE, map(json.loads, result.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_picture_is_refused_by_name_soon_and_small(case, outcomes):
    _, kind, words = HOSTILE[case]
    error, said, seconds, megabytes = outcomes[case]
    assert error == kind.__name__
    assert words in said.split(".dcm: ")[1]
    assert "\n" not in said
    assert PATIENT[:4] not in said
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_a_frame_that_cannot_be_decoded_is_refused_when_it_is_reached(tmp_path):
    frames = [jpeg(speckle(seed=n)) for n in range(3)]
    frames[2] = frames[2][:600] + b"\0" * 20
    frames = [frame + b"\0" * (len(frame) % 2) for frame in frames]
    picture = open_picture(saved(tmp_path, jpeg_dicom(*frames, like=speckle())))
    seen = []
    with pytest.raises(UnreadableInput, match=r"picture\.dcm: is a damaged picture; export it"):
        seen.extend(frame.index for frame in picture)
    assert seen == [0, 1]


def test_a_file_that_changes_under_the_reader_is_refused(tmp_path):
    path = saved(tmp_path, dicom(np.stack([speckle()] * 3)))
    picture = open_picture(path)
    saved(tmp_path, dicom(np.stack([speckle(60, 60)] * 3)))
    with pytest.raises(UnreadableInput, match="changed since it was opened; read it again"):
        list(picture)


def test_a_decoder_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    (tmp_path / "sleeping_process.py").write_text("import time\n\ntime.sleep(60)\n")
    monkeypatch.syspath_prepend(tmp_path)
    let_go()  # else one may be ready that does not find it
    monkeypatch.setattr(decoding, "_MODULE", "sleeping_process")
    monkeypatch.setattr(bounds, "OPENING_SECONDS", 0.01)
    start = time.monotonic()
    with pytest.raises(UnreadableInput, match=r"takes more than 0\.01 s or 1024 MiB to decode"):
        open_picture(saved(tmp_path, dicom(speckle())))
    assert time.monotonic() - start < SECONDS


SOUND = dicom(speckle(24, 24))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=8))
def test_a_picture_with_flipped_bytes_is_read_or_refused_by_name(tmp_path, flips):
    data = bytearray(SOUND)
    for place, byte in flips:
        data[place] = byte
    said = "picture.dcm: "
    try:
        frames = list(open_picture(saved(tmp_path, bytes(data))))
    except InputError as error:
        said = str(error)
    else:
        assert frames
    assert "picture.dcm: " in said
    assert "\n" not in said
