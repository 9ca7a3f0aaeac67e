"""The clinician's page as PDF: the same document as the text and the HTML, laid out on A4."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from functools import partial, singledispatch
from io import BytesIO
from typing import TYPE_CHECKING, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    Table,
    TableStyle,
)
from reportlab.platypus import Paragraph as Written
from reportlab.platypus.doctemplate import SimpleDocTemplate

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
    Run,
    Section,
    Shown,
    Tone,
)
from hepaspot.export.pdf_lettering import FONT, lettered

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

MARGIN: Final = 18 * mm
"""Around the text of a page."""

PADDING: Final = 6
"""What reportlab leaves free within a frame on each side: points."""

FOOT: Final = 4 * mm
"""How far the foot of a page reaches into the text's lower margin, and stays away from the text."""

WIDTH: Final = A4[0] - 2 * MARGIN
"""Of the text."""

LARGEST_PICTURE: Final = 0.45 * A4[1]
"""Height of a picture, so that its caption stays with it (convention)."""

INK: Final = HexColor("#14181c")
FAINT: Final = HexColor("#5b6670")
ALERT: Final = HexColor("#a3212a")
LIT: Final = "#fff1a8"
TINTS: Final = {
    Tone.PLAIN: HexColor("#5b6670"),
    Tone.ALERT: ALERT,
    Tone.CALCIFICATION: HexColor("#0b6e4f"),
    Tone.DUCT_STONE: HexColor("#b35900"),
    Tone.DUCT_GAS: HexColor("#27598c"),
    Tone.OTHER: HexColor("#6c4a8f"),
}
"""Colour of a bar, dark enough for print in grey."""


