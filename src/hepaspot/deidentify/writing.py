"""Writes the new file: whole or not at all, and never over another one."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, ExplicitVRLittleEndian

from hepaspot._version import __version__
from hepaspot.deidentify.elements import UNREADABLE
from hepaspot.errors import OutputError, UnreadableInput
from hepaspot.intake.opening import shown_name

VERSION_NAME: Final = f"HEPASPOT_{__version__}"[:16]
"""(0002,0013) *Implementation Version Name*."""

OWN_VALUES: Final = frozenset({VERSION_NAME, str(PYDICOM_IMPLEMENTATION_UID)})
"""Values that every file written here has in its file meta information."""

_PIXEL_ELEMENT: Final = b"\xe0\x7f\x10\x00OB\0\0"
"""Tag, value representation and two reserved bytes (PS3.5 7.1.2)."""


@dataclass(frozen=True)
class Place:
    """Where a file is written: first under the name ``part``, in the end as ``path``."""

    part: Path
    path: Path


@contextmanager
def place_for(name: str, folder: Path) -> Iterator[Place]:
    """A place in ``folder``, made if need be; what was written is kept if all went well.

    Raises
    ------
    OutputError
        If there is a file of that name already, or it cannot be written.
    """
    place = Place(folder / f".{name}.part", folder / name)
    _claim(place)
    try:
        yield place
        with _told(place.path):
            place.part.replace(place.path)
    except BaseException:
        for path in (place.part, place.path):
            with suppress(OSError):
                path.unlink()
        raise


def _claim(place: Place) -> None:
    with _told(place.path):
        place.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.path.touch(exist_ok=False)
    except FileExistsError:
        raise OutputError(
            f"{shown_name(str(place.path))}: is there already, and nothing is written over; "
            "choose another -o"
        ) from None
    except OSError as error:
        raise _cannot(place.path, error) from None


def write(path: Path, dataset: Dataset, frames: Iterable[bytes], size: int, where: str) -> int:
    """Write a data set and ``size`` bytes of pixels in Explicit VR Little Endian.

    Returns
    -------
    int
        Where the pixels start in the file.

    Raises
    ------
    InputError
        If an element cannot be written, or a frame not be decoded.
    OutputError
        If the file cannot be written.
    """
    header = _header(dataset, where) + _PIXEL_ELEMENT + (size + size % 2).to_bytes(4, "little")
    with _told(path):
        file = path.open("wb")
    with file:
        for piece in chain([header], frames, [b"\0" * (size % 2)]):
            with _told(path):
                file.write(piece)
    return len(header)


def _header(dataset: Dataset, where: str) -> bytes:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    meta.ImplementationVersionName = VERSION_NAME
    dataset.file_meta = meta
    out = io.BytesIO()
    try:
        dcmwrite(out, dataset, enforce_file_format=True)
    except UNREADABLE:
        raise UnreadableInput(
            f"{where}: has a damaged element that cannot be written anew; export it again"
        ) from None
    return out.getvalue()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _cannot(path, error) from None


def _cannot(path: Path, error: OSError) -> OutputError:
    reason = (error.strerror or "input or output error").lower()
    return OutputError(f"{shown_name(str(path))}: cannot be written ({reason}); choose another -o")
