"""Whatever file a user gives is opened, or refused in one line that says what to do."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake.docxs import archive, typed_docx
from intake.pdfs import pdf, scanned_pdf

from hepaspot.errors import (
    EmptyInput,
    InputError,
    MissingInput,
    ScanWithoutText,
    TooLarge,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.intake import TextKind, bounds, open_report, read_stdin

WORDS = "肝右叶见强回声 9×3 mm，后伴声影"
CANARY = "WangXiaoming13800138000"


@pytest.fixture
def file(tmp_path):
    def write(data: bytes, name: str = "report.txt"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def refusal(path) -> InputError:
    with pytest.raises(InputError) as caught:
        open_report(path)
    return caught.value


def test_a_text_file_gives_its_words_name_and_encoding(file):
    path = file(WORDS.encode("gb18030"))
    report = open_report(path)
    assert (report.text, report.name) == (WORDS, str(path))
    assert (report.kind, report.encoding) == (TextKind.TEXT, "gb18030")


def test_a_pdf_gives_its_words_page_by_page(file):
    report = open_report(file(pdf(WORDS, "Impression: calcification"), "report.pdf"))
    assert report.text == f"{WORDS}\nImpression: calcification"
    assert (report.kind, report.encoding) == (TextKind.PDF, None)


def test_a_word_file_gives_its_words(file):
    report = open_report(file(typed_docx(WORDS), "report.docx"))
    assert (report.text, report.kind) == (WORDS, TextKind.DOCX)


@pytest.mark.parametrize("name", ["report.txt", "report.docx", "report"])
def test_the_content_tells_the_kind_not_the_extension(file, name):
    assert open_report(file(pdf(WORDS), name)).kind is TextKind.PDF


@pytest.mark.parametrize("data", [WORDS.encode(), pdf(WORDS), typed_docx(WORDS)])
def test_standard_input_takes_all_that_a_file_can_be(data):
    report = read_stdin(io.BytesIO(data))
    assert (report.text, report.name) == (WORDS, None)


def test_an_empty_standard_input_is_named_in_the_error():
    with pytest.raises(EmptyInput, match=r"^standard input: is empty; give a file"):
        read_stdin(io.BytesIO())


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    error = refusal(tmp_path / "nowhere.txt")
    assert isinstance(error, MissingInput)
    assert str(error).endswith("nowhere.txt: there is no such file; check the path")


def test_a_folder_is_no_report(tmp_path):
    error = refusal(tmp_path)
    assert isinstance(error, UnreadableInput)
    assert str(error).endswith(": is a folder; name the files in it")


def test_an_empty_file_is_said_to_be_empty(file):
    error = refusal(file(b""))
    assert isinstance(error, EmptyInput)
    assert str(error).endswith("report.txt: is empty; give a file with the report's text")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read all files")
def test_a_file_without_the_right_to_read_it_says_so(file):
    path = file(b"x")
    path.chmod(0)
    assert "cannot be opened (permission denied); check the path" in str(refusal(path))


def test_a_path_that_no_system_allows_is_refused_in_one_line():
    assert "cannot be opened (not a possible path)" in str(refusal("a\0b"))


def test_control_characters_of_a_file_name_do_not_reach_the_terminal(tmp_path):
    error = refusal(tmp_path / "\x1b[31mred.txt")
    assert "\x1b" not in str(error)
    assert "?[31mred.txt: there is no such file" in str(error)


def test_a_line_of_fifty_megabytes_is_too_large(file):
    error = refusal(file(b"a" * 50_000_000))
    assert isinstance(error, TooLarge)
    assert "is larger than 1 MiB, which no single report is; give one report a file" in str(error)


def test_an_endless_device_is_read_no_further_than_the_bound():
    if not Path("/dev/zero").exists():
        pytest.skip("no such device")
    assert isinstance(refusal("/dev/zero"), InputError)


def test_text_just_inside_the_bound_is_read(file):
    assert len(open_report(file(b"a" * bounds.TEXT_BYTES)).text) == bounds.TEXT_BYTES


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "is a JPEG picture, and only words are read"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "is a PNG picture"),
        (b"BM\x36\x00" + b"\0" * 40, "is a BMP picture"),
        (b"II*\x00" + b"\0" * 40, "is a TIFF picture"),
        (b"\0" * 128 + b"DICM" + b"\0" * 40, "is a DICOM file"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "is a HEIC picture"),
        (b"{\\rtf1 " + CANARY.encode(), "is an RTF file; save the report as plain text"),
        (b"<!DOCTYPE html><p>" + CANARY.encode(), "is an HTML page"),
        (b"\x1f\x8b\x08" + b"\0" * 40, "is a gzip archive"),
        (b"PK\x05\x06" + b"\0" * 18, "is an empty archive"),
    ],
)
def test_a_known_kind_that_is_not_read_is_named(file, data, kind):
    error = refusal(file(data))
    assert isinstance(error, UnsupportedInput)
    assert kind in str(error)


def test_words_that_open_like_a_picture_are_still_words(file):
    assert open_report(file(b"BMI 24, liver unremarkable")).kind is TextKind.TEXT


def test_an_old_or_protected_office_file_is_told_how_to_be_saved(file):
    error = refusal(file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "report.doc"))
    assert isinstance(error, UnreadableInput)
    assert "an old or a password-protected Office file; save it as .docx" in str(error)


@pytest.mark.parametrize("data", [scanned_pdf(2), pdf("")])
def test_a_scan_or_a_blank_page_is_told_apart_from_a_pdf_of_words(file, data):
    error = refusal(file(data, "scan.pdf"))
    assert isinstance(error, ScanWithoutText)
    assert "scan.pdf: no text in the PDF (a scan, or empty); give the PDF" in str(error)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + CANARY.encode(),
        b"%PDF-1.7\n" + CANARY.encode(),
        pdf(CANARY)[:-300],
        CANARY.encode() + b"\x00\x01",
        CANARY.encode() + b"\xff\xff\xfe",
        archive({CANARY: CANARY.encode()}),
        b"{\\rtf1 " + CANARY.encode(),
    ],
)
def test_no_error_says_a_word_of_the_content(file, data, capfd):
    error = refusal(file(data))
    said = "".join([str(error), repr(error), repr(error.__cause__), *capfd.readouterr()])
    assert CANARY not in said
    assert error.__suppress_context__ or error.__context__ is None
    assert "\n" not in str(error)


def opened_or_refused(data: bytes) -> None:
    said = ""
    try:
        said = f"standard input: {read_stdin(io.BytesIO(data)).text.strip()[:1]}"
    except InputError as error:
        said = str(error)
    assert said.startswith("standard input: ")
    assert len(said) > len("standard input: ")
    assert "\n" not in said


@given(st.binary(max_size=200).filter(lambda data: b"%PDF-" not in data))
def test_whatever_bytes_come_they_are_read_or_refused_by_name(data):
    opened_or_refused(data)


WORD_FILE = typed_docx(WORDS, header="Department")


@given(st.lists(st.tuples(st.integers(0, len(WORD_FILE) - 1), st.integers(0, 255)), max_size=8))
def test_a_word_file_with_flipped_bytes_is_read_or_refused_by_name(flips):
    data = bytearray(WORD_FILE)
    for place, byte in flips:
        data[place] = byte
    opened_or_refused(bytes(data))
