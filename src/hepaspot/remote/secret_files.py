"""Files that hold one secret: a token, or a password."""

from __future__ import annotations

from pathlib import Path

from hepaspot.errors import InputError


def secret(path: Path | str | None) -> str | None:
    """What stands in a file with a password or a token; None where no file is named.

    Raises
    ------
    InputError
        If it cannot be read, or does not hold one line.
    """
    if path is None:
        return None
    try:
        told = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path}: cannot be read; check the path and your rights") from None
    if not told or not told.isprintable():
        raise InputError(f"{path}: holds no token or password in one line; write one into it")
    return told
