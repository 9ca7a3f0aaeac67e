"""Compile the message catalogues: ``python -m hepaspot.explain.catalogues``.

For translators and developers; needs Babel, which running hepaspot does not. Each
``locale/<language>/LC_MESSAGES/<domain>.po`` becomes a ``.mo`` beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hepaspot.explain.words import DOMAINS, LANGUAGES

LOCALE = Path(__file__).parent / "locale"
"""Where the catalogues are."""

NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""Put where gettext keeps the time of compiling, so that compiling twice changes nothing."""


def source_of(language: str, domain: str) -> Path:
    """The file that translators edit."""
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, domain: str) -> Catalog:
    """One catalogue as written by its translators."""
    with source_of(language, domain).open("rb") as file:
        return read_po(file, locale=language, domain=domain, abort_invalid=True)


def compiled(language: str, domain: str) -> bytes:
    """What the ``.mo`` file of a catalogue must hold; the same for the same sentences."""
    catalogue = read(language, domain)
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main() -> None:
    """Compile every catalogue."""
    for language in LANGUAGES:
        for domain in DOMAINS:
            source_of(language, domain).with_suffix(".mo").write_bytes(compiled(language, domain))


if __name__ == "__main__":
    main()
