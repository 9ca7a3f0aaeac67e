"""What went wrong, as problem+json (RFC 9457) or as a page; one line, nothing of the patient."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.responses import Response

from hepaspot.errors import (
    EmptyInput,
    HepaspotError,
    InputError,
    MissingExtra,
    MissingInput,
    OutputError,
    ScanWithoutText,
    SchemaError,
    TooLarge,
    UnreadableInput,
    UnsupportedInput,
)

PROBLEM_JSON: Final = "application/problem+json"

STATUS: Final[tuple[tuple[type[HepaspotError], int], ...]] = (
    (MissingInput, 404),
    (TooLarge, 413),
    (UnsupportedInput, 415),
    (EmptyInput, 422),
    (ScanWithoutText, 422),
    (UnreadableInput, 422),
    (InputError, 422),
    (SchemaError, 422),
    (MissingExtra, 501),
    (OutputError, 507),
)
"""HTTP status of each kind of error; of all others it is 500."""

INTERNAL: Final = "hepaspot met a fault of its own; nothing was changed; try again, then report it"
"""What is told of a fault that nobody foresaw; its own words may quote a patient."""


class Problem(msgspec.Struct, frozen=True):
    """A problem as RFC 9457 has it; ``type`` is an id that does not change."""

    type: str
    title: str
    status: int
    detail: str


def status_of(error: HepaspotError) -> int:
    """The HTTP status that an error answers with."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def detail_of(error: HepaspotError) -> str:
    """The one line of an error."""
    return str(error) if status_of(error) < 500 or isinstance(error, MissingExtra) else INTERNAL


def problem_response(
    status: int, detail: str, *, kind: str = "about:blank", headers: Mapping[str, str] | None = None
) -> Response:
    """A response that tells of a problem."""
    problem = Problem(kind, HTTPStatus(status).phrase, status, detail)
    body = msgspec.json.encode(problem)
    return Response(body, status, headers=dict(headers or {}), media_type=PROBLEM_JSON)


def problem_of(error: HepaspotError) -> Response:
    """A response that tells of one of hepaspot's errors."""
    status = status_of(error)
    return problem_response(status, detail_of(error), kind=f"urn:hepaspot:{type(error).__name__}")
