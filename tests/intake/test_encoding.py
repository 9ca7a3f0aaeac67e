"""Plain text comes out right in whatever way it was stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.errors import EmptyInput, UnreadableInput
from hepaspot.intake import decode_bytes
from hepaspot.intake.encoding import LIVER_REPORT_CHARACTERS

SIMPLIFIED = "肝右叶见一强回声，大小约9×3mm，后伴声影，考虑肝内钙化灶。"
TRADITIONAL = "肝右葉見一強回聲，大小約9×3mm，後伴聲影，考慮肝內鈣化灶。"
ENGLISH = "Echogenic focus of 9×3 mm in segment VI, 5 µm of nothing, no ductal dilatation."

WORDS_OF_BOTH_SCRIPTS = st.text(sorted(LIVER_REPORT_CHARACTERS), min_size=20, max_size=60)


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (TRADITIONAL, "cp950", "big5"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "utf-16-le", "utf-16-le"),
        (ENGLISH, "utf-8", "utf-8"),
        (ENGLISH, "cp1252", "cp1252"),
        (ENGLISH, "utf-16-le", "utf-16-le"),
        (ENGLISH, "utf-16-be", "utf-16-be"),
        ("Segment IV: 5–6 mm, Grégoire’s sign absent", "cp1252", "cp1252"),
        ("plain ASCII", "ascii", "utf-8"),
    ],
)
def test_a_report_is_read_in_the_encoding_it_was_stored_in(text, codec, name):
    assert decode_bytes(text.encode(codec)) == (text, name)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_not_part_of_the_words(codec):
    marked = "\ufeff肝内钙化灶\r\nLiver".encode(codec)
    assert decode_bytes(marked) == ("肝内钙化灶\nLiver", codec)


@pytest.mark.parametrize("words", ["肝内钙化灶", "肝内胆管结石", "右肝强回声", "未见扩张"])
def test_five_characters_in_gb18030_are_enough(words):
    assert decode_bytes(words.encode("gb18030")).text == words


@pytest.mark.parametrize("words", ["肝內鈣化灶", "肝內膽管結石", "右葉強回聲", "未見擴張"])
def test_five_characters_in_big5_are_enough(words):
    assert decode_bytes(words.encode("big5")).text == words


@given(WORDS_OF_BOTH_SCRIPTS)
def test_twenty_characters_of_a_report_survive_gb18030(words):
    assert decode_bytes(words.encode("gb18030")).text == words


@given(WORDS_OF_BOTH_SCRIPTS.map(lambda words: words.encode("cp950", "ignore").decode("cp950")))
def test_the_traditional_characters_of_a_report_survive_big5(words):
    if len(words) >= 20:
        assert decode_bytes(words.encode("cp950")).text == words


@given(WORDS_OF_BOTH_SCRIPTS, st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_twenty_characters_of_a_report_survive_unicode_without_a_mark(words, codec):
    assert decode_bytes(words.encode(codec)).text == words


@given(st.text("abcdefgh ILV,.\n0123456789", min_size=8).filter(lambda text: text.strip()))
def test_english_is_never_taken_for_chinese(text):
    assert decode_bytes(text.encode()).text == text


def test_gb18030_words_that_are_utf_8_by_accident_are_still_chinese():
    chars = [c for c in sorted(LIVER_REPORT_CHARACTERS) if _is_utf8(c.encode("gb18030"))]
    words = "".join(chars) * 2
    assert words
    assert decode_bytes(words.encode("gb18030")) == (words, "gb18030")


def test_line_ends_come_out_as_one_character():
    assert decode_bytes(b"a\r\nb\rc\n").text == "a\nb\nc\n"


@pytest.mark.parametrize("blank", [b"", b"  \n\t ", "\ufeff".encode(), "\u3000\n".encode()])
def test_blanks_hold_no_words(blank):
    with pytest.raises(EmptyInput, match=r"^x\.txt: holds no words; give a file"):
        decode_bytes(blank, "x.txt")


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("traced", "words"),
    [
        (SIMPLIFIED + "\x1a", SIMPLIFIED),
        ("\x1b[1m" + SIMPLIFIED + "\x1b[0m\n", SIMPLIFIED + "\n"),
        ("\x1b]0;title\x07" + SIMPLIFIED, SIMPLIFIED),
        (SIMPLIFIED + "\b\x7f", SIMPLIFIED + "  "),
        (SIMPLIFIED + "1\x015", SIMPLIFIED + "1 5"),
    ],
)
def test_a_few_traces_of_a_device_are_taken_out(traced, words, codec):
    assert decode_bytes(traced.encode(codec)).text == words


def test_a_file_of_nothing_but_its_end_mark_holds_no_words():
    with pytest.raises(EmptyInput, match=r"^x\.txt: holds no words"):
        decode_bytes(b"\x1a", "x.txt")


def test_an_encoding_that_shifts_is_not_taken_for_words():
    with pytest.raises(UnreadableInput, match=r"holds binary data"):
        decode_bytes("肝内钙化灶".encode("iso2022_kr", "replace") + b"\x1b$)A\x0e8N", "x.txt")


@pytest.mark.parametrize(
    "data", [b"liver\x00\x01\x02", b"\x00" * 40, b"\x01\x02\x03 liver", b"\xff\xfe\x00\x00\x41\x00"]
)
def test_binary_data_is_refused_as_binary(data):
    with pytest.raises(UnreadableInput, match=r"^x\.txt: holds binary data, not words; give"):
        decode_bytes(data, "x.txt")


def test_an_unknown_encoding_is_refused_rather_than_guessed():
    broken = SIMPLIFIED.encode() + b"\xff\xff"
    with pytest.raises(UnreadableInput, match=r"encoding is not known; save it as UTF-8$"):
        decode_bytes(broken, "x.txt")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
