"""Line ends that a typewriter or a printed page made, and no sentence asked for."""

from __future__ import annotations

from collections.abc import Iterator

_LONG_LINE = 48
"""Characters of capitals that make a line long enough to have been wrapped."""
_FULL_LINE = 30
"""Characters of Chinese that make a line full, so that its end is no end of a sentence."""
_NEVER_FIRST = "，、：；。）,:;)"
"""Marks that begin no line of their own."""
_NEARBY = 12
"""Characters at the end of a line that tell whether it is Chinese."""
_HEADING = 32
"""Characters within which a colon tells that a line begins with a heading."""
_NEXT_LINE = 7
"""Characters of the next line that tell how it goes on."""


def soft_wraps(text: str) -> Iterator[tuple[int, int, str]]:
    """Find line ends inside a sentence: from, to and what a reader sees instead."""
    line_start = 0
    at = text.find("\n")
    while at >= 0:
        line = text[line_start:at].rstrip(" \t\r")
        after = text[at + 1 : at + 1 + _NEXT_LINE].lstrip(" \t")
        if line and after:
            if len(line) >= _FULL_LINE and _goes_on_in_chinese(line, after):
                yield line_start + len(line), at + 1, ""
            elif _goes_on(line, after, text[at + 1 : at + _HEADING]):
                yield line_start + len(line), at + 1, " "
        line_start = at + 1
        at = text.find("\n", line_start)


def _goes_on(line: str, after: str, heading: str) -> bool:
    if _is_shouted(line, after[0], heading):
        return True
    return line[-1].isascii() and _is_mid_sentence(line[-1], after)


def _is_mid_sentence(last: str, after: str) -> bool:
    if last.isalpha() and _is_number(after):
        return True
    open_ended = last.isalnum() or last == ","
    return open_ended and ("a" <= after[0] <= "z" or after[0] == "(")


def _is_shouted(line: str, first: str, heading: str) -> bool:
    """Whether both lines are written in capitals, and the next is no heading."""
    shouting = line[-1].isupper() and first.isupper()
    return shouting and len(line) >= _LONG_LINE and ":" not in heading


def _is_number(after: str) -> bool:
    """Whether the line begins with a number that is no number of a list."""
    return after[0].isdigit() and not after[1:3].strip("0123456789").startswith((".", ")", "、"))


def _goes_on_in_chinese(line: str, after: str) -> bool:
    """Whether a full line of Chinese was broken at its width, wherever that fell."""
    if after[0] in _NEVER_FIRST:
        return True
    if _is_chinese(line[-1]) and _is_chinese(after[0]):
        return True
    return any(map(_is_chinese, line[-_NEARBY:])) and _breaks_a_number(line, after)


def _breaks_a_number(line: str, after: str) -> bool:
    """Whether a number is broken, or parted from what it counts, as 1|2mm, 12m|m or S8|钙化灶."""
    last = line[-1]
    if last in "cm":
        return after[0] == "m"
    if last.isascii() and last.isdigit():
        is_segment = line[-2:-1] in "Ss" and _is_chinese(after[0])
        return after[0] in ".cm×段" or _is_number(after) or is_segment
    return last in ".×" and after[0].isascii() and after[0].isdigit()


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or character in "，、"
