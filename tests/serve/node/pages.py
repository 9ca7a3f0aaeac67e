"""The pages about the node, and the tables in them."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
NODE = (DOCS / "node.md").read_text("utf-8")
CONFORMANCE = (DOCS / "conformance.md").read_text("utf-8")


def tables(page: str) -> dict[str, list[list[str]]]:
    """The rows of the first table under each heading, without marks of code."""
    found = {}
    for part in re.split(r"^#+ ", page, flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        lines = [line for line in text.splitlines() if line.startswith("|")]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
        plain = [[cell.replace("`", "") for cell in row] for row in rows]
        found[title.replace("`", "").strip()] = plain
    return found
