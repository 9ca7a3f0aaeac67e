"""Pages from templates: words from the catalogues, everything else escaped."""

from __future__ import annotations

from functools import cache
from typing import Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from hepaspot.explain.html import environment as explain_environment
from hepaspot.explain.words import LANGUAGES, Words
from hepaspot.serve.language import COOKIE, PARAMETER, language_of

LANGUAGE_NAMES: Final = {"en": "English", "zh": "中文"}
"""Each language in its own words."""

KINDS: Final = (
    "EmptyInput",
    "UnreadableInput",
    "UnsupportedInput",
    "ScanWithoutText",
    "TooLarge",
    "MissingExtra",
    "InputError",
    "Refused",
    "Busy",
)
"""Kinds of errors that are said in the reader's language too; all others as `InputError`."""

YEAR_S: Final = 365 * 24 * 3600
"""A year: seconds."""


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page in the language of the one who asks."""
    language = language_of(request)
    words = Words(language)
    html = (
        _environment()
        .get_template(template)
        .render(
            **values,
            words=words,
            t=lambda rule, **fields: words.say(f"ui.{rule}", **fields),
            languages=[(each, LANGUAGE_NAMES[each], _in(request, each)) for each in LANGUAGES],
            kinds={kind: words.say(f"ui.error.{kind}") for kind in KINDS},
            keeps=request.app.state.server.store is not None,
        )
    )
    response = HTMLResponse(html, status)
    if request.query_params.get(PARAMETER) == language:
        response.set_cookie(
            COOKIE, language, max_age=YEAR_S, httponly=True, samesite="strict", path="/"
        )
    return response


def _in(request: Request, language: str) -> str:
    """The address of this page in another language."""
    asked = request.url.include_query_params(**{PARAMETER: language})
    return f"{asked.path}?{asked.query}" if request.method == "GET" else f"/?{PARAMETER}={language}"


@cache
def _environment() -> Environment:
    templates = Environment(
        loader=ChoiceLoader([PackageLoader("hepaspot.serve"), PackageLoader("hepaspot.explain")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.tests.update(explain_environment().tests)
    return templates
