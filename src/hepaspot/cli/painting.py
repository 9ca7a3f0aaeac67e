"""Colours for the answer on a terminal; the words are those of the plain text.

Rich decides what the terminal can show and leaves colour out under ``NO_COLOR``.
"""

from __future__ import annotations

from typing import ClassVar

from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.text import Text
from rich.theme import Theme

THEME = Theme(
    {
        "answer.file": "bold reverse",
        "answer.title": "bold",
        "answer.heading": "bold cyan",
        "answer.alert": "bold red",
        "answer.underline": "dim",
        "answer.quote": "dim",
        "answer.note": "cyan",
        "answer.likely": "cyan",
        "answer.possible": "dim cyan",
        "answer.unlikely": "bright_black",
        "answer.source": "dim",
    }
)


class AnswerHighlighter(RegexHighlighter):
    """Finds headings, alerts, quotations, bars and notes by the way the text is laid out."""

    base_style = "answer."
    highlights: ClassVar[list[str]] = [
        r"(?m)(?P<file>^### .+$)",
        r"(?m)(?P<title>^.+$)\n(?P<underline>^={3,}$)",
        r"(?m)(?P<heading>^.+$)\n(?P<underline>^-{3,}$)",
        r"(?m)(?P<alert>^!! .+\n!+$)",
        r"(?m)(?P<quote>^  \|)",
        r"(?P<note>\[\d+\])",
        r"(?P<likely>█+)",
        r"(?P<possible>░+)",
        r"(?P<unlikely>·{2,})",
        r"(?P<source>\((?:[A-Z]\d+(?:,\s+)?)+\))",
    ]


def show(text: str, console: Console | None = None) -> None:
    """Print an answer in colour."""
    console = console or Console(theme=THEME)
    console.print(AnswerHighlighter()(Text(text)), end="")
