"""Opens one picture, from a still to a cine, within bounds and in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec

from hepaspot.errors import (
    EmptyInput,
    MissingExtra,
    MissingInput,
    TooLarge,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.intake import picture_bounds as bounds
from hepaspot.intake.clinical_marks import is_own_file, own_picture
from hepaspot.intake.decoding import Decoding
from hepaspot.intake.frames import Frame, Frames, PictureKind
from hepaspot.intake.kinds import HEAD_BYTES, PictureFormat, picture_format
from hepaspot.intake.messages import PictureHead, Request
from hepaspot.intake.opening import shown_name

LEAST_DEPTH_CM: Final = 1.0
"""A told depth below this is a slip: cm. Physics: no probe shows less."""

MOST_DEPTH_CM: Final = 50.0
"""A told depth above this is a slip: cm. Physics: no echo returns from further."""

_NEEDED: Final = ("cv2", "PIL", "pydicom", "openjpeg", "jpeg_ls")
"""The libraries of the extra ``picture`` that decode."""

_KINDS: Final = {
    PictureFormat.DICOM: PictureKind.DICOM,
    PictureFormat.MP4: PictureKind.CLIP,
    PictureFormat.AVI: PictureKind.CLIP,
    PictureFormat.PNG: PictureKind.STILL,
    PictureFormat.JPEG: PictureKind.STILL,
    PictureFormat.TIFF: PictureKind.STILL,
    PictureFormat.WEBP: PictureKind.STILL,
    PictureFormat.BMP: PictureKind.STILL,
}


def open_picture(
    path: str | os.PathLike[str], *, depth_cm: float | None = None, name: str | None = None
) -> Frames:
    """The ultrasound picture in a file: DICOM, PNG, JPEG, TIFF, WebP, BMP, MP4, MOV or AVI.

    The kind is told by the content, not by the extension. Header and first frame are read
    at once, so that most of what can be wrong is known here; the further frames of a clip
    are decoded as they are walked over.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    depth_cm : float, optional
        Depth from the probe's face to the lower end of the beams, for a picture that does
        not tell its scale.
    name : str, optional
        What the user calls the file, where that is not its path.

    Raises
    ------
    InputError
        One of its kinds (see `hepaspot.errors`), in one line, with nothing of the patient.
    MissingExtra
        If the libraries that decode pictures are not installed.
    """
    called = os.fspath(path) if name is None else name
    where = shown_name(called)
    _check_depth(depth_cm, where)
    format = _format_of(Path(path), where)
    if format is None or format not in _KINDS:
        raise UnsupportedInput(
            f"{where}: is {format or 'no picture of a known kind'}, which is not read; give DICOM, "
            "PNG, JPEG, TIFF, WebP, BMP, MP4, MOV or AVI"
        )
    if format is PictureFormat.DICOM and is_own_file(path):
        raise own_picture(where)
    _check_extra(where)
    request = Request(os.fsencode(Path(path).absolute()), format)
    return _frames(request, called, depth_cm)


def open_page(path: str | os.PathLike[str], *, name: str | None = None) -> Frames:
    """The photo of a page of words: a PNG, JPEG, TIFF, WebP or BMP picture, upright.

    Other than an ultrasound picture it is turned as its camera notes, is grey all over, and
    a JPEG may have up to `picture_bounds.PAGE_PIXELS`; one over the bound of a frame comes
    at a half, a quarter or an eighth of its size.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    name : str, optional
        What the user calls the file, where that is not its path.

    Raises
    ------
    InputError, MissingExtra
        As `open_picture`; an `UnsupportedInput` for a clip or a DICOM file.
    """
    called = os.fspath(path) if name is None else name
    where = shown_name(called)
    format = _format_of(Path(path), where)
    if format is None or _KINDS.get(format) is not PictureKind.STILL:
        raise UnsupportedInput(
            f"{where}: is {format or 'no picture'}, and words are read from photos alone; give "
            "PNG, JPEG, TIFF, WebP or BMP"
        )
    _check_extra(where)
    request = Request(os.fsencode(Path(path).absolute()), format, page=True)
    return _frames(request, called, None)


def _frames(request: Request, called: str, depth_cm: float | None) -> Frames:
    where, format = shown_name(called), request.format
    head, first = _opened(request, where)
    return Frames(
        name=called,
        kind=_KINDS[format],
        count=head.count,
        width=head.width,
        height=head.height,
        view=head.view,
        scale=head.scale,
        walk=lambda: iter([first]) if head.count == 1 else _walk(request, head, where),
        frame_rate=head.frame_rate,
        notes=head.notes,
        depth_cm=depth_cm,
    )


def _check_depth(depth_cm: float | None, where: str) -> None:
    if depth_cm is not None and not LEAST_DEPTH_CM <= depth_cm <= MOST_DEPTH_CM:
        raise UnsupportedInput(
            f"{where}: cannot be {depth_cm:g} cm deep; give the depth shown on the screen, "
            f"{LEAST_DEPTH_CM:g} to {MOST_DEPTH_CM:g} cm"
        )


def _format_of(path: Path, where: str) -> PictureFormat | None:
    head, size = _head_of(path, where)
    if not size:
        raise EmptyInput(f"{where}: is empty; give a file with a picture")
    if size > bounds.FILE_BYTES:
        raise TooLarge(
            f"{where}: is larger than {bounds.FILE_BYTES >> 30} GiB; export a shorter clip"
        )
    return picture_format(head)


def _head_of(path: Path, where: str) -> tuple[bytes, int]:
    try:
        # Only a plain file: a pipe or a device could keep us waiting.
        if path.exists() and not path.is_file():
            what = "folder; name the pictures in it" if path.is_dir() else "device; give a file"
            raise UnreadableInput(f"{where}: is a {what}")
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES), path.stat().st_size
    except FileNotFoundError:
        raise MissingInput(f"{where}: there is no such file; check the path") from None
    except OSError as error:
        reason = (error.strerror or "not a possible path").lower()
    except ValueError as error:
        if isinstance(error, UnreadableInput):
            raise
        reason = "not a possible path"
    raise UnreadableInput(f"{where}: cannot be opened ({reason}); check the path and your rights")


def _check_extra(where: str) -> None:
    missing = [library for library in _NEEDED if find_spec(library) is None]
    if missing:
        raise MissingExtra(
            f"{where}: is a picture, and what decodes pictures is not installed; "
            'pip install "hepaspot[picture]"'
        )


def _opened(request: Request, where: str) -> tuple[PictureHead, Frame]:
    """The head of a picture and its first frame."""
    only_first = msgspec.structs.replace(request, frames=1)
    with Decoding(only_first, where) as decoding:
        head = decoding.head()
        return head, decoding.frame(head)


def _walk(request: Request, opened: PictureHead, where: str) -> Iterator[Frame]:
    with Decoding(request, where) as decoding:
        head = decoding.head()
        if (head.width, head.height, head.count) != (opened.width, opened.height, opened.count):
            raise UnreadableInput(f"{where}: changed since it was opened; read it again")
        yield from decoding.frames(head)
