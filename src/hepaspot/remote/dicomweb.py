"""A DICOMweb server: QIDO-RS finds, WADO-RS brings (PS3.18, 10.4 and 10.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from hepaspot.errors import InputError, TooLarge
from hepaspot.intake.dicom_head import is_uid
from hepaspot.remote.servers import Away, Server

PAGE: Final = 500
"""What is asked for at once (convention)."""

MOST_OBJECTS: Final = 5000
"""Objects of one study that are fetched (convention)."""

LISTING_BYTES: Final = 64 << 20
"""Longest answer to a query (convention)."""

JSON: Final = "application/dicom+json"
OBJECT: Final = 'multipart/related; type="application/dicom"; transfer-syntax=*'


class FoundStudy(NamedTuple):
    """A study that a server has; ``patient`` is an id, and is not to be shown."""

    uid: str
    date: str
    patient: str
    accession: str

    def __repr__(self) -> str:
        return "FoundStudy(...)"


class FoundObject(NamedTuple):
    """An object that a server has."""

    series: str
    instance: str
    sop_class: str


def studies(server: Server, modality: str) -> Iterator[FoundStudy]:
    """Every study with a series of a modality.

    Raises
    ------
    Away, Refused
        As `Server.asked`.
    """
    asked = {"ModalitiesInStudy": modality, "includefield": "00080020,00080050,00100020"}
    seen: set[str] = set()
    for item in _listed(server, f"{server.url}/studies", asked, most=None):
        uid = _text(item, "0020000D")
        if is_uid(uid) and uid not in seen:
            seen.add(uid)
            told = (_text(item, tag) for tag in ("00080020", "00100020", "00080050"))
            yield FoundStudy(uid, *told)


def objects(server: Server, study: str) -> Iterator[FoundObject]:
    """Every object of a study.

    Raises
    ------
    Away, Refused
        As `Server.asked`.
    """
    where = f"{server.url}/studies/{study}/instances"
    seen: set[str] = set()
    for item in _listed(server, where, {"includefield": "00080016"}, most=MOST_OBJECTS):
        series, instance = _text(item, "0020000E"), _text(item, "00080018")
        if is_uid(series) and is_uid(instance) and instance not in seen:
            seen.add(instance)
            yield FoundObject(series, instance, _text(item, "00080016"))


def bring(
    server: Server,
    study: str,
    found: FoundObject,
    write: Callable[[bytes], object],
    *,
    most_bytes: int,
) -> None:
    """Write an object as the server has it, in the transfer syntax that it is stored in.

    Raises
    ------
    Away, Refused
        As `Server.asked`.
    TooLarge
        If it is larger than ``most_bytes``.
    """
    where = f"{server.url}/studies/{study}/series/{found.series}/instances/{found.instance}"
    with server.asked(where, OBJECT) as answer:
        _, options = parse_options_header(answer.headers.get("content-type"))
        boundary = options.get(b"boundary")
        if boundary is None:
            raise Away("the server does not answer in multipart/related")
        part = _FirstPart(write, most_bytes)
        callbacks: Any = {
            "on_part_begin": part.begin,
            "on_part_data": part.data,
            "on_end": part.end,
        }
        parser = MultipartParser(boundary, callbacks)
        try:
            for piece in answer.iter_bytes():
                parser.write(piece)
        except FormParserError:
            raise Away("the server's answer cannot be taken apart") from None
    if not part.ended:
        raise Away("the server's answer breaks off")


class _FirstPart:
    """Writes the first part of an answer; there is only one."""

    def __init__(self, write: Callable[[bytes], object], most_bytes: int) -> None:
        self._write, self._most_bytes = write, most_bytes
        self._parts = self._written = 0
        self.ended = False

    def begin(self) -> None:
        self._parts += 1

    def data(self, piece: bytes, start: int, end: int) -> None:
        if self._parts == 1:
            self._written += end - start
            if self._written > self._most_bytes:
                raise TooLarge(f"is larger than {self._most_bytes >> 20} MiB; fetch it by hand")
            self._write(piece[start:end])

    def end(self) -> None:
        self.ended = True


def _listed(
    server: Server, where: str, asked: dict[str, str], most: int | None
) -> Iterator[dict[str, Any]]:
    """All items of a list, page by page; a server that knows no pages gives all at once."""
    offset, before = 0, b""
    while most is None or offset < most:
        paged = {**asked, "limit": str(PAGE), "offset": str(offset)}
        body = server.whole(where, JSON, paged, most_bytes=LISTING_BYTES)
        if not body or body == before:
            return
        try:
            page = msgspec.json.decode(body, type=list[dict[str, Any]])
        except (msgspec.DecodeError, msgspec.ValidationError):
            raise Away("the server's list of the study cannot be read") from None
        yield from page
        if len(page) != PAGE:
            return
        offset, before = offset + PAGE, body


def _text(item: dict[str, Any], tag: str) -> str:
    """The text of an attribute in DICOM JSON (PS3.18, annex F)."""
    element = item.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    text = values[0] if isinstance(values, list) and values else ""
    return text if isinstance(text, str) else ""


def known_uid(text: str) -> str:
    """``text``, if it is a UID.

    Raises
    ------
    InputError
    """
    if is_uid(text):
        return text
    raise InputError("the Study Instance UID: is none (digits and dots, 64 at most); correct it")
