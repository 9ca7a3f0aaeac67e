"""Opens a video (MP4, MOV, AVI) and walks over its frames with OpenCV's FFmpeg."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.frame_rate import likely_rate
from hepaspot.intake.frames import Box
from hepaspot.intake.messages import PictureHead
from hepaspot.intake.opened import Opened
from hepaspot.intake.refusals import bound_frames, bound_size, cut_short, damaged
from hepaspot.intake.shades import Planes

FRAMES_SHORT: Final = 2
"""A video may give this many frames fewer than it tells: edit lists hide some at its ends."""


def open_clip(path: Path) -> Opened:
    """Open the video at ``path``.

    Raises
    ------
    InputError
        Without the name of the file.
    """
    cv2.setNumThreads(1)
    # By its full path: FFmpeg takes "http:" and the like for a protocol, OpenCV "%d" for many.
    video = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
    width = int(video.get(cv2.CAP_PROP_FRAME_WIDTH))
    height = int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
    if not video.isOpened():
        raise damaged("its video cannot be opened, or is of a rare kind")
    bound_size(width, height)
    frames = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    if frames < 1:
        frames = _counted(path)
    bound_frames(frames)
    head = PictureHead(
        count=frames,
        width=width,
        height=height,
        view=Box(0, 0, width, height),
        frame_rate=likely_rate(video.get(cv2.CAP_PROP_FPS)),
    )
    return Opened(head, _frames(video, head))


def _counted(path: Path) -> int:
    """The number of frames of a video that does not tell it."""
    video = cv2.VideoCapture(str(path.resolve()), cv2.CAP_FFMPEG)
    return next(n for n in count() if n > bounds.FRAMES or not video.grab())


def _frames(video: cv2.VideoCapture, head: PictureHead) -> Iterator[Planes]:
    for given in range(head.count):
        there, shown = video.read()
        if there:
            yield _planes(shown)
        elif given < max(1, head.count - FRAMES_SHORT):
            raise cut_short()
        else:
            return


def _planes(shown: cv2.typing.MatLike) -> Planes:
    luma, red, blue = cv2.split(cv2.cvtColor(shown, cv2.COLOR_BGR2YCrCb))
    return Planes(*(np.asarray(plane, np.uint8) for plane in (luma, blue, red)))
