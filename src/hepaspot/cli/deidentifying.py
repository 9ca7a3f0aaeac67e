"""The command that takes the patient out of DICOM pictures."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from hepaspot.cli.faults import kind_and_place
from hepaspot.cli.stream import NowhereToWrite
from hepaspot.deidentify.secret import Key
from hepaspot.deidentify.wish import Wish
from hepaspot.errors import EmptyInput, HepaspotError, InternalError, MissingExtra
from hepaspot.intake import picture_files
from hepaspot.intake.frames import Box
from hepaspot.intake.opening import shown_name

if TYPE_CHECKING:
    from hepaspot.deidentify import Done

LOOK: Final = (
    "Words inside the part that is kept are not looked for: look at every picture before you "
    "share it."
)
NO_KEY: Final = (
    "The key of this run is gone: files of the same patient that you treat later will not match "
    "these. --key-file keeps one."
)

_KEEP: Final = re.compile(r"(\d{1,5}),(\d{1,5}),([1-9]\d{0,4}),([1-9]\d{0,4})")


def box_of(written: str | None) -> Box | None:
    """The box that the user wrote as X,Y,WIDTH,HEIGHT.

    Raises
    ------
    typer.BadParameter
        If it is written in another way.
    """
    if written is None:
        return None
    told = _KEEP.fullmatch(written)
    if told is None:
        raise typer.BadParameter(
            "give X,Y,WIDTH,HEIGHT in whole pixels, such as 120,60,680,459",
            param_hint="'--keep-frame'",
        )
    left, top, width, height = map(int, told.groups())
    return Box(left, top, left + width, top + height)


def deidentify_all(files: list[str], folder: Path, key_file: Path | None, wish: Wish) -> int:
    """De-identify each file; one that cannot be does not lose the others.

    Returns
    -------
    int
        0, or the exit code of the first file that failed.

    Raises
    ------
    HepaspotError
        If the extra is not installed, or there is no key or nothing to treat.
    """
    if find_spec("pydicom") is None:
        raise MissingExtra(
            'de-identifying: needs what is not installed; pip install "hepaspot[picture]"'
        )
    pictures = _pictures(files)
    key = Key.made() if key_file is None else _kept_key(key_file)
    codes = [_one(picture, folder, key, wish) for picture in pictures]
    failed = [code for code in codes if code]
    if len(codes) > len(failed):
        typer.echo(f"{len(codes) - len(failed)} of {len(codes)} files written. {LOOK}")
        if key_file is None:
            typer.echo(NO_KEY)
    return failed[0] if failed else 0


def _kept_key(path: Path) -> Key:
    is_new = not path.exists()
    key = Key.kept_in(path)
    if is_new:
        typer.echo(f"{shown_name(str(path))}: a new key; keep it where no one else comes")
    return key


def _pictures(files: list[str]) -> list[Path]:
    pictures = []
    for file in files:
        if not Path(file).is_dir():
            pictures.append(Path(file))
            continue
        found = picture_files(file)
        if not found:
            raise EmptyInput(f"{shown_name(file)}: holds no picture; name the folder of an exam")
        pictures += found
    return pictures


def _one(picture: Path, folder: Path, key: Key, wish: Wish) -> int:
    from hepaspot.deidentify import deidentify

    where = shown_name(str(picture))
    try:
        typer.echo(f"{where}: {_line(deidentify(picture, folder, key, wish))}")
    except NowhereToWrite:
        raise
    except HepaspotError as error:
        return _failed(error)
    except Exception as error:  # noqa: BLE001  its message may quote the file
        return _failed(
            InternalError(
                f"{where}: hepaspot failed on this file ({kind_and_place(error)}), and nothing was "
                "written; please send us this line, it holds nothing of the patient"
            )
        )
    return 0


def _failed(error: HepaspotError) -> int:
    typer.echo(f"hepaspot: {error}", err=True)
    return error.exit_code


def _line(done: Done) -> str:
    counts = done.counts
    told = [
        f"{counts.removed} elements removed, {counts.emptied} emptied",
        f"{counts.uids} UIDs and {counts.dates} dates changed",
    ]
    if counts.repeated:
        told.append(f"{counts.repeated} more emptied that repeated a removed value")
    told.append(f"{_kept(done)}; {shown_name(str(done.path))}")
    return ", ".join(told)


def _kept(done: Done) -> str:
    frames = "1 frame" if done.frames == 1 else f"{done.frames} frames"
    if not done.blanked:
        return f"nothing blanked in {frames}"
    box = done.box
    size = f"{box.right - box.left} × {box.bottom - box.top}"
    return f"{frames} black outside {size} pixels at {box.left},{box.top}"
