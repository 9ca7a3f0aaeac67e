"""Talks to a DICOMweb server: who we are, whom we trust, how long we wait."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Protocol

import httpx

from hepaspot.errors import InputError
from hepaspot.serve.node.configuring import secret
from hepaspot.serve.node.safety import client_context
from hepaspot.serve.node.settings import TlsClient


class Server(Protocol):
    """What the settings tell of a server."""

    @property
    def url(self) -> str:
        """Where it is."""

    @property
    def tls(self) -> TlsClient | None:
        """How to be sure of it."""

    @property
    def token_file(self) -> Path | None:
        """Where the token for it is."""

    @property
    def user(self) -> str | None:
        """Who we are there."""

    @property
    def password_file(self) -> Path | None:
        """Where the password is."""

    @property
    def answer_s(self) -> float:
        """How long it may take."""


def client(server: Server, where: str) -> httpx.Client:
    """A client for ``server``; the settings call it ``where``.

    No proxy of the environment is used, no redirect followed: an exam goes where it was told to.

    Raises
    ------
    InputError
        If the address, a certificate, a token or a password cannot be used.
    """
    trusted: ssl.SSLContext | bool = True
    if server.tls is not None:
        trusted = client_context(server.tls, f"{where}.tls")
    token, password = secret(server.token_file), secret(server.password_file)
    try:
        httpx.URL(server.url)
    except httpx.InvalidURL:
        raise InputError(f"{where}.url: is no address; correct it") from None
    return httpx.Client(
        verify=trusted,
        timeout=server.answer_s,
        trust_env=False,
        follow_redirects=False,
        auth=None if server.user is None else httpx.BasicAuth(server.user, password or ""),
        headers={} if token is None else {"Authorization": f"Bearer {token}"},
    )


def whole(answer: httpx.Response, most_bytes: int) -> bytes | None:
    """The body of an answer, which is read bit by bit; None of one that is longer than that."""
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > most_bytes:
            return None
    return bytes(body)


def is_passing(status: int) -> bool:
    """Whether a status says that the server, not what was sent to it, is at fault.

    500 may be either; whoever sends has to go on to the next object.
    """
    return status in {401, 403, 407, 408, 425, 429} or status >= 500 or 300 <= status < 400
