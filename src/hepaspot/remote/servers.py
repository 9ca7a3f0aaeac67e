"""A server: where it is, who we are there, and whether it or we are at fault."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx

from hepaspot.errors import InputError

ANSWER_S: Final = 60.0
"""How long a server may take to answer: seconds (convention)."""


class Away(Exception):
    """The server cannot be reached, or turns everything away for now: another try may help."""


class Refused(InputError):
    """The server does not have, or does not give, what it was asked for."""


@dataclass(frozen=True)
class Login:
    """Who we are at a server, and whom we trust."""

    token: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str = field(default="", repr=False)
    trusted: ssl.SSLContext | None = field(default=None, repr=False)
    answer_s: float = ANSWER_S

    def client(self) -> httpx.Client:
        """What asks in our name."""
        return httpx.Client(
            verify=self.trusted or True,
            timeout=self.answer_s,
            trust_env=False,
            follow_redirects=False,
            auth=None if self.user is None else httpx.BasicAuth(self.user, self.password),
            headers={} if self.token is None else {"Authorization": f"Bearer {self.token}"},
        )


class Server:
    """Asks one server over and over; to be closed.

    Parameters
    ----------
    url : str
        Where it is, ``http://`` or ``https://``.
    client : httpx.Client
        What asks, such as `Login.client`; closed with the server.

    Raises
    ------
    InputError
        If the address is none.
    """

    def __init__(self, url: str, client: httpx.Client) -> None:
        try:
            known = httpx.URL(url)
        except httpx.InvalidURL:
            known = None
        if known is None or known.scheme not in {"http", "https"} or not known.host:
            raise InputError("the server: its address is none; give one such as https://host/path")
        self.url = url.rstrip("/")
        self._at = (known.scheme, known.host, known.port)
        self._client = client

    def close(self) -> None:
        """Let go of it."""
        self._client.close()

    @contextmanager
    def asked(
        self, url: str, accept: str, question: Mapping[str, str] | None = None
    ) -> Iterator[httpx.Response]:
        """The answer to a question, to be read bit by bit.

        Raises
        ------
        Away
            If the server cannot be reached, breaks off, or says that it is at fault.
        Refused
            If it does not have what was asked for, or the address leads elsewhere.
        """
        to = httpx.URL(url)
        if (to.scheme, to.host, to.port) != self._at:
            raise Refused("the server sends us on to another one, where nothing is asked")
        headers = {"Accept": accept}
        try:
            with self._client.stream("GET", to, params=question, headers=headers) as answer:
                _check(answer.status_code)
                yield answer
        except httpx.HTTPError as error:
            raise Away(f"the server cannot be reached ({type(error).__name__})") from None

    def whole(
        self,
        url: str,
        accept: str,
        question: Mapping[str, str] | None = None,
        *,
        most_bytes: int,
    ) -> bytes:
        """The whole answer to a question.

        Raises
        ------
        Away, Refused
            As `asked`; a `Refused` for an answer that is too long.
        """
        with self.asked(url, accept, question) as answer:
            body = body_of(answer, most_bytes)
        if body is None:
            raise Refused(f"the server's answer is longer than {most_bytes >> 20} MiB")
        return body


def body_of(answer: httpx.Response, most_bytes: int) -> bytes | None:
    """The body of an answer, which is read bit by bit; None of one that is longer than that."""
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > most_bytes:
            return None
    return bytes(body)


def is_passing(status: int) -> bool:
    """Whether a status says that the server, not what it was asked or sent, is at fault.

    500 may be either; whoever sends has to go on to the next object.
    """
    return status in {401, 403, 407, 408, 425, 429} or status >= 500 or 300 <= status < 400


def _check(status: int) -> None:
    if is_passing(status):
        raise Away(f"the server answers with status {status}")
    if status in {404, 410}:
        raise Refused("the server does not know this study")
    if status >= 400:
        raise Refused(f"the server refused with status {status}")
