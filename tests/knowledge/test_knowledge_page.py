"""The page for physicians shows rows that are taken and words that are said."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from hepaspot.knowledge import load_from
from hepaspot.knowledge.load import TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "knowledge.md").read_text(encoding="utf-8")


def test_every_file_of_the_tables_is_on_the_page() -> None:
    listed = re.findall(r"^\| `(\w+\.toml)` \|", PAGE, re.MULTILINE)
    packaged = {each.name for each in files("hepaspot.knowledge").iterdir()}
    assert sorted(listed) == sorted(TABLES) == sorted(n for n in packaged if n.endswith(".toml"))


def test_the_worked_example_is_taken_and_gives_the_share_it_says(
    folder: Path, add: Callable[[str, str], None]
) -> None:
    source, row = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path = folder / "likelihoods.toml"
    start, _, rest = path.read_text(encoding="utf-8").partition(
        '[[row]]\nid = "upstream-stone-health"'
    )
    path.write_text(start + row + rest[rest.index("\n[[row]]") :], encoding="utf-8")
    add("sources.toml", source)
    mean = load_from(folder).row("upstream-stone-ex1").mean["dilated"]
    assert f"**{mean:.2f}**" in PAGE


def test_every_refusal_on_the_page_is_one_that_is_given() -> None:
    tests = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(__file__).parent.glob("test_knowledge_*_refused.py")
    )
    shown = re.findall(r"^\w+\.toml: (?:row '\w+': )?(.*)$", PAGE, re.MULTILINE)
    assert len(shown) == 5
    assert [words for words in shown if words not in tests] == []
