"""Turn the font of the annotated picture into one that PDF writers embed: TrueType outlines.

``python training/outline_font.py`` after ``training/subset_font.py``. Needs fonttools, which
matplotlib brings along.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

PACKAGE = Path(__file__).parents[1] / "src" / "hepaspot"
SOURCE = PACKAGE / "explain" / "picture" / "font" / "hepaspot-sans-sc.otf"
TARGET = PACKAGE / "export" / "font" / "hepaspot-sans-sc.ttf"
MOST_OFF = 1.0
"""How far a curve may lie from the one it stands for: thousandths of the letters' size."""


def outline(face: TTFont) -> None:
    """Give ``face`` quadratic outlines in place of cubic ones."""
    order, glyphs = face.getGlyphOrder(), face.getGlyphSet()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, MOST_OFF, reverse_direction=True))
        drawn[name] = pen.glyph()
    face["loca"], face["glyf"] = newTable("loca"), newTable("glyf")
    face["glyf"].glyphOrder, face["glyf"].glyphs = order, drawn
    for name, glyph in drawn.items():
        glyph.recalcBounds(face["glyf"])
        width, _ = face["hmtx"][name]
        face["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
    del face["CFF "]
    face["maxp"] = _counts(len(order))
    face["post"].formatType = 3.0
    face.sfntVersion = "\000\001\000\000"


def _counts(glyphs: int) -> object:
    table = newTable("maxp")
    table.tableVersion, table.numGlyphs = 0x00010000, glyphs
    table.maxZones = 1
    for name in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"):
        setattr(table, name, 0)
    for name in ("maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(table, name, 0)
    return table


def main() -> None:
    face = TTFont(SOURCE)
    face.recalcTimestamp = False
    outline(face)
    face.save(TARGET)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
