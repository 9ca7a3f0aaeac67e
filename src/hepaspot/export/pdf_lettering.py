"""Letters of a PDF: the packaged font, embedded, and one of the reader's for what it lacks."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib import resources
from io import BytesIO
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

FONT: Final = "Hepaspot"
"""The packaged font; it has Latin and every character of the catalogues."""

LATIN: Final = "Helvetica"
"""For letters with accents, and for quotation marks, which are wide in a Chinese font. Readers
of PDF bring it along (ISO 32000-1, 9.6.2.2)."""

OTHERS: Final = "STSong-Light"
"""For other characters of a quoted report; readers of PDF bring it along."""

QUOTES: Final = frozenset("‘’“”")


@cache
def load_fonts() -> frozenset[str]:
    """Make both fonts known to reportlab.

    Returns
    -------
    frozenset of str
        The characters of the packaged one.
    """
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    file = resources.files("hepaspot.export") / "font" / "hepaspot-sans-sc.ttf"
    packaged = TTFont(FONT, BytesIO(file.read_bytes()))
    registerFont(packaged)
    registerFont(UnicodeCIDFont(OTHERS))
    return frozenset(map(chr, packaged.face.charToGlyph))


def lettered(text: str) -> str:
    """``text`` as reportlab's mark-up, each stretch in a font that has its characters."""
    has = load_fonts() - QUOTES
    shown = "".join(map(_shown, unicodedata.normalize("NFC", text)))
    return "".join(
        _in_font(font, "".join(chars))
        for font, chars in groupby(shown, lambda char: _font_of(char, has))
    )


def _in_font(font: str, stretch: str) -> str:
    return escape(stretch) if font == FONT else f'<font name="{font}">{escape(stretch)}</font>'


def _font_of(char: str, has: frozenset[str]) -> str:
    if char in has:
        return FONT
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return OTHERS
    return LATIN


def _shown(char: str) -> str:
    """What no font of ours can show: a space for a control, a box for what is beyond UCS-2."""
    if not char.isprintable():
        return " "
    return char if ord(char) <= 0xFFFF else "□"
