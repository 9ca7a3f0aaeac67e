"""The key of a sheet: which exam each row is and from which layer; stays with the result."""

from __future__ import annotations

from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

import msgspec

from hepaspot.archive.asking.private import write_private
from hepaspot.archive.asking.result import Audited
from hepaspot.archive.asking.strata import Stratum
from hepaspot.archive.plan import cannot_write
from hepaspot.errors import InputError

FOLDER: Final = "reviews"
"""Where keys and figures stand, inside the result."""

LETTERS: Final = "bcdfghjkmnpqrstvwxz"
"""What marks are made of: no spreadsheet takes such a word for a number or a date."""


class Drawn(msgspec.Struct, frozen=True):
    """One row of a sheet; ``words`` is a digest of what it shows."""

    row: str
    exam: str
    stratum: Stratum
    words: str


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What a sheet does not tell.

    Attributes
    ----------
    sheet : str
        The mark of the sheet.
    alert : str
        The alert that is reviewed.
    seed : int
        What the exams were drawn by.
    result : str
        Digest of the exams of the audit.
    sizes : dict of Stratum to int
        Exams of each layer in the archive.
    rows : tuple of Drawn
        In the order of the sheet.
    """

    sheet: str
    alert: str
    seed: int
    result: str
    sizes: dict[Stratum, int]
    rows: tuple[Drawn, ...]


def digest_of(result: Audited) -> str:
    """Changes when the exams of the audit do."""
    with result.tables["exams"].open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def mark(*parts: object, length: int = 8) -> str:
    """A word of letters that stands for some values."""
    number = int.from_bytes(sha256("\x1f".join(map(str, parts)).encode()).digest())
    found = ""
    for _ in range(length):
        number, place = divmod(number, len(LETTERS))
        found += LETTERS[place]
    return found


def digest_of_words(report: str, earlier: str) -> str:
    """The same for the same words, however a spreadsheet breaks the lines."""
    told = "\x1f".join(" ".join(words.split()) for words in (report, earlier))
    return sha256(told.encode()).hexdigest()[:32]


def keep(key: Key, result: Audited) -> Path:
    """Write the key into the result, readable by its owner alone.

    Raises
    ------
    OutputError
    """
    return write_beside(result, f"{key.sheet}.json", msgspec.json.format(msgspec.json.encode(key)))


def write_beside(result: Audited, name: str, data: bytes) -> Path:
    """Write a file of a review into the result, whole or not at all.

    Raises
    ------
    OutputError
    """
    folder = result.folder / FOLDER
    try:
        write_private(folder / name, data)
    except OSError as error:
        raise cannot_write(folder, error) from None
    return folder / name


def kept_key(result: Audited, sheet: str, where: str) -> Key:
    """The key of a sheet, by its mark.

    Raises
    ------
    InputError
        If the sheet is none of this result, or the audit is not the same any more.
    """
    folder = result.folder / FOLDER
    known = bool(sheet) and set(sheet) <= set(LETTERS)
    path = folder / f"{sheet}.json"
    if not known or not path.is_file():
        raise InputError(f"{where}: was not drawn from this result; name the one that it is of")
    try:
        key = msgspec.json.decode(path.read_bytes(), type=Key)
    except (OSError, msgspec.DecodeError):
        raise InputError(f"{path}: the key cannot be read; draw the sample anew") from None
    if key.result != digest_of(result):
        raise InputError(f"{where}: was drawn before this audit was made; draw the sample anew")
    return key