def clinician_pdf(said: Document, whose: str) -> bytes:
    """``said`` as a PDF; the same bytes for the same document.

    Parameters
    ----------
    said : Document
    whose : str
        Stands at the foot of each page: patient, id, date of the study.
    """
    out = BytesIO()
    page = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - PADDING,
        rightMargin=MARGIN - PADDING,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 2 * FOOT,
        title=said.title.text,
        author="hepaspot",
        lang="zh-CN" if said.language == "zh" else "en",
        invariant=1,
    )
    foot = partial(_foot, said=said, whose=whose)
    page.build(list(_flow(said)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _style(
    size: float, colour: HexColor = INK, *, wide: bool = False, **more: object
) -> ParagraphStyle:
    """Letters of ``size`` points; ``wide`` ones break a line between any two."""
    return ParagraphStyle(
        "",
        fontName=FONT,
        fontSize=size,
        leading=1.42 * size,
        textColor=colour,
        alignment=TA_LEFT,
        wordWrap="CJK" if wide else None,
        **more,
    )


class _Styles:
    """How each kind of passage looks, in one language."""

    def __init__(self, language: str) -> None:
        wide = language == "zh"
        self.title = _style(17, spaceAfter=4, wide=wide)
        self.banner = _style(9.5, ALERT, wide=wide)
        self.heading = _style(12, spaceBefore=9, spaceAfter=3, wide=wide)
        self.alert = _style(12, ALERT, spaceBefore=9, spaceAfter=3, wide=wide)
        self.text = _style(9.5, spaceAfter=3, wide=wide)
        self.bullet = _style(9.5, leftIndent=10, bulletIndent=1, spaceAfter=2, wide=wide)
        self.quoted = _style(9.5, leftIndent=8, spaceAfter=3, wide=True)
        self.faint = _style(8.5, FAINT, spaceAfter=3, wide=wide)
        self.cell = _style(8.5, wide=wide)


def _flow(said: Document) -> Iterator[Flowable]:
    styles = _Styles(said.language)
    yield Written(lettered(said.title.text), styles.title)
    for line in said.banner:
        yield Written(lettered(line.text), styles.banner)
    for section in said.sections:
        yield from _section(section, styles)


def _section(section: Section, styles: _Styles) -> Iterator[Flowable]:
    style = styles.alert if section.tone is Tone.ALERT else styles.heading
    heading = Written(lettered(section.heading.text), style)
    flow = [each for block in section.blocks for each in _block(block, styles)]
    yield KeepTogether([heading, *flow[:1]])
    yield from flow[1:]


@singledispatch
def _block(block: Block, styles: _Styles) -> Iterator[Flowable]:
    raise TypeError(f"no PDF for a {type(block).__name__}")


@_block.register
def _(block: Paragraph, styles: _Styles) -> Iterator[Flowable]:
    yield Written(" ".join(map(_noted, block.lines)), styles.text)


@_block.register
def _(block: Bullets, styles: _Styles) -> Iterator[Flowable]:
    for line in block.lines:
        yield Written(_noted(line), styles.bullet, bulletText="–")


@_block.register
def _(block: Answer, styles: _Styles) -> Iterator[Flowable]:
    yield Written(_noted(block.question), styles.text)
    yield Written(" ".join(map(_noted, block.lines)), styles.bullet)


@_block.register
def _(block: Quotation, styles: _Styles) -> Iterator[Flowable]:
    yield Written(lettered(block.caption.text), styles.faint)
    marked = "".join(f"{_run(run)}{_numbers(run.ends)}" for run in block.runs)
    yield Written(marked, styles.quoted)


@_block.register
def _(block: Notes, styles: _Styles) -> Iterator[Flowable]:
    for note in block.notes:
        number = () if note.number is None else (note.number,)
        said = " ".join(map(_noted, note.lines))
        yield Written(f"{_numbers(number)} {lettered(note.words)} {said}", styles.text)


@_block.register
def _(block: Bars, styles: _Styles) -> Iterator[Flowable]:
    yield Written(lettered(block.caption.text), styles.faint)
    rows = [
        [
            Written(lettered(bar.name.text), styles.cell),
            _BarDrawn(bar.mean, bar.low, bar.high, TINTS[bar.tone]),
            Written(lettered(bar.figure.text), styles.cell),
        ]
        for bar in block.bars
    ]
    yield _table(rows, (0.27, 0.35, 0.38))


@_block.register
def _(block: Ledger, styles: _Styles) -> Iterator[Flowable]:
    yield Written(lettered(block.caption.text), styles.faint)
    rows = [
        [Written(_noted(cell), styles.cell) for cell in cells]
        for cells in (block.header, *(row.cells for row in block.rows))
    ]
    yield _table(rows, (0.24, 0.15, 0.31, 0.3), header=True)


@_block.register
def _(block: Figure, styles: _Styles) -> Iterator[Flowable]:
    yield Written(lettered(block.caption.text), styles.faint)


@_block.register
def _(block: Shown, styles: _Styles) -> Iterator[Flowable]:
    image = Image(BytesIO(b64decode(block.image.partition(",")[2])))
    times = min(WIDTH / image.imageWidth, LARGEST_PICTURE / image.imageHeight)
    image.drawWidth, image.drawHeight = times * image.imageWidth, times * image.imageHeight
    image.hAlign = "LEFT"
    yield KeepTogether([image, Written(lettered(block.caption.text), styles.faint)])


@_block.register
def _(block: Citations, styles: _Styles) -> Iterator[Flowable]:
    for each in block.citations:
        link = f" {lettered(each.href)}" if each.href else ""
        yield Written(f"{lettered(each.id)}&nbsp; {lettered(each.text)}{link}", styles.faint)


def _noted(line: Line) -> str:
    sources = f" ({', '.join(line.sources)})" if line.sources else ""
    return f"{lettered(line.text)}{_numbers(line.notes)}{lettered(sources)}"


def _numbers(notes: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in notes)


def _run(run: Run) -> str:
    """A stretch of the report, its line breaks kept, lit up where the answer rests on it."""
    lines = [lettered(line) for line in run.text.split("\n")]
    if run.notes:
        lines = [f'<font backColor="{LIT}">{line}</font>' for line in lines]
    return "<br/>".join(lines)


def _table(
    rows: list[list[Flowable]], shares: tuple[float, ...], *, header: bool = False
) -> Flowable:
    style: list[tuple[object, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
    if header:
        style.append(("LINEBELOW", (0, 0), (-1, 0), 0.6, FAINT))
    widths = [share * WIDTH for share in shares]
    return Table(
        rows, widths, repeatRows=int(header), hAlign="LEFT", style=TableStyle(style), spaceAfter=4
    )


class _BarDrawn(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """A probability as a bar, its interval as a line with ends."""

    def __init__(self, mean: float, low: float, high: float, tint: HexColor) -> None:
        super().__init__()
        self.shares = (mean, low, high)
        self.tint = tint
        self.width, self.height = 0.33 * WIDTH, 9.0

    def wrap(self, *_: float) -> tuple[float, float]:
        """Its width and height."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it at the origin of its canvas."""
        canvas: Canvas = self.canv
        mean, low, high = (share * self.width for share in self.shares)
        canvas.setStrokeColor(FAINT)
        canvas.setLineWidth(0.5)
        canvas.rect(0, 1, self.width, 7)
        canvas.setFillColor(self.tint)
        canvas.rect(0, 1, mean, 7, stroke=0, fill=1)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1)
        canvas.line(low, 4.5, high, 4.5)
        for end in (low, high):
            canvas.line(end, 2, end, 7)


def _foot(canvas: Canvas, page: SimpleDocTemplate, *, said: Document, whose: str) -> None:
    """On each page what it is not, whose it is, and which page it is."""
    style = _style(8, FAINT, wide=True)
    notice = said.banner[0].text if said.banner else ""
    top = MARGIN + FOOT
    for line in (notice, f"{whose}  ·  {page.page}"):
        foot = Written(lettered(line), style)
        _, height = foot.wrap(WIDTH, MARGIN)
        top -= height
        foot.drawOn(canvas, MARGIN, top)
