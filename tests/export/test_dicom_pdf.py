"""The clinician's page as PDF: what the page says, in letters that every reader shows."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from export.dicom_cases import CANARY_ID, case, dataset, demo
from pypdf import PdfReader

from hepaspot.explain.document import Line, Paragraph, Quotation, Run, Section
from hepaspot.export import export
from hepaspot.export.encapsulated_pdf import clinician_page
from hepaspot.export.summary import document

pytest.importorskip("reportlab", reason="the extra export is not installed")

EXAMPLES = Path(__file__).parents[2] / "examples"
REPORTS = {"en": EXAMPLES / "en-red-flags.txt", "zh": EXAMPLES / "zh-red-flags.txt"}


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return demo(tmp_path_factory.mktemp("pdf"))


@pytest.fixture(scope="module")
def pages(picture):
    return {
        language: clinician_page(case(picture, report, language=language))
        for language, report in REPORTS.items()
    }


def words(page: bytes) -> str:
    """All that stands in a PDF, without spaces and line breaks."""
    text = "".join(each.extract_text() for each in PdfReader(BytesIO(page)).pages)
    return "".join(text.split())


def embedded(page: bytes) -> dict[str, bool]:
    fonts = {}
    for each in PdfReader(BytesIO(page)).pages:
        for reference in each["/Resources"]["/Font"].values():
            font = reference.get_object()
            descriptor = font.get("/FontDescriptor")
            held = descriptor is not None and "/FontFile2" in descriptor.get_object()
            fonts[str(font["/BaseFont"])] = held
    return fonts


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_of_the_page_stands_in_the_pdf(picture, pages, language):
    said = document(case(picture, REPORTS[language], language=language))
    told = words(pages[language])
    lines = [line.text for line in said.trace if line.rule.partition(".")[0] != "page"]
    assert len(lines) > 60
    missing = [line for line in lines if "".join(line.split()) not in told]
    assert missing == []


def test_chinese_is_in_letters_that_travel_with_the_file(pages):
    assert "肝内胆管" in words(pages["zh"])
    fonts = embedded(pages["zh"])
    assert [name for name, held in fonts.items() if held and "Hepaspot" in name]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_says_that_it_is_preliminary_and_whose_it_is(picture, pages, language):
    said = document(case(picture, REPORTS[language], language=language))
    notice = "".join(said.banner[0].text.split())
    reader = PdfReader(BytesIO(pages[language]))
    assert len(reader.pages) > 2
    for each in reader.pages:
        told = "".join(each.extract_text().split())
        assert notice in told
        assert CANARY_ID in told
        assert "2024-01-31" in told


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Wang^Xiaoming=王^小明", "Wang Xiaoming / 王 小明"),
        ("=王^小明", "王 小明"),
        ("O'Neill^Ann^^Dr", "O'Neill Ann Dr"),
    ],
)
def test_a_name_stands_there_as_people_read_it(picture, written, read):
    here = case(picture)
    told = here.first.identity
    named = msgspec.structs.replace(
        told, patient=msgspec.structs.replace(told.patient, name=written)
    )
    page = clinician_page(replace(here, pictures=(replace(here.first, identity=named),)))
    assert "".join(f"{read} · {CANARY_ID}".split()) in words(page)


def test_the_marked_picture_stands_in_it_and_nothing_is_fetched(pages):
    reader = PdfReader(BytesIO(pages["en"]))
    sizes = [image.image.size for page in reader.pages for image in page.images]
    assert len(sizes) == 1
    assert min(sizes[0]) > 600
    assert b"/URI" not in pages["en"]
    assert b"/JavaScript" not in pages["en"]


def test_the_object_holds_the_page_byte_by_byte(picture):
    here = case(picture, REPORTS["en"])
    (file,) = export(here, "pdf")
    data, page = dataset(file.data), clinician_page(here)
    assert data.EncapsulatedDocument[: data.EncapsulatedDocumentLength] == page
    assert data.MIMETypeOfEncapsulatedDocument == "application/pdf"
    assert data.VerificationFlag == "UNVERIFIED"
    source = here.first.identity.sop_instance_uid
    assert [r.ReferencedSOPInstanceUID for r in data.SourceInstanceSequence] == [source]


def test_words_of_a_report_are_never_taken_for_mark_up(picture):
    from hepaspot.export.clinician_pdf import clinician_pdf

    said = document(case(picture))
    odd = '<b>&amp; <font size="90"> <para> é ñ 龘 한 \x07 𠮷'
    runs = (Run(odd, (1,), (1,)), Run("and\nthen", ()))
    quoted = Section(
        "report", Line("x", odd), (Quotation(Line("x", odd), runs), Paragraph((Line("x", odd),)))
    )
    page = clinician_pdf(type(said)(**{
        name: getattr(said, name) for name in said.__struct_fields__ if name != "sections"
    }, sections=(quoted,)), odd)  # fmt: skip
    told = words(page)
    assert told.count('<b>&amp;<fontsize="90"><para>éñ') >= 4
    assert "andthen" in told


def test_the_font_that_is_embedded_has_every_character_of_the_drawn_one():
    from PIL import ImageFont

    from hepaspot.explain.picture.lettering import font_bytes
    from hepaspot.export.pdf_lettering import load_fonts

    drawn = ImageFont.truetype(BytesIO(font_bytes()), 40)
    blank = drawn.getmask("￾").getbbox(), drawn.getlength("￾")
    catalogues = set()
    for domain in ("term", "clinician"):
        for language in ("en", "zh"):
            catalogue = (
                Path(__file__).parents[2]
                / f"src/hepaspot/explain/locale/{language}/LC_MESSAGES/{domain}.po"
            )
            catalogues |= set(catalogue.read_text(encoding="utf-8"))
    has = load_fonts()
    missing = {char for char in catalogues if char.isprintable()} - has
    assert not {
        char for char in missing if (drawn.getmask(char).getbbox(), drawn.getlength(char)) != blank
    }, "run training/outline_font.py anew"
