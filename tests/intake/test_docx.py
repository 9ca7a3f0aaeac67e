"""A Word file is read as the eye meets it, and no crafted one can exhaust the machine."""

from __future__ import annotations

import pytest
from intake.docxs import TEXT_BOX, archive, raw_docx, typed_docx

from hepaspot.errors import EmptyInput, TooLarge, UnreadableInput, UnsupportedInput
from hepaspot.intake import bounds, open_report
from hepaspot.intake.docx import words_of_docx

BILLION_LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def words(data: bytes) -> str:
    return words_of_docx(data, "x.docx")


def test_header_paragraphs_and_table_come_in_the_order_seen():
    data = typed_docx(
        "Findings",
        "Liver",
        header="Department of ultrasound",
        table=(("Liver", "calcification"), ("Ducts", "not dilated")),
    )
    assert words(data).split("\n") == [
        "Department of ultrasound",
        "Findings",
        "Liver",
        "Liver\tcalcification",
        "Ducts\tnot dilated",
        "after the table",
    ]


def test_a_text_box_is_read_once_where_it_stands():
    assert words(raw_docx(TEXT_BOX)).split("\n") == ["before", "in the box", "after"]


def test_words_that_the_author_took_out_are_not_read():
    body = (
        "<w:p><w:r><w:t>calcification</w:t></w:r>"
        "<w:del><w:r><w:delText>stone</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>stone</w:t></w:r></w:moveFrom></w:p>"
    )
    assert words(raw_docx(body)) == "calcification"


def test_tabs_and_breaks_are_kept_and_tab_stops_are_not_words():
    body = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>"
        "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>"
    )
    assert words(raw_docx(body)) == "a\tb\nc"


def test_a_word_file_without_words_says_so(tmp_path):
    path = tmp_path / "blank.docx"
    path.write_bytes(raw_docx("<w:p/>"))
    with pytest.raises(EmptyInput, match=r"is a Word file without words .*type the words"):
        open_report(path)


def test_an_entity_bomb_is_refused_before_it_goes_off():
    bomb = raw_docx("<w:p><w:r><w:t>&c;</w:t></w:r></w:p>", prolog=BILLION_LAUGHS)
    with pytest.raises(UnreadableInput, match=r"^x\.docx: declares XML entities"):
        words(bomb)


def test_a_part_that_inflates_two_hundredfold_is_refused():
    bomb = raw_docx("<w:p><w:r><w:t>" + "a" * 3_000_000 + "</w:t></w:r></w:p>")
    with pytest.raises(TooLarge, match=r"inflates to more than a report can hold"):
        words(bomb)


def test_a_part_over_the_bound_is_refused_however_well_it_is_packed():
    huge = raw_docx("<w:p/>" * (bounds.ZIP_MEMBER_BYTES // 6 + 1))
    with pytest.raises(TooLarge, match=r"inflates to more than a report can hold"):
        words(huge)


def test_more_words_than_a_report_holds_are_refused():
    many = "".join(f"<w:p><w:r><w:t>{i * 7919 % 10**9:x}</w:t></w:r></w:p>" for i in range(200_000))
    with pytest.raises(TooLarge, match=r"holds more than 1 MiB of words; give one report a file"):
        words(raw_docx(many))


def test_thousands_of_parts_are_refused():
    data = archive({f"part{i}": b"" for i in range(bounds.ZIP_MEMBERS + 1)})
    with pytest.raises(TooLarge, match=r"holds more than 2000 parts; save the report alone"):
        words(data)


def test_an_archive_that_is_no_word_file_is_named():
    with pytest.raises(UnsupportedInput, match=r"is an archive or another Office file; save"):
        words(archive({"a.txt": b"liver"}))


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_word_file_cut_short_is_damaged(keep):
    data = typed_docx("Liver")
    with pytest.raises(UnreadableInput, match=r"is a damaged Word file; open it in Word"):
        words(data[: int(len(data) * keep)])


def test_broken_xml_is_damaged():
    with pytest.raises(UnreadableInput, match=r"is a damaged Word file"):
        words(raw_docx("<w:p>"))


def test_a_protected_part_asks_for_a_file_without_password():
    data = bytearray(raw_docx("<w:p/>"))
    start = 0
    while (start := data.find(b"PK\x01\x02", start) + 1) > 0:
        data[start - 1 + 8] |= 1
    with pytest.raises(UnreadableInput, match=r"is protected by a password; save it without one"):
        words(bytes(data))
