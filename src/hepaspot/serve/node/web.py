"""Talks to a DICOMweb server: who we are, whom we trust, how long we wait."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import httpx

from hepaspot.errors import InputError
from hepaspot.remote.secret_files import secret
from hepaspot.remote.servers import Login
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
    try:
        httpx.URL(server.url)
    except httpx.InvalidURL:
        raise InputError(f"{where}.url: is no address; correct it") from None
    return Login(
        token=secret(server.token_file),
        user=server.user,
        password=secret(server.password_file) or "",
        trusted=client_context(server.tls or TlsClient(), f"{where}.tls"),
        answer_s=server.answer_s,
    ).client()
