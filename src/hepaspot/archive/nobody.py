"""Words that stand where a person's id should, and are nobody's: ANONYMOUS, 未知, 0.

Sources hand on hashes of ids, never the ids. So these words are hashed as well, in the letter
cases in which people and programs write them.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

_LONGEST: Final = 16
"""Digits of the longest id that is filled up with one sign (convention)."""

_WORDS: Final = (
    *("anonymous", "anonymized", "anonymised", "anonym", "anon", "de-identified", "deidentified"),
    *("unknown", "not known", "unnamed", "no name", "no id", "no_id", "noid", "not available"),
    *("none", "null", "nil", "n/a", "#n/a", "na", "<na>", "nan", "undefined", "missing", "empty"),
    *("test", "patient", "unknown patient", "anonymous patient", "test patient", "x", "xx", "xxx"),
    *("无", "无名", "无名氏", "匿名", "匿名患者", "未知", "不详", "不明", "空", "空白", "缺失"),
    *("未填", "未填写", "保密", "测试", "無", "無名氏", "未詳", "不詳", "/", "\\", ".", "*"),
)

_SIGNS: Final = ("0", "-", "?", "_", "—", "－", "？", "*")


def _written() -> set[str]:
    words = {*_WORDS, *(sign * count for sign in _SIGNS for count in range(1, _LONGEST + 1))}
    return {
        each
        for word in words
        for each in (word, word.upper(), word.title(), word.capitalize(), word.swapcase())
    } | {"NaN", "#N/A", "N/a"}


NOBODY: Final = frozenset(sha256(word.encode()).hexdigest() for word in _written())
"""Hashes of these words, as sources hash the id of a person."""
