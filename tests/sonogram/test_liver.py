"""The liver's outline: what must not change it, and what happens without the network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.intake.frames import Box
from hepaspot.sonogram import liver
from hepaspot.sonogram.liver import COLUMNS, ROWS, LiverOutline, free_of_gain, outline_liver

ROOT = Path(__file__).parents[2]
STILLS = ROOT.parent / "shared" / "data" / "liver-sonograms"
MODELS = ROOT / "src" / "hepaspot" / "sonogram" / "models"

FAVOURED = ("benign", "malignant", "normal")
"""The first held-back still of each kind stands for the rest: the laws are about change."""

GREY_LEVELS_PER_DB = 255 / 60
"""A common dynamic range of 60 dB on 8 bits."""


def held_back() -> list[dict]:
    if not (STILLS / "polygons.json").exists():
        pytest.skip("the annotated stills are not beside the project (shared/data)")
    sys.path.insert(0, str(ROOT / "training"))
    try:
        from split import Part, part_of
    finally:
        sys.path.pop(0)
    rows = [
        row
        for row in json.loads((STILLS / "polygons.json").read_text(encoding="utf-8"))
        if row.get("liver") and part_of(row["file"]) is Part.HELD_BACK
    ]
    return [next(row for row in rows if row["study"] == kind) for kind in FAVOURED]


@pytest.fixture(scope="module")
def livers():
    pytest.importorskip("onnxruntime")
    found = []
    for row in held_back():
        grey = cv2.imread(str(STILLS / row["file"]), cv2.IMREAD_GRAYSCALE)
        fan = drawn(row["sector"], grey.shape)
        found.append((grey, fan, drawn(row["liver"], grey.shape) & fan))
    return found


def drawn(outline, shape):
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
    return mask.astype(bool)


def box_of(fan):
    rows, columns = np.flatnonzero(fan.any(axis=1)), np.flatnonzero(fan.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def outlined(grey, fan):
    return outline_liver(grey, fan, box_of(fan)).mask(grey.shape)


def dice(one, other):
    return 2 * (one & other).sum() / max(one.sum() + other.sum(), 1)


def test_a_liver_never_seen_is_outlined_as_a_person_draws_it(livers):
    assert np.mean([dice(outlined(grey, fan), drawn) for grey, fan, drawn in livers]) > 0.85


def test_a_mirrored_picture_gives_the_mirrored_liver(livers):
    for grey, fan, _ in livers:
        mirrored = outlined(np.ascontiguousarray(grey[:, ::-1]), np.ascontiguousarray(fan[:, ::-1]))
        assert dice(mirrored[:, ::-1], outlined(grey, fan)) > 0.9


@pytest.mark.parametrize("gain_db", [-10, -5, 5, 10])
def test_gain_moves_the_liver_little(livers, gain_db):
    for grey, fan, _ in livers:
        lit = np.clip(grey + gain_db * GREY_LEVELS_PER_DB, 0, 255).astype(np.uint8)
        assert dice(outlined(np.where(fan, lit, 0), fan), outlined(grey, fan)) > 0.9


@pytest.mark.parametrize("factor", [0.6, 1.7])
def test_scale_moves_the_liver_little(livers, factor):
    for grey, fan, _ in livers:
        size = (round(grey.shape[1] * factor), round(grey.shape[0] * factor))
        scaled = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        wide = cv2.resize(fan.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
        back = cv2.resize(outlined(scaled, wide).astype(np.uint8), grey.shape[::-1]).astype(bool)
        assert dice(back, outlined(grey, fan)) > 0.95


@pytest.mark.parametrize("quality", [70, 95])
def test_jpeg_moves_the_liver_little(livers, quality):
    for grey, fan, _ in livers:
        _, stored = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
        again = cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE)
        assert dice(outlined(again, fan), outlined(grey, fan)) > 0.95


def test_a_fan_fitted_a_little_too_wide_or_tight_moves_the_liver_little(livers):
    kernel = np.ones((9, 9), np.uint8)
    same = []
    for grey, fan, _ in livers:
        for change in (cv2.erode, cv2.dilate):
            other = change(fan.astype(np.uint8), kernel).astype(bool)
            same.append(dice(outlined(grey, other), outlined(grey, fan)))
    assert np.mean(same) > 0.93
    assert min(same) > 0.85


def test_shift_within_the_frame_shifts_the_liver(livers):
    grey, fan, _ = livers[0]
    moved = [np.pad(part, ((31, 0), (17, 0))) for part in (grey, fan)]
    assert np.array_equal(outlined(*moved)[31:, 17:], outlined(grey, fan))


def test_the_outline_and_the_mask_are_one_shape(livers):
    for grey, fan, _ in livers:
        found = outline_liver(grey, fan, box_of(fan))
        assert dice(drawn(found.outline, grey.shape), found.mask(grey.shape)) > 0.97
        assert len(found.outline) < 80


@pytest.mark.parametrize("level", [0, 90])
def test_a_picture_without_echo_has_no_fault(level):
    pytest.importorskip("onnxruntime")
    grey = np.full((300, 400), level, np.uint8)
    fan = np.zeros(grey.shape, bool)
    fan[20:280, 30:370] = True
    found = outline_liver(grey, fan, box_of(fan))
    assert np.isfinite(found.probability).all()
    assert found.outline.shape[1] == 2


def test_nothing_outside_the_fan_is_liver(livers):
    for grey, fan, _ in livers:
        reach = cv2.dilate(fan.astype(np.uint8), np.ones((25, 25), np.uint8)).astype(bool)
        assert not (outlined(grey, fan) & ~reach).any()


def test_no_liver_gives_an_empty_outline_and_mask():
    nowhere = LiverOutline(np.full((64, 80), 0.3, np.float32), Box(10, 10, 170, 138))
    assert nowhere.outline.shape == (0, 2)
    assert not nowhere.mask((200, 200)).any()


def test_the_outline_lies_where_the_cells_of_its_grid_do():
    likely = np.zeros((64, 80), np.float32)
    likely[16:32, 20:60] = 1
    found = LiverOutline(likely, Box(100, 50, 260, 178))
    left, top = found.outline.min(axis=0)
    right, bottom = found.outline.max(axis=0)
    assert (left, top, right, bottom) == pytest.approx((140, 82, 219, 113), abs=1)


def test_a_smaller_patch_beside_the_liver_is_left_out():
    likely = np.zeros((64, 80), np.float32)
    likely[10:40, 10:40], likely[50:60, 60:70] = 0.9, 0.8
    kept = liver._largest_part(likely, np.ones((ROWS, COLUMNS), bool))
    assert kept[20, 20] == pytest.approx(0.9)
    assert kept[55, 65] == 0


def test_a_patch_too_small_for_a_liver_is_none():
    likely = np.zeros((64, 80), np.float32)
    likely[10:14, 10:14] = 0.9
    assert (liver._largest_part(likely, np.ones((ROWS, COLUMNS), bool)) < 0.5).all()


@given(shift=st.integers(-40, 40), stretch=st.floats(0.5, 1.0))
def test_gain_and_dynamic_range_cancel_before_the_network(shift, stretch):
    pattern = np.random.default_rng(0).normal(120, 20, (ROWS, COLUMNS)).clip(60, 180)
    fan = np.ones((ROWS, COLUMNS), bool)
    other = 120 + stretch * (pattern - 120) + shift
    before = free_of_gain(pattern.astype(np.uint8), fan)
    after = free_of_gain(other.astype(np.uint8), fan)
    assert np.abs(before - after).max() < 0.15


def test_without_onnxruntime_there_is_no_outline(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    liver._session.cache_clear()
    try:
        grey = np.zeros((100, 100), np.uint8)
        assert outline_liver(grey, grey == 0, Box(0, 0, 100, 100)) is None
    finally:
        liver._session.cache_clear()


def test_the_module_does_not_load_onnxruntime_by_itself():
    asked = "import sys, hepaspot.sonogram.liver; sys.exit('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_the_network_is_small_and_names_no_path():
    stored = (MODELS / "liver.onnx").read_bytes()
    assert 100_000 < len(stored) <= 3_000_000
    assert b".py" not in stored


def test_the_network_credits_its_data():
    card = (MODELS / "liver.md").read_text(encoding="utf-8")
    for words in (
        "CC BY 4.0",
        "Xu et al.",
        "10.5281/zenodo.7272660",
        "held back",
        "Known failures",
    ):
        assert words in card


def test_the_split_is_by_name_alone_and_has_not_moved():
    parts = [row["file"] for row in held_back()]
    assert len(set(parts)) == 3
    sys.path.insert(0, str(ROOT / "training"))
    try:
        from split import Part, part_of
    finally:
        sys.path.pop(0)
    shares = [part_of(f"images/{i}.jpg") for i in range(4000)]
    assert shares.count(Part.HELD_BACK) / 4000 == pytest.approx(0.15, abs=0.02)
    assert shares.count(Part.INNER) / 4000 == pytest.approx(0.06, abs=0.015)
