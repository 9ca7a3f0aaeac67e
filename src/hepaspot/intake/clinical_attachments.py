"""Words of the documents that a FHIR report carries in base64: plain text, or PDF."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from hepaspot.errors import TooLarge, UnreadableInput
from hepaspot.intake import bounds
from hepaspot.intake.clinical_resources import Attachment
from hepaspot.intake.encoding import decode_bytes

_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w-]{1,20})", re.IGNORECASE)

_CHARACTER_SETS: Final = frozenset(
    {"utf-8", "us-ascii", "iso-8859-1", "windows-1252", "gb18030", "gbk", "gb2312", "big5"}
)
"""Those that a report may name; Python knows others that take long, or give no text."""


def words_of_attachments(attachments: Sequence[Attachment], where: str) -> str:
    """The words of the first plain text, else of the first PDF, else none.

    Several forms of one report are equivalent by the standard: reading one is enough.

    Raises
    ------
    InputError
        If the document that is read is damaged, or over a bound.
    """
    for kind in ("text/plain", "application/pdf"):
        for each in attachments:
            if each.data and each.contentType.partition(";")[0].strip().lower() == kind:
                return _words(each, kind, where)
    return ""


def _words(attachment: Attachment, kind: str, where: str) -> str:
    try:
        data = base64.b64decode("".join(attachment.data.split()), validate=True)
    except ValueError:
        raise UnreadableInput(
            f"{where}: carries a document that is no base64; export it again"
        ) from None
    if kind == "application/pdf":
        from hepaspot.intake.pdf import words_of_pdf

        return words_of_pdf(data, where)
    if len(data) > bounds.TEXT_BYTES:
        raise TooLarge(
            f"{where}: carries a text larger than {bounds.TEXT_BYTES >> 20} MiB, which no single "
            "report is; give one report a file"
        )
    return _text(data, attachment.contentType, where)


def _text(data: bytes, content_type: str, where: str) -> str:
    """In the character set that is named; where it is unknown or lies, as the words tell."""
    named = _CHARSET.search(content_type)
    if named is not None and named[1].lower() in _CHARACTER_SETS:
        with suppress(UnicodeDecodeError):
            return data.decode(named[1])
    return decode_bytes(data, where).text
