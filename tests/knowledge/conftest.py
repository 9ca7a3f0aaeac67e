"""A copy of the packaged tables that a test may spoil."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from hepaspot.errors import KnowledgeError
from hepaspot.knowledge import load_from


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of every packaged table."""
    with as_file(files("hepaspot.knowledge")) as packaged:
        for table in packaged.glob("*.toml"):
            shutil.copy(table, tmp_path)
    return tmp_path


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str, str], None]:
    """Replace the first place where words stand in a file."""

    def replace(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture
def add(folder: Path) -> Callable[[str, str], None]:
    """Write words at the end of a file."""

    def append(file: str, text: str) -> None:
        with (folder / file).open("a", encoding="utf-8") as table:
            table.write(text)

    return append


@pytest.fixture
def refused(folder: Path) -> Callable[[str], None]:
    """Loading the folder fails with exactly these words, in one line."""

    def fails(words: str) -> None:
        with pytest.raises(KnowledgeError, match=f"^{re.escape(words)}$") as caught:
            load_from(folder)
        assert "\n" not in str(caught.value)

    return fails
