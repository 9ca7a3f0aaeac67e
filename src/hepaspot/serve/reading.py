"""From files that a user sent, and words that they typed, to one exam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from hepaspot.errors import EmptyInput, InputError, TooLarge
from hepaspot.exam import Exam
from hepaspot.intake import open_report, plain_words
from hepaspot.intake.frames import PictureKind
from hepaspot.intake.photo_page import looks_like_page
from hepaspot.intake.pictures import open_page, open_picture
from hepaspot.reading import is_picture_file
from hepaspot.report import read_report
from hepaspot.serve.frame_files import FrameFiles, keep_all
from hepaspot.serve.holding import HeldFile
from hepaspot.serve.progress import Report, Stage, Step, counted, silent
from hepaspot.sonogram import read_frames

TYPED = "the text given"
"""What an error calls words that were typed or pasted."""


class PageOfWords(InputError):
    """A picture that is a photo of a page of words; ``file`` is its place among those sent."""

    def __init__(self, message: str, file: int) -> None:
        super().__init__(message)
        self.file = file


@dataclass(frozen=True)
class Read:
    """An exam as it was read, and the frames of its pictures by the id of their source."""

    exam: Exam
    pictures: dict[str, FrameFiles]


def read_all(
    files: Sequence[HeldFile],
    texts: Sequence[str],
    *,
    depth_cm: float | None = None,
    report: Report = silent,
) -> Read:
    """Read all that was sent of one examination.

    Parameters
    ----------
    files : sequence of HeldFile
        Reports and pictures, in any order.
    texts : sequence of str
        Reports as typed or pasted; empty ones are passed over.
    depth_cm : float, optional
        Depth of pictures that do not tell their scale.
    report : callable
        Is told each step, and may stop the reading.

    Raises
    ------
    InputError
        As `hepaspot.read`; `PageOfWords` where a picture is a photo of a page.
    Cancelled
        If ``report`` says so.
    """
    exams = [read_report(plain_words(text, TYPED)) for text in texts if text.strip()]
    pictures: list[FrameFiles | None] = [None] * len(exams)
    if not exams and not files:
        raise EmptyInput("there is nothing to read; give a report or a picture")
    try:
        for place, file in enumerate(files):
            step = Step(Stage.OPENING, file=place + 1, files=len(files))
            report(step)
            exam, frames = _read_one(file, place, depth_cm, report, step)
            exams.append(exam)
            pictures.append(frames)
        merged = exams[0].merge(*exams[1:])
    except BaseException:
        for frames in filter(None, pictures):
            frames.close()
        raise
    by_source = zip(merged.sources, pictures, strict=True)
    return Read(merged, {source.id: each for source, each in by_source if each is not None})


def _read_one(
    file: HeldFile, place: int, depth_cm: float | None, report: Report, step: Step
) -> tuple[Exam, FrameFiles | None]:
    if not is_picture_file(file.path):
        exam = read_report(open_report(file.path, name=file.name).text)
        return _called(exam, file.name), None
    try:
        frames = open_picture(file.path, depth_cm=depth_cm, name=file.name)
    except TooLarge:  # no ultrasound picture; a phone takes larger photos of a page
        if is_page_of_words(file):
            raise _page_of_words(file, place) from None
        raise
    if frames.kind is PictureKind.STILL and looks_like_page(next(iter(frames)).grey):
        raise _page_of_words(file, place)
    files, reading = FrameFiles(frames), replace(step, stage=Stage.READING)
    walked = replace(
        frames, walk=lambda: counted(keep_all(frames, files), frames.count, report, reading)
    )
    try:
        return read_frames(walked), files
    except BaseException:
        files.close()
        raise


def _called(exam: Exam, name: str) -> Exam:
    sources = tuple(msgspec.structs.replace(source, name=name) for source in exam.sources)
    return msgspec.structs.replace(exam, sources=sources)


def is_page_of_words(file: HeldFile) -> bool:
    """Whether a file is a photo of a page of words."""
    if not is_picture_file(file.path):
        return False
    try:
        return looks_like_page(next(iter(open_page(file.path, name=file.name))).grey)
    except InputError:
        return False  # DICOM, a clip, or damaged; opening it as a picture tells


def _page_of_words(file: HeldFile, place: int) -> PageOfWords:
    return PageOfWords(
        f"{file.name}: is a photo of a page of words; have its words read first, check them, "
        "and give them as text",
        place,
    )
