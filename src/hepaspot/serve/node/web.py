"""Talks to a DICOMweb server: who we are, whom we trust, how long we wait."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Protocol

import httpx

from hepaspot.serve.node.configuring import secret
from hepaspot.serve.node.safety import client_context
from hepaspot.serve.node.settings import TlsClient


class Server(Protocol):
    """What the settings tell of a server."""

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
        If a certificate, a token or a password cannot be used.
    """
    trusted: ssl.SSLContext | bool = True
    if server.tls is not None:
        trusted = client_context(server.tls, f"{where}.tls")
    token, password = secret(server.token_file), secret(server.password_file)
    return httpx.Client(
        verify=trusted,
        timeout=server.answer_s,
        trust_env=False,
        follow_redirects=False,
        auth=None if server.user is None else httpx.BasicAuth(server.user, password or ""),
        headers={} if token is None else {"Authorization": f"Bearer {token}"},
    )


def is_passing(status: int) -> bool:
    """Whether a status says that the server, not what was sent to it, is at fault."""
    return status in {401, 403, 407, 408, 425, 429} or status >= 500 or 300 <= status < 400
