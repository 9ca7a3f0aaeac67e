"""Runs the web application on one address until it is interrupted."""

from __future__ import annotations

import asyncio
import secrets
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from hepaspot.errors import InputError
from hepaspot.serve.app import create_app
from hepaspot.serve.settings import LOOPBACK_HOSTS, ServeSettings

HEADER_S: Final = 15.0
"""A client that has not sent its whole request head by then is let go: seconds."""

BACKLOG: Final = 256
"""Connections that wait to be taken."""


class PromptProtocol(H11Protocol):
    """HTTP whose clients must say what they want soon after they start to."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, and let go of it where no request comes."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._watch()
        else:
            self._unwatch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_S, self.transport.close)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


@dataclass(frozen=True)
class Address:
    """Where a server listens; ``url`` is what a browser opens."""

    host: str
    port: int
    settings: ServeSettings

    @property
    def url(self) -> str:
        """The address to open, with the token where one is needed."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        name = "localhost" if _is_loopback(self.host) else name
        token = f"?token={self.settings.token}" if self.settings.token else ""
        return f"http://{name}:{self.port}/{token}"


def address(
    host: str,
    port: int,
    *,
    names: tuple[str, ...] = (),
    token: str | None = None,
    store: str | None = None,
    upload_mib: int | None = None,
) -> Address:
    """Where and how to listen; any address but the machine's own gets a token.

    Raises
    ------
    InputError
        If the token is too short to keep anybody out.
    """
    if token is not None and len(token) < 16:
        raise InputError("token: is shorter than 16 characters; give a longer one, or none")
    if not _is_loopback(host) and token is None:
        token = secrets.token_urlsafe(24)
    own = {host.lower(), *(name.lower() for name in names)}
    hosts = LOOPBACK_HOSTS | {f"[{name}]" if ":" in name else name for name in own}
    if host in ("0.0.0.0", "::"):  # noqa: S104 (asked for; guarded by the token)
        hosts |= {socket.gethostname().lower(), *_addresses()}
    bounds = {} if upload_mib is None else {"upload_bytes": upload_mib << 20}
    return Address(host, port, ServeSettings(hosts, token, store, **bounds))


def listen(where: Address) -> socket.socket:
    """A socket that listens there.

    Raises
    ------
    InputError
        If the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    # Named as TCP: only then does asyncio send each piece of an answer at once.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((where.host, where.port))
    except (OSError, OverflowError) as error:
        listening.close()
        reason = (getattr(error, "strerror", None) or "no possible port").lower()
        raise InputError(
            f"{where.host} port {where.port}: cannot be listened on ({reason}); "
            "choose another --port or --host"
        ) from None
    return listening


def application(where: Address) -> FastAPI:
    """The web application that listens there.

    Raises
    ------
    HepaspotError
        If the store cannot be opened.
    """
    return create_app(where.settings)


def run(app: FastAPI, listening: socket.socket) -> None:
    """Answer requests until interrupted."""
    server_of(app).run(sockets=[listening])


def server_of(app: FastAPI) -> uvicorn.Server:
    """What answers requests for ``app``. Nothing about a request is logged."""
    config = uvicorn.Config(
        app,
        http=PromptProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        backlog=BACKLOG,
        limit_concurrency=1000,
    )
    return uvicorn.Server(config)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _addresses() -> set[str]:
    """Addresses of this machine."""
    try:
        found: list[Any] = socket.getaddrinfo(socket.gethostname(), None)
    except OSError:
        return set()
    return {str(each[4][0]) for each in found}
