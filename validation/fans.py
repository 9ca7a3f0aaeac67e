"""How well fitted fans agree with the sectors outlined by hand: IoU, refusals, time."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from pictures import FOLDER, real_stills

from hepaspot.intake.frames import Box
from hepaspot.sonogram.fan_fit import find_fan
from hepaspot.sonogram.fan_outline import fan_mask


@dataclass(frozen=True)
class FanFigures:
    """Figures over all stills; a refused one counts as an IoU of 0."""

    stills: int
    mean_iou: float
    median_iou: float
    first_percentile: float
    least: float
    least_file: str
    refused: int
    ms_per_fit: float

    def __str__(self) -> str:
        return (
            f"fans of {self.stills} real stills: IoU mean {self.mean_iou:.3f}, "
            f"median {self.median_iou:.3f}, 1st percentile {self.first_percentile:.3f}, "
            f"least {self.least:.3f} ({self.least_file}); {self.refused} refused; "
            f"{self.ms_per_fit:.1f} ms a fit"
        )


def evaluate(folder: Path = FOLDER, every: int = 1) -> FanFigures:
    """Fit every n-th still of ``folder`` and compare it with its outlined sector."""
    files, overlaps, milliseconds, refused = [], [], [], 0
    for still in real_stills(folder, every):
        height, width = still.grey.shape
        start = time.perf_counter()
        fan = find_fan(still.grey, Box(0, 0, width, height)).fan
        milliseconds.append(1e3 * (time.perf_counter() - start))
        refused += fan is None
        files.append(still.file)
        overlaps.append(0.0 if fan is None else _iou(fan_mask(fan, (height, width)), still.sector))
    iou = np.array(overlaps)
    return FanFigures(
        stills=len(iou),
        mean_iou=float(iou.mean()),
        median_iou=float(np.median(iou)),
        first_percentile=float(np.quantile(iou, 0.01)),
        least=float(iou.min()),
        least_file=files[int(iou.argmin())],
        refused=refused,
        ms_per_fit=float(np.median(milliseconds)),
    )


def _iou(mask: np.ndarray, outline: np.ndarray) -> float:
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(drawn, [np.round(outline * 16).astype(np.int32)], 1, shift=4)
    inside = drawn > 0
    return float((mask & inside).sum() / (mask | inside).sum())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--every", type=int, default=1, help="every n-th still only")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(evaluate(options.folder, options.every))
