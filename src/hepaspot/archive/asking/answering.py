"""What a reviewer is asked of each exam, and which answers there are, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final
from unicodedata import normalize

from hepaspot.exam import Entity
from hepaspot.explain.words import Words

NONE: Final = "none"
"""Said where nothing is wrong."""

UNSURE: Final = "unsure"
"""Said where the reviewer cannot decide whether something is wrong."""

NO_SPOT: Final = "no_spot"
SEVERAL: Final = "several"
CANNOT_TELL: Final = "cannot_tell"

SPOTS: Final = (*(entity.value for entity in Entity), CANNOT_TELL, SEVERAL, NO_SPOT)
"""What the bright spot is taken to be; ``several`` where spots differ."""

YES_OR_NO: Final = ("yes", "no")

COLUMNS: Final = (
    *("sheet", "row", "report", "earlier_report"),
    *("problems", "spot", "proven", "comment"),
)
"""Columns of a sheet; the answers of a page leave the reports out."""

ANSWERS: Final = ("problems", "spot", "proven")

HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "复核表": "sheet",
        "行": "row",
        "报告": "report",
        "既往报告": "earlier_report",
        "问题": "problems",
        "强回声灶": "spot",
        "另有依据": "proven",
        "备注": "comment",
    }
)
"""Chinese headings that stand for those of `COLUMNS`."""

_CHINESE: Final = {NONE: "无", UNSURE: "不确定"}

_MORE: Final[dict[str, dict[str, str]]] = {
    "problems": {"没有": NONE, "无问题": NONE, "没有问题": NONE, "无法判断": UNSURE},
    "spot": {"结石": "duct_stone", "积气": "duct_gas", "无": NO_SPOT, "没有": NO_SPOT},
    "proven": {"y": "yes", "n": "no", "有": "yes", "无": "no"},
}
"""What is understood beside the words that are told to the reviewer."""

_PROBLEM: Final = "archive.sheet.problem."


@cache
def problems(language: str = "en") -> Mapping[str, str]:
    """What may be wrong, and how it is put to the reviewer: the same list in every sheet."""
    words = Words(language)
    return MappingProxyType(
        {rule.removeprefix(_PROBLEM): words.say(rule) for rule in words.rules(_PROBLEM)}
    )


@cache
def answers(column: str) -> Mapping[str, str]:
    """Each answer of a column, and the Chinese word that stands for it."""
    words = Words("zh")
    if column == "problems":
        named = {name: words.say(f"archive.alert.{name}") for name in problems()}
        return MappingProxyType(_CHINESE | named)
    group, names = ("spot.", SPOTS) if column == "spot" else ("", YES_OR_NO)
    return MappingProxyType({name: words.say(f"archive.sheet.{group}{name}") for name in names})


@cache
def _meanings(column: str) -> Mapping[str, str]:
    told = answers(column)
    chinese = {word: answer for answer, word in told.items()}
    return {name: name for name in told} | chinese | _MORE[column]


def meant(column: str, said: str) -> str | None:
    """The answer that a reviewer's word stands for; None where it is no answer."""
    return _meanings(column).get(folded(said))


def folded(said: str) -> str:
    """A word without the letter case and the wide letters that an input method gives it."""
    return normalize("NFKC", said).strip().casefold()
