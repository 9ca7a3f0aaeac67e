"""Plain text from bytes: UTF-8, UTF-16, GB18030 and Big5, recognised without a mark.

Twenty Chinese characters are too few for the statistics of a general detector, but a
liver report is written in few characters: of the readings that a codec accepts at all,
the one that speaks of liver, ducts and echoes is the right one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from hepaspot.errors import EmptyInput, UnreadableInput
from hepaspot.intake.controls import CONTROLS, binary_data, plain_words, without_controls

LIVER_REPORT_CHARACTERS: Final = frozenset(
    "肝胆膽管钙鈣化灶结結石内內外左右前后後叶葉段强強回声聲影斑点點团團光带帶区區高密度"
    "见見未无無明显顯扩擴张張伴有可探及大小约約直径徑约形态態正常清晰包膜实實质質均匀勻"
    "门門静靜脉脈腔壁囊肿腫瘤脂肪多发發散在单單个個数數较較性考虑慮除待排建议議复複查随隨"
    "访訪超检檢所提示诊診断斷描述不的为為一二三其余餘下方边邊界血流信号號积積气氣部局"
    "是否术術史病变變低等于於与與上中位置增厚光滑欠毫米示意义義像图圖脾胰肾腎尾头頭体體"
    "×，。、；："
)
"""Characters that liver reports are made of, simplified and traditional."""

WEIGHT_LIVER: Final = 3.0
WEIGHT_COMMON: Final = 1.0
WEIGHT_RARE: Final = -1.0
WEIGHT_FOREIGN: Final = -3.0
"""What one character adds to the mean score of a reading.

By convention; only the order matters. Foreign is what no report holds: private-use and
control characters, Hangul, Yi, and the like.
"""

WESTERN_SCORE: Final = 1.25
"""Score of a Western reading whose accented letters and marks stand alone (convention)."""

_GB2312_LEVEL_1: Final = range(0xB0, 0xD8)
_BIG5_LEVEL_1: Final = range(0xA4, 0xC7)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODECS: Final = (
    ("gb18030", "gb18030"),
    ("big5", "cp950"),
    ("big5", "big5hkscs"),
    ("utf-16-le", "utf-16-le"),
    ("utf-16-be", "utf-16-be"),
)
_RUN_OF_HIGH_BYTES: Final = re.compile(rb"[\x80-\xff]{2}")
_SAMPLE: Final = 20_000
"""Characters that a score looks at; a megabyte would tell no more."""


class Decoded(NamedTuple):
    """Text, and how it was stored."""

    text: str
    encoding: str


def decode_bytes(data: bytes, where: str = "text") -> Decoded:
    """Plain text from ``data``, every line end a line feed, without a byte order mark.

    Raises
    ------
    EmptyInput
        If there are no words.
    UnreadableInput
        If the bytes are not text, or in an encoding that is not known for sure.
    """
    if not data.strip():
        raise EmptyInput(f"{where}: holds no words; give a file with the report's text")
    decoded = _marked(data, where) or _unmarked(data) or _unmarked(_tidied(data))
    if decoded is None:
        raise _not_text(_tidied(data), where)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise EmptyInput(f"{where}: holds no words; give a file with the report's text")
    return Decoded(text, decoded.encoding)


def _not_text(data: bytes, where: str) -> UnreadableInput:
    if b"\x00" in data or CONTROLS.search(data[:_SAMPLE].decode("latin-1")):
        return binary_data(where)
    return UnreadableInput(f"{where}: its character encoding is not known; save it as UTF-8")


def _marked(data: bytes, where: str) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _decoded(data[len(mark) :], encoding)
            if text is None:
                raise _not_text(data, where)
            return Decoded(plain_words(text, where), encoding)
    return None


def _tidied(data: bytes) -> bytes:
    """Without controls, where no character of several bytes can hold one."""
    # UTF-8, GB18030 and Big5 keep clear of them; UTF-16 does not, and is tried before.
    text = without_controls(data.decode("latin-1"))
    return data if text is None else text.encode("latin-1")


def _unmarked(data: bytes) -> Decoded | None:
    return _utf8(data) or _recognised(data)


def _utf8(data: bytes) -> Decoded | None:
    text = _decoded(data, "utf-8")
    if text is None or CONTROLS.search(text):
        return None
    # A few GB18030 words are UTF-8 by accident, then only as letters below U+0800.
    if all(char < "\u0800" for char in text) and not text.isascii():
        chinese = _decoded(data, "gb18030")
        if chinese is not None and _score(chinese) > WESTERN_SCORE:
            return Decoded(chinese, "gb18030")
    return Decoded(text, "utf-8")


def _recognised(data: bytes) -> Decoded | None:
    best = max(_readings(data), key=lambda reading: reading[0], default=None)
    return best[1] if best is not None and best[0] > 0 else None


def _readings(data: bytes) -> Iterator[tuple[float, Decoded]]:
    for encoding, codec in _CODECS:
        text = _decoded(data, codec)
        if text is not None and not CONTROLS.search(text):
            yield _score(text), Decoded(text, encoding)
    if not _RUN_OF_HIGH_BYTES.search(data):
        western = _decoded(data, "cp1252")
        if western is not None and not CONTROLS.search(western):
            yield WESTERN_SCORE, Decoded(western, "cp1252")


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _score(text: str) -> float:
    """Mean weight of the characters that are not ASCII; plain English scores as Western."""
    weights = [_weight(char) for char in text[:_SAMPLE] if not char.isascii()]
    return sum(weights) / len(weights) if weights else WESTERN_SCORE


@lru_cache(maxsize=8192)
def _weight(char: str) -> float:
    if char in LIVER_REPORT_CHARACTERS:
        return WEIGHT_LIVER
    if "\u4e00" <= char <= "\u9fff":
        return WEIGHT_COMMON if _is_common(char) else WEIGHT_RARE
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uff5e" or char < "\u2700":
        return WEIGHT_COMMON
    return WEIGHT_RARE if "\u3400" <= char <= "\u4dbf" else WEIGHT_FOREIGN


def _is_common(char: str) -> bool:
    """Whether GB 2312 or Big5 lists the character on its level of frequent ones."""
    return any(
        encoded[0] in level
        for encoded, level in (
            (char.encode("gb2312", "replace"), _GB2312_LEVEL_1),
            (char.encode("big5", "replace"), _BIG5_LEVEL_1),
        )
    )
