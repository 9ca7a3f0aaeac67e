"""Reading one picture beside what others offer for parts of the job, on one core, in one run.

Run as ``python benchmarks/pictures.py``; the peers are those of the extra ``peer-picture``.
The picture is a phantom, 800 x 600. Nobody else answers the whole question; MONAI's confidence
map and scikit-image's Frangi filter and random walker are what a researcher would take for the
shadow, the tubes and the liver alone.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import cProfile
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from hepaspot.intake import open_picture
from hepaspot.intake.frames import Frame
from hepaspot.intake.processes import keep_loaded, let_go
from hepaspot.phantom import make
from hepaspot.phantom.making import DEMO, write_phantom
from hepaspot.sonogram.reading import view_of
from hepaspot.sonogram.still import read_still

CINE_FRAMES = 120
STAGES = {
    "fan": ("fan_fit.py", "find_fan"),
    "liver": ("liver.py", "outline_liver"),
    "marks": ("marks.py", "find_marks"),
    "beams and decibels": ("still.py", "field_of"),
    "foci and shadows": ("still.py", "measured"),
    "tubes": ("still.py", "with_its_tubes"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    with TemporaryDirectory() as folder:
        path = write_phantom(Path(folder), "still", DEMO).dicom
        frames = open_picture(path)
        first = next(iter(frames))
        reading = timed(lambda: read(first, frames), asked.runs)
        print(
            f"{frames.width} x {frames.height} still, after decoding, one core, median of {asked.runs}"
        )
        print(f"  hepaspot, whole reading       {1e3 * reading:9.1f} ms")
        for name, run in peers(first.grey):
            needed = timed(run, 3)
            print(f"  {name:<29} {1e3 * needed:9.1f} ms   {needed / reading:6.1f} times as long")
        alone, divided = opening(path)
        print(f"  opening and decoding, alone   {1e3 * alone:9.1f} ms (a process of its own)")
        print(
            f"  the same, many one by one     {1e3 * divided:9.1f} ms (divided from a loaded one)"
        )
        for stage, share in shares(first, frames):
            print(f"  share of {stage:<20} {share:9.0%}")
        cine(Path(folder))


def opening(path: Path) -> tuple[float, float]:
    """Until the first frame is there: seconds; of one picture, and of each of many."""
    alone = []
    for _ in range(5):
        let_go()
        start = time.perf_counter()
        next(iter(open_picture(path)))
        alone.append(time.perf_counter() - start)
    keep_loaded()
    time.sleep(1.0)
    return statistics.median(alone), timed(lambda: next(iter(open_picture(path))), 15)


def read(first: Frame, frames: object) -> None:
    """Everything that is done with one frame: fan, liver, foci, shadows, tubes."""
    view = view_of(first, frames)
    read_still(first, view.scene)


def timed(run: Callable[[], object], runs: int) -> float:
    """Median of some runs after one to warm up: seconds."""
    run()
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def peers(grey: np.ndarray) -> list[tuple[str, Callable[[], object]]]:
    """What is installed of the peers, each with its one job."""
    found: list[tuple[str, Callable[[], object]]] = []
    if find_spec("monai") is not None:
        import torch
        from monai.transforms import UltrasoundConfidenceMapTransform

        torch.set_num_threads(1)
        transform = UltrasoundConfidenceMapTransform()
        tensor = torch.from_numpy(grey[None].astype(np.float32))
        found.append(("MONAI, confidence map alone", lambda: transform(tensor)))
    if find_spec("skimage") is not None:
        from skimage.filters import frangi
        from skimage.segmentation import random_walker

        level = grey.astype(np.float32) / 255
        labels = np.zeros(grey.shape, np.int32)
        labels[grey.shape[0] // 2, grey.shape[1] // 2] = 1
        labels[:4] = 2
        found.append(("scikit-image, Frangi alone", lambda: frangi(level)))
        found.append(
            (
                "scikit-image, random walker",
                lambda: random_walker(level, labels, beta=130, mode="cg_j"),
            )
        )
    return found


def shares(first: Frame, frames: object) -> list[tuple[str, float]]:
    """Share of the time of a reading that each stage takes."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(10):
        read(first, frames)
    profile.disable()
    stats = pstats.Stats(profile).stats
    spent = {
        stage: next(
            (
                row[3]
                for (file, _, name), row in stats.items()
                if name == function and file.endswith(module)
            ),
            0.0,
        )
        for stage, (module, function) in STAGES.items()
    }
    whole = next(row[3] for (_, _, name), row in stats.items() if name == "read")
    return [*((stage, own / whole) for stage, own in spent.items())]


def cine(folder: Path) -> None:
    """A clip from the file to the exam, in a process of its own for its peak memory."""
    made = make(folder / "cine", count=1, seed=3, frames=CINE_FRAMES, target="calcification")[0]
    script = (
        "import sys, time, cv2; cv2.setNumThreads(1);"
        "from hepaspot.intake import open_picture; from hepaspot.sonogram import read_frames;"
        "start = time.perf_counter(); read_frames(open_picture(sys.argv[1]));"
        "print(time.perf_counter() - start,"
        " next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(made.dicom)], capture_output=True, text=True, check=True
    ).stdout.split()
    seconds, peak_mb = float(told[0]), int(told[1]) / 1024
    print(f"cine of {CINE_FRAMES} frames, from file to exam")
    print(f"  {CINE_FRAMES / seconds:.0f} frames/s, peak memory {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
