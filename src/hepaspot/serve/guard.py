"""What stands before every route: who may ask, under which name, how much and how slowly."""

from __future__ import annotations

import asyncio
import hmac
import logging
import traceback
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hepaspot.explain.html import style_hash
from hepaspot.serve.problems import INTERNAL, problem_response
from hepaspot.serve.settings import ServeSettings

LOG: Final = logging.getLogger("hepaspot.serve")
"""Tells of faults by kind and place alone."""

TOKEN_COOKIE: Final = "hepaspot-token"  # noqa: S105 (a name, no secret)
"""The cookie that a browser keeps the token in once it came with the address."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

DISCARDED_BYTES: Final = 64 << 20
"""At least so much of a body that is too large is taken and dropped, so that its sender, who
is still sending, reads why: bytes (convention)."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load, and from where: from this server alone."""

PAGE_POLICY: Final = POLICY.replace("style-src 'self'", f"style-src 'sha256-{style_hash()}'")
"""The same for a page that travels alone: its one style sheet stands inside it."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every answer that does not set its own."""


class TooSlow(Exception):
    """The client sent nothing for too long."""


class TooMuch(Exception):
    """The body is larger than allowed."""


class Guard:
    """Lets through only requests that are meant for this server, and bounds what they send."""

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused is not None:
            await refused(scope, receive, _with_headers(send))
            return
        if int(headers.get("content-length", "0")) > self._settings.upload_bytes:
            await self._discard(receive)
            await problem_response(413, self._too_much())(scope, receive, _with_headers(send))
            return
        await self._within_bounds(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if _host(headers) not in self._settings.hosts:
            detail = (
                "the name in the address is not this server's; open the address that it printed"
            )
            return problem_response(421, detail)
        if scope["method"] not in SAFE_METHODS and not _is_own(headers, scope):
            return problem_response(403, "sent from another site; use the page of this server")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            return problem_response(400, "the length of the request is no number")
        return self._token_refusal(scope, headers)

    def _token_refusal(self, scope: Scope, headers: Headers) -> Response | None:
        token = self._settings.token
        if token is None:
            return None
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        in_address = query.pop("token", [""])[-1]
        if scope["method"] in SAFE_METHODS and in_address and _same(in_address, token):
            rest = urlencode(query, doseq=True)
            response = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), 303)
            response.set_cookie(
                TOKEN_COOKIE, token, httponly=True, samesite="strict", max_age=None, path="/"
            )
            return response
        given = _bearer(headers) or _cookie(headers)
        if given and _same(given, token):
            return None
        return problem_response(
            401,
            "this server asks for its token; open the whole address that it printed, or send "
            "Authorization: Bearer TOKEN",
            headers={"WWW-Authenticate": "Bearer"},
        )

    async def _within_bounds(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, seen, is_whole = False, 0, False

        async def bounded() -> Message:
            nonlocal seen, is_whole
            if is_whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self._settings.slowest_s)
            except TimeoutError:
                raise TooSlow from None
            seen += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if seen > self._settings.upload_bytes:
                raise TooMuch
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, bounded, watched)
        except (TooSlow, TooMuch) as error:
            if started:
                return
            slow = isinstance(error, TooSlow)
            if not slow:
                await self._discard(receive)
            detail = "nothing came for too long; send it again" if slow else self._too_much()
            answer = problem_response(408 if slow else 413, detail, headers={"Connection": "close"})
            await answer(scope, receive, send)
        except Exception as error:  # noqa: BLE001 (told below)
            LOG.error("%s at %s", type(error).__name__, _where(error))  # noqa: TRY400 (a trace quotes)
            if not started:
                await problem_response(500, INTERNAL)(scope, receive, send)

    async def _discard(self, receive: Receive) -> None:
        """Let the rest of a body pass, as much again as is allowed: else the answer is lost."""
        left = max(self._settings.upload_bytes, DISCARDED_BYTES)
        while left > 0:
            try:
                message = await asyncio.wait_for(receive(), self._settings.slowest_s)
            except TimeoutError:
                return
            if not message.get("more_body", False):
                return
            left -= len(message.get("body", b""))

    def _too_much(self) -> str:
        return (
            f"more than {self._settings.upload_bytes >> 20} MiB at once; send fewer files, or "
            "shorter clips"
        )


def _where(error: Exception) -> str:
    """File and line of a fault, without the values that it stumbled over."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def _host(headers: Headers) -> str:
    """The name a request calls the server by, without the port."""
    host = headers.get("host", "").lower()
    return host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]


def _is_own(headers: Headers, scope: Scope) -> bool:
    """Whether a browser says that a page of this server sent it; programs say nothing."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    return site in (None, "same-origin", "none")


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _bearer(headers: Headers) -> str | None:
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else None


def _cookie(headers: Headers) -> str | None:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    return cookies[TOKEN_COOKIE].value if TOKEN_COOKIE in cookies else None
