"""A folder of tables is read whole, or refused with the file that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hepaspot.errors import KnowledgeError
from hepaspot.knowledge import load, load_from

Edit = Callable[[str, str, str], None]
Add = Callable[[str, str], None]
Refused = Callable[[str], None]


def test_a_copy_of_the_tables_is_the_same_knowledge(folder: Path) -> None:
    assert load_from(folder) == load()


def test_windows_line_ends_do_not_change_the_version(folder: Path) -> None:
    path = folder / "rules.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_from(folder).version == load().version


def test_a_corrected_figure_changes_the_version(folder: Path, edit: Edit) -> None:
    edit("likelihoods.toml", "{ strong = 25, weak = 5 }", "{ strong = 24, weak = 6 }")
    changed = load_from(folder)
    assert changed.version != load().version
    assert changed.row("echo-stone-k1").mean["weak"] > load().row("echo-stone-k1").mean["weak"]


def test_a_missing_file_is_named(folder: Path, refused: Refused) -> None:
    (folder / "signs.toml").unlink()
    refused("signs.toml: the file is missing; put it back into the folder")


def test_a_folder_in_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "signs.toml").unlink()
    (folder / "signs.toml").mkdir()
    with pytest.raises(KnowledgeError, match=r"^signs\.toml: cannot be read \(.+\)$"):
        load_from(folder)


def test_text_that_is_not_toml_is_refused_with_its_line(folder: Path) -> None:
    (folder / "rules.toml").write_text("[[rule]\n", encoding="utf-8")
    with pytest.raises(
        KnowledgeError, match=r"^rules\.toml: not TOML, .+line 1.+; correct that line$"
    ):
        load_from(folder)


def test_text_that_is_not_utf_8_is_refused(folder: Path, refused: Refused) -> None:
    (folder / "rules.toml").write_bytes("# Häufigkeit\n".encode("latin-1"))
    refused("rules.toml: not UTF-8; save it as UTF-8")


def test_an_empty_table_is_refused(folder: Path, refused: Refused) -> None:
    (folder / "causes.toml").write_text("", encoding="utf-8")
    refused("causes.toml: holds no row; write each as [[cause]]")


def test_a_table_of_another_name_is_refused(add: Add, refused: Refused) -> None:
    add("rules.toml", '\n[[rules]]\nid = "x"\n')
    refused("rules.toml: unknown table 'rules'; rows here are [[rule]] or [[group]]")
