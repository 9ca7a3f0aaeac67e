"""Words of a Word file (.docx), as the eye meets them: header, body, notes, footer.

Office Open XML (ECMA-376) is a zip archive of XML parts. Only the parts that hold words
are inflated, each within bounds, and a document type declaration, which a Word file never
has and an entity bomb needs, is refused.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from hepaspot.errors import InputError, TooLarge, UnreadableInput, UnsupportedInput
from hepaspot.intake import bounds
from hepaspot.intake.wordml import Relationships, WordsOfPart

_BEFORE_BODY: Final = ("header",)
_AFTER_BODY: Final = ("footnotes", "endnotes", "footer")
_ENCRYPTED_FLAG: Final = 0x1
"""Bit 0 of a member's general purpose flag (APPNOTE.TXT 4.4.4)."""

_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    ValueError,
)
"""What `zipfile` and `expat` raise on damaged bytes."""


def words_of_docx(data: bytes, where: str) -> str:
    """The words of a Word file: paragraphs by line, cells of a table row by tab.

    Raises
    ------
    UnreadableInput
        If the file is damaged or protected.
    UnsupportedInput
        If it is another kind of archive.
    TooLarge
        If it is over a bound of `hepaspot.intake.bounds`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Package(archive, where).words()
    except InputError:
        raise
    except _DAMAGE:
        raise UnreadableInput(
            f"{where}: is a damaged Word file; open it in Word and save it again"
        ) from None


class _Package:
    """The archive that a Word file is."""

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        self._archive = archive
        self._where = where
        if len(archive.infolist()) > bounds.ZIP_MEMBERS:
            raise TooLarge(
                f"{where}: holds more than {bounds.ZIP_MEMBERS} parts; "
                "save the report alone as plain text"
            )

    def words(self) -> str:
        body = self._body()
        related = self._related(body)
        parts = [
            *(part for kind in _BEFORE_BODY for part in related.of_kind(kind)),
            body,
            *(part for kind in _AFTER_BODY for part in related.of_kind(kind)),
        ]
        return "\n".join(_without_repeats(self._words_of(part) for part in parts))

    def _body(self) -> str:
        bodies = self._related("").of_kind("officeDocument")
        if not bodies or "word" not in bodies[0].lower():
            raise UnsupportedInput(
                f"{self._where}: is an archive or another Office file; "
                "save the report as plain text, PDF or .docx"
            )
        return bodies[0]

    def _related(self, part: str) -> Relationships:
        folder, name = posixpath.split(part)
        target = posixpath.join(folder, "_rels", f"{name}.rels")
        relationships = Relationships(folder)
        if target in self._archive.NameToInfo:
            self._parse(target, relationships)
        return relationships

    def _words_of(self, part: str) -> str:
        words = WordsOfPart(bounds.TEXT_BYTES)
        self._parse(part, words)
        if words.overflowed:
            raise TooLarge(
                f"{self._where}: holds more than {bounds.TEXT_BYTES >> 20} MiB of words; "
                "give one report a file"
            )
        return words.text()

    def _parse(self, part: str, reader: Relationships | WordsOfPart) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.characters
        parser.buffer_text = True
        parser.Parse(self._inflate(part), True)

    def _refuse_doctype(self, *_: object) -> None:
        raise UnreadableInput(
            f"{self._where}: declares XML entities, which Word never does; "
            "open it in Word and save it again"
        )

    def _inflate(self, part: str) -> bytes:
        member = self._archive.NameToInfo.get(part)
        if member is None:
            raise zipfile.BadZipFile
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise UnreadableInput(f"{self._where}: is protected by a password; save it without one")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise zipfile.BadZipFile
        with self._archive.open(member) as stream:
            # The size that the archive declares can lie; what comes out is what counts.
            inflated = stream.read(bounds.ZIP_MEMBER_BYTES + 1)
        if _is_bomb(len(inflated), member.compress_size):
            raise TooLarge(
                f"{self._where}: inflates to more than a report can hold; "
                "save the report alone as plain text"
            )
        return inflated


def _is_bomb(inflated: int, deflated: int) -> bool:
    if inflated > bounds.ZIP_MEMBER_BYTES:
        return True
    ratio = inflated / max(deflated, 1)
    return inflated > bounds.ZIP_RATIO_FLOOR_BYTES and ratio > bounds.ZIP_RATIO


def _without_repeats(texts: Iterator[str]) -> list[str]:
    """First and even pages often repeat one header."""
    return list(dict.fromkeys(text for text in texts if text.strip()))
