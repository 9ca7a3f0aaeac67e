"""Sends objects to a DICOMweb server by STOW-RS (PS3.18, 10.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import httpx
import msgspec

from hepaspot.remote.servers import body_of, is_passing
from hepaspot.serve.node.carriers import Away, Broke, Committed, Outcome, Result
from hepaspot.serve.node.queue import Delivery
from hepaspot.serve.node.settings import StowDestination
from hepaspot.serve.node.statuses import is_out_of_resources
from hepaspot.serve.node.web import client

FAILED: Final = "00081198"
"""(0008,1198) *Failed SOP Sequence* in a response."""

REASON: Final = "00081197"
"""(0008,1197) *Failure Reason* in it: a status as C-STORE has it."""

ANSWER_BYTES: Final = 1 << 20
"""Longest answer that is read: bytes (convention)."""


class StowCarrier:
    """Sends by STOW-RS, one object a request, so that the answer is of that object."""

    def __init__(self, to: StowDestination) -> None:
        self._url = f"{to.url.rstrip('/')}/studies"
        self._client = client(to, f"send.{to.name}")

    def send(self, batch: Sequence[tuple[Delivery, Path]]) -> Iterator[Outcome]:
        """Send one after another."""
        for delivery, path in batch:
            yield self._sent(delivery, path)

    def ask(self, batch: Sequence[Delivery], transaction: str, told: Committed) -> None:
        """Do nothing: the answer to STOW-RS is the server's word."""

    def _sent(self, delivery: Delivery, path: Path) -> Outcome:
        try:
            data = path.read_bytes()
        except OSError:
            return Outcome(delivery, Result.REFUSED, "its file is gone")
        boundary = token_hex(16)
        kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
        headers = {"Content-Type": kind, "Accept": "application/dicom+json"}
        content = _body(data, boundary)
        try:
            with self._client.stream("POST", self._url, content=content, headers=headers) as answer:
                body = body_of(answer, ANSWER_BYTES) or b""
                return _outcome(delivery, answer.status_code, body)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Away("the server is not there, or no TLS can be had with it") from None
        except httpx.TimeoutException:
            raise Broke("the server gave no answer in time") from None
        except httpx.HTTPError as error:
            raise Broke(f"the server cannot be understood ({type(error).__name__})") from None


def _body(data: bytes, boundary: str) -> bytes:
    head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return head + data + f"\r\n--{boundary}--\r\n".encode()


def _outcome(delivery: Delivery, status: int, body: bytes) -> Outcome:
    if status == 500:
        raise Broke("the server answers with status 500")
    if is_passing(status):
        raise Away(f"the server answers with status {status}")
    failed = _failure(body)
    if status in {200, 202} and failed is None:
        return Outcome(delivery, Result.TAKEN)
    if failed and is_out_of_resources(failed):
        raise Away(f"the server is out of resources (reason {failed:04X})")
    more = f" and reason {failed:04X}" if failed else ""
    return Outcome(delivery, Result.REFUSED, f"the server refused it with status {status}{more}")


def _failure(body: bytes) -> int | None:
    """Why an object was not stored, 0 if the answer does not say; None if it was stored."""
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:  # some servers answer in XML, or not at all
        return 0 if FAILED.encode() in body else None
    failed = _first(told, FAILED)
    if failed is None:
        return None
    reason = _first(failed, REASON)
    return reason if isinstance(reason, int) else 0


def _first(item: Any, tag: str) -> Any:
    """The first value of an attribute in DICOM JSON (PS3.18, annex F)."""
    element = item.get(tag) if isinstance(item, dict) else None
    values = element.get("Value") if isinstance(element, dict) else None
    return values[0] if isinstance(values, list) and values else None
