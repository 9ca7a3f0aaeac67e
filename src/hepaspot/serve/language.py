"""In which language a page is shown: as asked for, as last chosen, as the browser prefers."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from hepaspot.explain.words import LANGUAGES

COOKIE: Final = "hepaspot-language"
"""Remembers the language that was chosen."""

PARAMETER: Final = "language"
"""Names the language in an address."""


def language_of(request: Request) -> str:
    """``en`` or ``zh``."""
    asked = (request.query_params.get(PARAMETER), request.cookies.get(COOKIE))
    chosen = next((each for each in asked if each in LANGUAGES), None)
    return chosen or _preferred(request.headers.get("accept-language", ""))


def _preferred(accepted: str) -> str:
    """The first language that a browser names and that there is."""
    for part in accepted.lower().split(","):
        tag = part.partition(";")[0].strip().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]
