"""The description of the API: schemas of every body, with an example each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from hepaspot._version import __version__
from hepaspot.exam import Exam, Setting
from hepaspot.knowledge import LikelihoodRow, Sign, Source
from hepaspot.serve.bodies import (
    Answer,
    ExamSummary,
    JobState,
    Keeping,
    KeptList,
    Outline,
    PhotoWordsJson,
    Spot,
)
from hepaspot.serve.forms import SentJson
from hepaspot.serve.problems import PROBLEM_JSON, Problem
from hepaspot.serve.showing import ShownPicture
from hepaspot.weigh.assessment import Assessment
from hepaspot.weigh.comparing import Comparison

BODIES: Final = (
    Answer, Assessment, Comparison, Exam, ExamSummary, JobState, Keeping, KeptList, LikelihoodRow, Outline, PhotoWordsJson, Spot,
    Problem, SentJson, Setting, ShownPicture, Sign, Source,
)  # fmt: skip
"""Everything that the API takes or gives as JSON."""

REF: Final = "#/components/schemas/{name}"

EXAM_EXAMPLE: Final = {
    "text": "Liver: a 6 mm echogenic focus with posterior shadowing in segment 7. "
    "Intrahepatic ducts are not dilated.",
    "setting": {"kind": "health_check", "region": "east_asia"},
}
"""A short exam."""

Responses = dict[int | str, dict[str, Any]]


def body(kind: type, example: Mapping[str, object]) -> dict[str, Any]:
    """A JSON body."""
    content = {"application/json": {"schema": _ref(kind), "example": dict(example)}}
    return {"requestBody": {"required": True, "content": content}}


def form_body(kind: type, example: Mapping[str, object]) -> dict[str, Any]:
    """A body that is a form of files and fields, or JSON."""
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    text = {"type": "string"}
    form = {
        "type": "object",
        "properties": {
            "files": {**files, "description": "Reports and pictures of one examination."},
            "text": {**text, "description": "A report as text."},
            "setting": {**text, "enum": ["", "health_check", "symptomatic"]},
            "region": {**text, "enum": ["", "east_asia", "south_east_asia", "elsewhere"]},
            "age_years": {"type": "number"},
            "depth_cm": {
                "type": "number",
                "description": "Depth of pictures that do not tell their scale.",
            },
        },
    }
    content = body(kind, example)["requestBody"]["content"]
    content["multipart/form-data"] = {"schema": form}
    return {"requestBody": {"required": True, "content": content}}


def json_answer(status: int, kind: type, *, many: bool = False) -> Responses:
    """A JSON answer: one ``kind``, or an array of it."""
    schema = {"type": "array", "items": _ref(kind)} if many else _ref(kind)
    content = {"application/json": {"schema": schema}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content}}


def binary(media_type: str) -> Responses:
    """An answer of bytes."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": "OK", "content": {media_type: {"schema": schema}}}}


def problems(*statuses: int) -> Responses:
    """What can go wrong, as problem+json."""
    content = {PROBLEM_JSON: {"schema": _ref(Problem)}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in (*statuses, 400, 401, 403, 408, 421)
    }


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of ``app``."""
    if app.openapi_schema is None:
        document = get_openapi(
            title="hepaspot",
            version=__version__,
            summary="Liver calcification or duct stone? Reads reports and ultrasound pictures.",
            description="Decision support and research software, not a medical device. "
            "Every answer is preliminary and unverified.",
            routes=app.routes,
        )
        document.setdefault("components", {}).setdefault("schemas", {}).update(_components()[1])
        app.openapi_schema = document
    return app.openapi_schema


def _ref(kind: type) -> dict[str, Any]:
    return _components()[0][BODIES.index(kind)]


@cache
def _components() -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    """A reference to the schema of each body, and all schemas by name."""
    return msgspec.json.schema_components(BODIES, ref_template=REF)
