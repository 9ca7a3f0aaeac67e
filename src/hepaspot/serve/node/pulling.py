"""Fetches studies from a DICOMweb server on request: QIDO-RS finds, WADO-RS brings."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any, Final, NamedTuple

import httpx
import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from hepaspot.errors import InputError
from hepaspot.intake.dicom_place import LONGEST_UID, place_in
from hepaspot.serve.node import journal
from hepaspot.serve.node.audit import Trail
from hepaspot.serve.node.carriers import Away
from hepaspot.serve.node.classes import TAKEN
from hepaspot.serve.node.patience import Ended, patiently
from hepaspot.serve.node.queue import PullState, WorkQueue
from hepaspot.serve.node.settings import NodeSettings, Pull
from hepaspot.serve.node.spool import Spool, key_of
from hepaspot.serve.node.web import client, is_passing

PAGE: Final = 500
"""Objects that are asked for at once (convention)."""

MOST_OBJECTS: Final = 5000
"""Objects of one study that are fetched (convention)."""

LISTING_BYTES: Final = 64 << 20
"""Longest answer to a query (convention)."""

LOOK_S: Final = 1.0
"""How often requests are looked for: seconds (convention)."""

_UID: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")


class NoStudy(InputError):
    """The server has nothing to read of it."""


class Found(NamedTuple):
    """One object that the server has."""

    series: str
    instance: str


def known_uid(text: str) -> str:
    """``text``, if it is a UID.

    Raises
    ------
    InputError
    """
    if len(text) <= LONGEST_UID and _UID.fullmatch(text):
        return text
    raise InputError("the Study Instance UID: is none (digits and dots, 64 at most); correct it")


class Puller:
    """Fetches what is asked for, one study after another."""

    def __init__(
        self,
        settings: NodeSettings,
        pull: Pull,
        queue: WorkQueue,
        spool: Spool,
        on_study: Callable[[str], None],
        ended: Event,
    ) -> None:
        self._pull, self._queue, self._spool = pull, queue, spool
        self._on_study, self._ended = on_study, ended
        self._most_bytes = settings.listen.largest_mib << 20
        self._reserve = settings.listen.reserve_mib << 20
        self._url = pull.url.rstrip("/")
        self._client = client(pull, "pull")
        self._trail = Trail(queue)

    def run(self) -> None:
        """Fetch until told to end."""
        try:
            while not self._ended.is_set():
                wanted = patiently(self._queue.next_pull, self._ended)
                if wanted is None:
                    self._ended.wait(LOOK_S)
                else:
                    self._fetch(*wanted)
        except Ended:
            return

    def _fetch(self, uid: str, tries: int) -> None:
        key = key_of(uid)
        wait = min(self._pull.longest_wait_s, self._pull.wait_s * 2 ** min(tries, 16))
        try:
            count = self._study(uid)
        except Away as away:
            again = tries + 1 < self._pull.tries
            state = PullState.WAITING if again else PullState.DEAD
            self._noted(uid, str(away), wait, state)
        except NoStudy as error:
            self._noted(uid, str(error), 0.0, PullState.DEAD)
        else:
            patiently(lambda: self._queue.pulled(uid), self._ended)
            journal.say("study fetched", study=key, objects=count)
            self._trail.note("study fetched", study=key, outcome=f"{count} objects")

    def _noted(self, uid: str, reason: str, wait_s: float, state: PullState) -> None:
        patiently(
            lambda: self._queue.pulled(uid, reason=reason, wait_s=wait_s, state=state), self._ended
        )
        dead = state is PullState.DEAD
        journal.warn("study not fetched", study=key_of(uid), why=reason, dead=dead)
        if dead:
            self._trail.note("study not fetched", study=key_of(uid), outcome=reason)

    def _study(self, uid: str) -> int:
        found = list(self._listed(uid))
        if not found:
            raise NoStudy("the server has no ultrasound picture of this study")
        for each in found:
            if self._ended.is_set():
                raise Away("the node ended meanwhile")
            self._brought(uid, each)
            self._on_study(key_of(uid))
        return len(found)

    # -------------------------------------------------------------------------------- find

    def _listed(self, uid: str) -> Iterator[Found]:
        for offset in range(0, MOST_OBJECTS, PAGE):
            page = self._page(uid, offset)
            for item in page:
                series, instance = _told(item, "0020000E"), _told(item, "00080018")
                if _told(item, "00080016") in TAKEN and series and instance:
                    yield Found(series, instance)
            if len(page) < PAGE:
                return

    def _page(self, uid: str, offset: int) -> list[dict[str, Any]]:
        asked = {"limit": str(PAGE), "offset": str(offset), "includefield": "00080016"}
        headers = {"Accept": "application/dicom+json"}
        body = bytearray()
        where = f"{self._url}/studies/{uid}/instances"
        try:
            with self._client.stream("GET", where, params=asked, headers=headers) as answer:
                _check(answer)
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > LISTING_BYTES:
                        raise NoStudy("the server's list of this study is too long")
                status = answer.status_code
        except httpx.HTTPError as error:
            raise Away(f"the server cannot be reached ({type(error).__name__})") from None
        if status == 204 or not body:
            return []
        try:
            return msgspec.json.decode(bytes(body), type=list[dict[str, Any]])
        except (msgspec.DecodeError, msgspec.ValidationError):
            raise Away("the server's list of the study cannot be read") from None

    # ------------------------------------------------------------------------------- bring

    def _brought(self, uid: str, found: Found) -> None:
        if self._spool.free_bytes() < self._reserve:
            raise Away("too little disk is free here")
        where = f"{self._url}/studies/{uid}/series/{found.series}/instances/{found.instance}"
        headers = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
        handle, name = tempfile.mkstemp(suffix=".part", dir=self._spool.incoming)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                try:
                    with self._client.stream("GET", where, headers=headers) as answer:
                        _check(answer)
                        self._part(answer, file.write)
                except httpx.HTTPError as error:
                    raise Away(f"the server cannot be reached ({type(error).__name__})") from None
                file.flush()
                os.fsync(file.fileno())
            place = place_in(path)
            if (place.study, place.sop_instance) != (uid, found.instance):
                raise Away("the server sent another object than was asked for")
            if not place.own:
                self._spool.take(path, place)
        except InputError as error:
            journal.warn("object refused", why=f"it {error}", study=key_of(uid))
        except OSError as error:
            reason = (error.strerror or "input or output error").lower()
            raise Away(f"it cannot be written here ({reason})") from None
        finally:
            path.unlink(missing_ok=True)

    def _part(self, answer: httpx.Response, write: Callable[[bytes], object]) -> None:
        """Write the first part of an answer; there is only one."""
        _, options = parse_options_header(answer.headers.get("content-type"))
        boundary = options.get(b"boundary")
        if boundary is None:
            raise Away("the server does not answer in multipart/related")
        parts, written = 0, 0

        def begin() -> None:
            nonlocal parts
            parts += 1

        def data(piece: bytes, start: int, end: int) -> None:
            nonlocal written
            if parts == 1:
                written += end - start
                if written > self._most_bytes:
                    raise NoStudy("an object of the study is larger than listen.largest_mib")
                write(piece[start:end])

        parser = MultipartParser(boundary, {"on_part_begin": begin, "on_part_data": data})
        try:
            for piece in answer.iter_bytes():
                parser.write(piece)
            parser.finalize()
        except FormParserError:
            raise Away("the server's answer cannot be taken apart") from None


def _check(answer: httpx.Response) -> None:
    status = answer.status_code
    if is_passing(status):
        raise Away(f"the server answers with status {status}")
    if status in {404, 410}:
        raise NoStudy("the server does not know this study")
    if status >= 400:
        raise NoStudy(f"the server refused with status {status}")


def _told(item: dict[str, Any], tag: str) -> str:
    """The text of an attribute in DICOM JSON (PS3.18, annex F)."""
    element = item.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    text = values[0] if isinstance(values, list) and values else ""
    return text if isinstance(text, str) and _UID.fullmatch(text) else ""
