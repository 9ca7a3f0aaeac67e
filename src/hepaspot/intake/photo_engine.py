"""Finds and reads the words of a grey picture with the models that rapidocr brings along."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from hepaspot.errors import MissingExtra
from hepaspot.intake.frames import Grey

if TYPE_CHECKING:
    from rapidocr import RapidOCR

LONGEST_SIDE_PIXELS: Final = 2000
"""Longer side of a picture in which words are looked for: pixels. On a page of A4 a letter
of 10 points is then 24 pixels high; the models see 48, and more costs only time."""

LEAST_SIDES: Final = 0.4
"""A strip is padded until its shorter side is this part of the longer: the engine magnifies
the shorter one to 736 pixels, and a strip would grow beyond all memory."""

LEAST_SCORE: Final = 0.5
"""Words that the engine is less sure of are stains and edges (its own default)."""

_NEEDED: Final = ("rapidocr", "onnxruntime", "cv2")
"""The libraries of the extra ``ocr``."""

_MODELS: Final = {
    "Det.model_path": "*_det_*.onnx",
    "Cls.model_path": "*_cls_*.onnx",
    "Rec.model_path": "*_rec_*.onnx",
}
"""What each model's file is called in the wheel; named to the engine so that it fetches none."""

_busy: Final = Lock()

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Upper left, upper right, lower right, lower left, as (x, y) in pixels."""


@dataclass(frozen=True)
class Piece:
    """Words that stand together in one line, and how sure the engine is of them (0 to 1)."""

    text: str
    score: float
    box: Corners


def check_extra(where: str) -> None:
    """Refuse to go on where the extra ``ocr`` is not installed.

    Raises
    ------
    MissingExtra
    """
    if any(find_spec(library) is None for library in _NEEDED) or not _models():
        raise MissingExtra(
            f"{where}: is a photo, and what reads words in photos is not installed; "
            'pip install "hepaspot[ocr]"'
        )


def pieces_of(grey: Grey) -> list[Piece]:
    """The words in ``grey`` ``(H, W) uint8``, in no order of their own."""
    scale = min(1.0, LONGEST_SIDE_PIXELS / max(grey.shape))
    shown = _padded(_scaled(grey, scale))
    with _busy:  # the engine keeps the last picture's measures
        found = _engine()(np.stack([shown] * 3, axis=-1), use_cls=False)
    boxes, texts, scores = (getattr(found, part, None) for part in ("boxes", "txts", "scores"))
    if boxes is None or texts is None or scores is None:
        return []
    return [
        Piece(text.strip(), float(score), _corners(box, scale))
        for box, text, score in zip(boxes, texts, scores, strict=True)
    ]


def _scaled(grey: Grey, scale: float) -> Grey:
    import cv2

    if scale == 1.0:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _padded(grey: Grey) -> Grey:
    """A strip with ground of its own colour to the right of it or below."""
    least = int(LEAST_SIDES * max(grey.shape))
    missing = [max(0, least - side) for side in grey.shape]
    ground = int(np.median(grey))
    return np.pad(grey, [(0, missing[0]), (0, missing[1])], constant_values=ground)


def _corners(box: np.ndarray, scale: float) -> Corners:
    a, b, c, d = ((round(float(x) / scale, 1), round(float(y) / scale, 1)) for x, y in box)
    return a, b, c, d


@cache
def _engine() -> RapidOCR:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # onnxruntime would tell of each use
    from rapidocr import RapidOCR

    quiet_and_small = {
        "Global.log_level": "critical",  # words of a report never reach a log
        "Global.text_score": LEAST_SCORE,
        "Global.max_side_len": LONGEST_SIDE_PIXELS,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=quiet_and_small | _models())


@cache
def _models() -> dict[str, str]:
    """Where each model lies; none where the installed wheel lacks one."""
    folder = Path(str(files("rapidocr"))) / "models"
    found = {name: sorted(folder.glob(pattern)) for name, pattern in _MODELS.items()}
    return {name: str(paths[0]) for name, paths in found.items()} if all(found.values()) else {}
