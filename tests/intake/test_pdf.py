"""A PDF is read in a process apart, and refused when it is damaged, locked or endless."""

from __future__ import annotations

import io

import pytest
from intake.pdfs import inflating_pdf, pdf
from pypdf import PdfReader, PdfWriter

from hepaspot.errors import ScanWithoutText, TooLarge, UnreadableInput
from hepaspot.intake import bounds, pdf_process
from hepaspot.intake.pdf import words_of_pdf
from hepaspot.intake.processes import let_go


def words(data: bytes) -> str:
    return words_of_pdf(data, "x.pdf")


def protected(data: bytes, user_password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password=user_password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_lines_stay_lines():
    assert words(pdf("Liver: calcification\nDucts: not dilated")).splitlines() == [
        "Liver: calcification",
        "Ducts: not dilated",
    ]


def test_a_pdf_that_needs_a_password_is_refused():
    with pytest.raises(UnreadableInput, match=r"^x\.pdf: is protected by a password; save"):
        words(protected(pdf("Liver"), "secret"))


def test_a_pdf_that_only_its_owner_may_change_can_be_read():
    assert words(protected(pdf("Liver"), "")) == "Liver"


def test_pages_are_bounded():
    assert words(pdf(*["Liver"] * bounds.PDF_PAGES)).count("Liver") == bounds.PDF_PAGES
    with pytest.raises(TooLarge, match=r"^x\.pdf: has more than 50 pages; give the pages of one"):
        words(pdf(*["Liver"] * (bounds.PDF_PAGES + 1)))


def test_words_are_bounded(monkeypatch):
    monkeypatch.setattr(bounds, "TEXT_BYTES", 1 << 10)
    monkeypatch.setattr("hepaspot.intake.pdf._read_apart", pdf_process._words)
    assert words(pdf("a" * 600)) == "a" * 600
    with pytest.raises(TooLarge, match=r"holds more than \d+ MiB of words; give one report a file"):
        words(pdf("a" * 600, "a" * 600))


def test_a_font_that_hides_its_letters_is_no_text():
    with pytest.raises(ScanWithoutText, match=r"font does not say which letters it shows; copy"):
        words(pdf("\ue001\ue002\ue003\ue004 a"))


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"%PDF-1.7\ntrailer << /Root 1 0 R >>", pdf("a")[:120]]
)
def test_a_damaged_pdf_is_refused(data, capfd):
    with pytest.raises(UnreadableInput, match=r"^x\.pdf: is a damaged PDF; export it again$"):
        words(data)
    assert capfd.readouterr() == ("", "")


def test_a_pdf_that_takes_too_long_is_given_up(monkeypatch):
    let_go()  # one that is loaded already reads it in less
    monkeypatch.setattr(bounds, "PDF_SECONDS", 0.01)
    with pytest.raises(UnreadableInput, match=r"takes more than \d+ s or 1 GiB to read"):
        words(pdf("Liver"))


def test_a_page_that_inflates_without_end_is_given_up():
    with pytest.raises(UnreadableInput, match=r"takes more than 20 s or 1 GiB to read; export it"):
        words(inflating_pdf(200_000_000))
