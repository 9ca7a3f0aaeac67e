"""Where an answer goes: the terminal, a pipe, a file, or a folder of files."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

import typer

from hepaspot.cli.options import Format
from hepaspot.cli.wish import STANDARD_INPUT
from hepaspot.errors import OutputError

_SUFFIXES: Final = {
    Format.TEXT: ".answer.txt",
    Format.JSON: ".answer.json",
    Format.HTML: ".answer.html",
}

_EXTENSION: Final = re.compile(r"\.[A-Za-z]{2,5}$")


class Target:
    """Takes the answers of one run, each where it belongs."""

    def __init__(self, output: Path | None, format: Format, *, several: bool) -> None:
        self._output = output
        self._format = format
        self._several = several
        self._is_folder = output is not None and (several or output.is_dir())
        self._taken: set[str] = set()
        if several and output is not None and _is_file_or_named_so(output):
            raise typer.BadParameter(
                f"{output} is a file, and several reports need a folder", param_hint="'-o'"
            )

    def put(self, file: str, text: str) -> None:
        """Write the answer to the report ``file``.

        Raises
        ------
        OutputError
            If it cannot be written, or would replace the report itself.
        """
        if self._output is not None:
            write_text(self._path_for(file, self._output), text, file)
        elif self._format is Format.TEXT:
            self._show(file, text)
        else:
            # JSON and HTML are UTF-8 whatever the terminal can show.
            sys.stdout.buffer.write(text.encode())
            sys.stdout.buffer.flush()

    def _path_for(self, file: str, output: Path) -> Path:
        if not self._is_folder:
            return output
        stem = "standard-input" if file == STANDARD_INPUT else Path(file).stem
        name, again = stem, 2
        while name in self._taken:
            name, again = f"{stem}-{again}", again + 1
        self._taken.add(name)
        return output / f"{name}{_SUFFIXES[self._format]}"

    def _show(self, file: str, text: str) -> None:
        heading = f"### {file}\n\n" if self._several else ""
        ending = "\n" if self._several else ""
        if sys.stdout.isatty():
            from hepaspot.cli.painting import show

            show(heading + text + ending)
        else:
            sys.stdout.write(heading + text + ending)


def _is_file_or_named_so(output: Path) -> bool:
    return not output.is_dir() and (output.exists() or bool(_EXTENSION.search(output.name)))


def write_text(path: Path, text: str, file: str) -> None:
    """Write what was made of ``file`` to ``path``, in folders that are made if need be.

    Raises
    ------
    OutputError
        If it cannot be written, or would replace ``file`` itself.
    """
    if file != STANDARD_INPUT and path.exists() and path.samefile(file):
        raise OutputError(f"{path}: is the report itself; name another file with -o")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise OutputError(f"{path}: cannot be written ({reason}); choose another -o") from None
