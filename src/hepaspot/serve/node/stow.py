"""Sends objects to a DICOMweb server by STOW-RS (PS3.18, 10.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from secrets import token_hex
from typing import Final

import httpx
import msgspec

from hepaspot.serve.node.carriers import Away, Committed, Outcome, Result
from hepaspot.serve.node.queue import Delivery
from hepaspot.serve.node.settings import StowDestination
from hepaspot.serve.node.web import client, is_passing

FAILED: Final = "00081198"
"""(0008,1198) *Failed SOP Sequence* in a response."""


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
        try:
            answer = self._client.post(
                self._url,
                content=_body(data, boundary),
                headers={
                    "Content-Type": f'multipart/related; type="application/dicom"; '
                    f"boundary={boundary}",
                    "Accept": "application/dicom+json",
                },
            )
        except httpx.HTTPError as error:
            raise Away(f"the server cannot be reached ({type(error).__name__})") from None
        return _outcome(delivery, answer)


def _body(data: bytes, boundary: str) -> bytes:
    head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return head + data + f"\r\n--{boundary}--\r\n".encode()


def _outcome(delivery: Delivery, answer: httpx.Response) -> Outcome:
    status = answer.status_code
    if is_passing(status):
        raise Away(f"the server answers with status {status}")
    if status in {200, 202} and not _failed(answer.content):
        return Outcome(delivery, Result.TAKEN)
    return Outcome(delivery, Result.REFUSED, f"the server refused it with status {status}")


def _failed(body: bytes) -> bool:
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return False  # some servers answer in XML, or not at all
    failed = told.get(FAILED) if isinstance(told, dict) else None
    return bool(failed.get("Value")) if isinstance(failed, dict) else False
