"""Writes small PDFs by hand: with words, without, many pages."""

from __future__ import annotations

import zlib


def pdf(*pages: str) -> bytes:
    """A PDF with one line of words a page, in a font that any reader knows.

    The font is a composite one with Adobe's Unicode encoding for simplified Chinese, so
    that English and Chinese are both written as UTF-16.
    """
    return _assembled([_words(page) for page in pages])


def scanned_pdf(pages: int = 1) -> bytes:
    """A PDF whose pages hold a grey box and no words, as a scan does."""
    return _assembled([b"0.5 g 72 72 400 600 re f"] * pages)


def inflating_pdf(inflated_bytes: int) -> bytes:
    """A PDF whose one page is deflated to a thousandth of its size."""
    packer = zlib.compressobj()
    block = b"BT (liver) Tj ET\n" * 65_536
    packed = b"".join(packer.compress(block) for _ in range(inflated_bytes // len(block) + 1))
    return _assembled([packed + packer.flush()], filters=b" /Filter /FlateDecode")


def _words(page: str) -> bytes:
    lines = page.split("\n")
    shown = b" 0 -16 Td ".join(
        b"<" + line.encode("utf-16-be").hex().encode() + b"> Tj" for line in lines
    )
    return b"BT /F1 12 Tf 72 720 Td " + shown + b" ET"


def _assembled(contents: list[bytes], filters: bytes = b"") -> bytes:
    first_page = 6
    kids = b" ".join(b"%d 0 R" % (first_page + 2 * i) for i in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % len(contents),
        (
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
            b"/DescendantFonts [4 0 R] >>"
        ),
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R "
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>"
        ),
        (
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880 "
            b"/Descent -120 /CapHeight 880 /StemV 93 /FontBBox [-25 -254 1000 880] >>"
        ),
    ]
    for i, content in enumerate(contents):
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (first_page + 2 * i + 1),
            b"<< /Length %d%b >>\nstream\n%b\nendstream" % (len(content), filters, content),
        ]
    return _with_table(objects)


def _with_table(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)
