"""The engine that finds and recognises words: loaded once, silent, and never on the network."""

from __future__ import annotations

import logging
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from hepaspot.errors import MissingExtra
from hepaspot.intake.frames import Grey

if TYPE_CHECKING:
    from rapidocr import RapidOCR

FINDING_SIDE_PX: Final = 1600
"""Longer side of the picture in which words are looked for: pixels. Measured: an A4 page
that fills it has letters 20 px high, and the engine finds them from 10."""

LINE_PX: Final = 48
"""Height at which a line is read: pixels (that of the engine's network)."""

LEAST_SIDE_PX: Final = 4
"""A box thinner than this holds no word: pixels (convention)."""

Quads = NDArray[np.float32]
"""``(n, 4, 2) float32``: boxes as (x, y), clockwise from the upper left corner."""

Quad = NDArray[np.float32]
"""``(4, 2) float32``: one of them."""


class Engine:
    """Finds boxes of words, and recognises what one box says; may be shared by threads."""

    def __init__(self, engine: RapidOCR) -> None:
        self._engine = engine
        self._lock = Lock()  # the engine keeps what it was last asked for in itself

    def boxes(self, grey: Grey) -> Quads:
        """Where words stand in ``grey``, in its pixels."""
        share = min(1.0, FINDING_SIDE_PX / max(grey.shape))
        small = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        with self._lock:
            found = self._engine(_three(small), use_det=True, use_cls=False, use_rec=False)
        if getattr(found, "boxes", None) is None:
            return np.zeros((0, 4, 2), np.float32)
        scale = np.array(grey.shape[::-1], np.float32) / np.array(small.shape[::-1], np.float32)
        boxes = np.asarray(found.boxes, np.float32) * scale
        return boxes[[min(sides(box)) >= LEAST_SIDE_PX for box in boxes]]

    def words(self, crop: Grey) -> tuple[str, float]:
        """The words in a picture of one line, and how sure they are: 0 to 1."""
        share = LINE_PX / crop.shape[0]
        if share < 1:
            crop = np.asarray(
                cv2.resize(crop, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
            )
        with self._lock:
            found = self._engine(_three(crop), use_det=False, use_cls=False, use_rec=True)
        return str(found.txts[0]).strip(), float(found.scores[0])


def cut(grey: Grey, box: Quad) -> Grey:
    """What stands in one box, ``(4, 2)``, straightened."""
    width, height = (max(1, round(side)) for side in sides(box))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(np.ascontiguousarray(box, np.float32), corners)
    straight = cv2.warpPerspective(
        grey, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(straight, np.uint8)


_LOADING: Final = Lock()


def engine(where: str) -> Engine:
    """The engine of this process, loaded on first use.

    Raises
    ------
    MissingExtra
        If it is not installed, or not with its networks.
    """
    if find_spec("rapidocr") is None or not all(_networks().values()):
        raise MissingExtra(
            f"{where}: is a photo, and what reads words of photos is not installed; "
            'pip install "hepaspot[ocr]"'
        )
    with _LOADING:
        return _engine()


@cache
def _engine() -> Engine:
    return Engine(_loaded())


def _loaded() -> RapidOCR:
    from rapidocr import RapidOCR

    # What it logs is of no use here, and no word of a report may reach a log.
    logging.getLogger("RapidOCR").disabled = True
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            # Told where they are, it never looks for the networks elsewhere.
            "Det.model_path": _networks()["det"],
            "Rec.model_path": _networks()["rec"],
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _networks() -> dict[str, str | None]:
    """Files of the networks that find and recognise, as packaged with the engine."""
    folder = Path(str(resources.files("rapidocr"))) / "models"
    return {
        task: next((str(file) for file in sorted(folder.glob(f"*_{task}_*.onnx"))), None)
        for task in ("det", "rec")
    }


def _three(grey: Grey) -> NDArray[np.uint8]:
    """The picture as the engine takes one, ``(H, W, 3) uint8``."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(grey), cv2.COLOR_GRAY2BGR), np.uint8)


def sides(box: NDArray[np.float32]) -> tuple[float, float]:
    """Width and height of a box: pixels."""
    across = max(np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[2] - box[3]))
    down = max(np.linalg.norm(box[3] - box[0]), np.linalg.norm(box[2] - box[1]))
    return float(across), float(down)
