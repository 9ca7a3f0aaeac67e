"""De-identifies one file: reads it, treats attributes and pixels, writes, and searches."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hepaspot.deidentify.cleaning import Counts, cleaned
from hepaspot.deidentify.elements import silence
from hepaspot.deidentify.marking import LOSSY, describe_pixels, mark, own_words
from hepaspot.deidentify.patient import identity
from hepaspot.deidentify.pixels import blanked, kept_box
from hepaspot.deidentify.proof import Search, left_in
from hepaspot.deidentify.secret import Key
from hepaspot.deidentify.source import placed, read_source
from hepaspot.deidentify.wish import Wish
from hepaspot.deidentify.writing import OWN_VALUES, place_for, write
from hepaspot.errors import InternalError, TooLarge, UnsupportedInput
from hepaspot.intake import open_picture
from hepaspot.intake.dicom_header import PIXELS
from hepaspot.intake.frames import Box, Frames, PictureKind
from hepaspot.intake.opening import shown_name


@dataclass(frozen=True)
class Done:
    """What was done to a file.

    Attributes
    ----------
    path : Path
        The new file.
    counts : Counts
    box : Box
        The part of each frame that was kept.
    frames : int
    blanked : bool
        Whether anything lay outside ``box``.
    """

    path: Path
    counts: Counts
    box: Box
    frames: int
    blanked: bool


def deidentify(
    path: str | os.PathLike[str], folder: str | os.PathLike[str], key: Key, wish: Wish
) -> Done:
    """Write a DICOM ultrasound picture without its patient into ``folder``.

    The new file is named after its new SOP Instance UID: names of files tell patients too.

    Parameters
    ----------
    path : str or os.PathLike
        A still or a clip.
    folder : str or os.PathLike
        Made if it is not there.
    key : Key
        Files treated under the same key stay together.
    wish : Wish

    Raises
    ------
    InputError
        If the file is no ultrasound picture in DICOM, is damaged, does not tell its
        ultrasound region, or shows a value in its pixels that was taken out.
    MissingExtra
        If the libraries that decode pictures are not installed.
    OutputError
        If there is such a file already, or it cannot be written.
    InternalError
        If a value that was taken out is left all the same; nothing is written then.
    """
    where = shown_name(os.fspath(path))
    frames = open_picture(path)
    if frames.kind is not PictureKind.DICOM:
        raise UnsupportedInput(f"{where}: is no DICOM file; only DICOM pictures are de-identified")
    box = kept_box(frames, wish, where)
    try:
        with silence():
            return _written(Path(path), Path(folder), key, wish, frames, box)
    except RecursionError:
        raise TooLarge(
            f"{where}: has sequences nested deeper than any picture's; export it again"
        ) from None


def _written(path: Path, folder: Path, key: Key, wish: Wish, frames: Frames, box: Box) -> Done:
    where = shown_name(os.fspath(path))
    source = read_source(path, where)
    patient = identity(source.dataset)
    with placed(where):
        clean = cleaned(source.dataset, key, patient, wish)
    dataset = clean.dataset
    is_blanked = box != Box(0, 0, frames.width, frames.height)
    describe_pixels(dataset, frames, box, lossy=source.syntax in LOSSY, sop_class=source.sop_class)
    mark(dataset, key, patient, wish, blanked=is_blanked)
    with place_for(f"{dataset.SOPInstanceUID}.dcm", folder) as place:
        size = frames.count * frames.width * frames.height
        header = write(place.part, dataset, blanked(frames, box), size, where)
        search = Search(clean, own_words(dataset) | OWN_VALUES)
        _refuse_what_is_left(left_in(place.part, header, search), where)
    return Done(place.path, clean.counts, box, frames.count, is_blanked)


def _refuse_what_is_left(tag: int | None, where: str) -> None:
    if tag is None:
        return
    if tag == PIXELS:
        raise UnsupportedInput(
            f"{where}: the grey levels in (7FE0,0010) spell a value that was taken out, so nothing "
            "was written; keep a smaller part with --keep-frame"
        )
    raise InternalError(
        f"{where}: ({tag >> 16:04X},{tag & 0xFFFF:04X}) would still hold a value that was taken "
        "out, so nothing was written; please send us this line"
    )
