"""A document as plain text for a terminal, wide (Chinese) characters counted as two columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from typing import Final
from unicodedata import east_asian_width

from hepaspot.explain.document import (
    Answer,
    Bars,
    Block,
    Bullets,
    Citations,
    Document,
    Figure,
    Ledger,
    Line,
    Notes,
    Paragraph,
    Quotation,
    Section,
    Shown,
    Tone,
)

COLUMNS: Final = 88
"""Width of a line, in terminal columns."""

BAR_COLUMNS: Final = 24
"""Width of a probability bar, in terminal columns."""

OPENING: Final = ("（", "「", "“")
"""Wide characters that a line must not end with."""

CLOSING: Final = "，。、；：？！）」”"
"""Wide characters that a line must not begin with."""


def render(document: Document) -> str:
    """``document`` as text that ends in a newline."""
    parts = [_title(document)]
    parts.extend(_section(section) for section in document.sections)
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(document: Document) -> str:
    title = document.title.text
    banner = "\n".join(_wrap(line.text, "") for line in document.banner)
    return f"{title}\n{'=' * _columns(title)}\n{banner}"


def _section(section: Section) -> str:
    heading = section.heading.text
    mark = "!! " if section.tone is Tone.ALERT else ""
    rule = ("!" if mark else "-") * _columns(mark + heading)
    blocks = "\n\n".join(_block(block) for block in section.blocks)
    return f"{mark}{heading}\n{rule}\n{blocks}"


@singledispatch
def _block(block: Block) -> str:
    raise TypeError(f"no text for a {type(block).__name__}")


@_block.register
def _(block: Paragraph) -> str:
    return _wrap(_sentences(block.lines), "")


@_block.register
def _(block: Bullets) -> str:
    return "\n".join(_wrap(_noted(line), "  ", first="- ") for line in block.lines)


@_block.register
def _(block: Answer) -> str:
    answer = _wrap(_sentences(block.lines), "  ", first="  ")
    return f"{_wrap(block.question.text, '')}\n{answer}"


@_block.register
def _(block: Quotation) -> str:
    parts = []
    for run in block.runs:
        ends = "".join(f"[{number}]" for number in run.ends)
        parts.append(f"{run.text}{ends}")
    body = "".join(parts).strip()
    lines = [_wrap(line, "  | ", first="  | ") for line in body.splitlines() if line.strip()]
    return "\n".join([block.caption.text, *lines])


@_block.register
def _(block: Notes) -> str:
    parts = []
    for note in block.notes:
        number = f"[{note.number}] " if note.number is not None else ""
        parts.append(_wrap(f"{number}{note.words} {_sentences(note.lines)}", "    "))
    return "\n".join(parts)


@_block.register
def _(block: Bars) -> str:
    width = max(_columns(bar.name.text) for bar in block.bars)
    rows = [
        f"  {_pad(bar.name.text, width)}  {_bar(bar.mean, bar.low, bar.high)}  {bar.figure.text}"
        for bar in block.bars
    ]
    return "\n".join([block.caption.text, *rows])


@_block.register
def _(block: Ledger) -> str:
    rows = [[_noted(cell) for cell in row.cells] for row in block.rows]
    parts = [block.caption.text]
    for finding, ratio, lean, quoted in rows:
        parts.append(_wrap(f"{finding}: {ratio}", "    ", first="  "))
        parts.append(_wrap(f"{lean} {quoted}", "      ", first="      "))
    return "\n".join(parts)


@_block.register
def _(block: Figure) -> str:
    return _wrap(block.caption.text, "")


@_block.register
def _(block: Shown) -> str:
    return _wrap(f"[{block.alt.text}]", "")


@_block.register
def _(block: Citations) -> str:
    return "\n".join(
        _wrap(f"{c.id}  {c.text}{'  ' + c.href if c.href else ''}", "    ") for c in block.citations
    )


def _sentences(lines: tuple[Line, ...]) -> str:
    text = ""
    for line in lines:
        wide = text and _is_wide(text[-1])
        text += ("" if wide or not text else " ") + _noted(line)
    return text


def _noted(line: Line) -> str:
    notes = "".join(f"[{number}]" for number in line.notes)
    sources = f" ({', '.join(line.sources)})" if line.sources else ""
    return f"{line.text}{notes}{sources}"


def _bar(mean: float, low: float, high: float) -> str:
    cells = []
    for cell in range(BAR_COLUMNS):
        at = (cell + 0.5) / BAR_COLUMNS
        inside = low <= at <= high
        cells.append("█" if at <= mean else "░" if inside else "·")
    return "".join(cells)


def _wrap(text: str, indent: str, *, first: str = "") -> str:
    return "\n".join(_filled(text, first, indent))


def _filled(text: str, first: str, indent: str) -> Iterator[str]:
    line, fresh = first, True
    for piece in _pieces(text):
        if not fresh and _columns(line + piece.rstrip()) > COLUMNS:
            yield line.rstrip()
            line = indent + piece.lstrip()
        else:
            line += piece
        fresh = False
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    piece = ""
    for character in text:
        if _is_wide(character) and character not in CLOSING and piece[-1:] not in OPENING:
            if piece:
                yield piece
            piece = character
        else:
            piece += character
            if character == " ":
                yield piece
                piece = ""
    if piece:
        yield piece


def _columns(text: str) -> int:
    return sum(2 if _is_wide(character) else 1 for character in text)


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))
