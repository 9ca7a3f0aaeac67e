"""Processes that decode, started ahead: the same pictures, one process a picture, none left over."""

from __future__ import annotations

import io
import os

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("cv2", reason="needs the extra 'picture'")

from PIL import Image  # noqa: E402

from hepaspot.errors import UnreadableInput  # noqa: E402
from hepaspot.intake import decoding  # noqa: E402
from hepaspot.intake.decoding import keep_decoders_ready  # noqa: E402
from hepaspot.intake.pictures import open_picture  # noqa: E402


@pytest.fixture
def ready():
    keep_decoders_ready(2)
    yield
    keep_decoders_ready(0)


@pytest.fixture
def png(tmp_path):
    data = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (200, 300), dtype=np.uint8)
    Image.fromarray(noise).save(data, "PNG")
    path = tmp_path / "noise.png"
    path.write_bytes(data.getvalue())
    return path, noise


def waiting():
    return [process.pid for process in decoding._spares._waiting]


def test_a_picture_is_the_same_from_a_process_that_waited(ready, png):
    path, noise = png
    for _ in range(4):
        assert np.array_equal(next(iter(open_picture(path))).grey, noise)


def test_each_process_decodes_one_picture(ready, png):
    before = waiting()
    next(iter(open_picture(png[0])))
    assert before[0] not in waiting()
    assert len(waiting()) == 2


def test_a_damaged_picture_is_refused_as_ever(ready, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    with pytest.raises(UnreadableInput, match=r"broken\.png: "):
        open_picture(path)


def test_one_that_died_while_it_waited_is_passed_over(ready, png):
    for process in decoding._spares._waiting:
        process.kill()
        process.wait()
    path, noise = png
    assert np.array_equal(next(iter(open_picture(path))).grey, noise)


def test_none_is_left_when_they_are_no_longer_wanted(png):
    keep_decoders_ready(2)
    pids = waiting()
    keep_decoders_ready(0)
    assert waiting() == []
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
