"""Cut the font of the annotated picture: ``python training/subset_font.py NotoSansCJK-Regular.ttc``.

Keeps Latin and every character of the Chinese catalogues, so that a reworded message rarely
needs this again; a test says when it does. The font is free to be cut and renamed (SIL Open
Font License 1.1, its text beside the font). Needs fonttools, which matplotlib brings along.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path(__file__).parents[1] / "src" / "hepaspot" / "explain"
TARGET = SOURCE / "picture" / "font" / "hepaspot-sans-sc.otf"
FACE = "Noto Sans CJK SC"
NAME = "Hepaspot Sans SC"
"""A cut font carries another name, so that nobody takes it for the whole one."""

LATIN = "".join(map(chr, range(0x20, 0x7F))) + "°±²³·×éöü–—‘’“”…≤≥−√○●"
DOMAINS = ("term", "clinician", "picture")


def wanted() -> set[str]:
    """Every character that a picture may have to show."""
    texts = [LATIN]
    for domain in DOMAINS:
        for language in ("en", "zh"):
            file = SOURCE / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
            texts.append(file.read_text(encoding="utf-8"))
    return {char for text in texts for char in text if char.isprintable()}


def cut(face: TTFont, characters: set[str]) -> None:
    """Leave nothing in ``face`` but ``characters``, without hints and features."""
    options = subset.Options(
        layout_features=["kern"],
        hinting=False,
        desubroutinize=False,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        drop_tables=["GSUB", "GPOS", "vhea", "vmtx", "VORG", "BASE", "DSIG", "STAT"],
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(map(ord, characters)))
    cutter.subset(face)


def rename(face: TTFont) -> None:
    """Call the cut font by its own name."""
    names = {1: NAME, 3: f"{NAME} subset", 4: NAME, 6: NAME.replace(" ", "")}
    for record in face["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    fonts = face["CFF "].cff
    fonts.fontNames = [names[6]]
    fonts.topDictIndex[0].FullName = fonts.topDictIndex[0].FamilyName = NAME
    face["head"].modified = face["head"].created


def main() -> None:
    faces = TTCollection(sys.argv[1]).fonts
    face = next(each for each in faces if each["name"].getDebugName(4) == FACE)
    face.recalcTimestamp = False
    characters = wanted()
    cut(face, characters)
    rename(face)
    face.save(TARGET)
    print(f"{TARGET.name}: {len(characters)} characters, {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
