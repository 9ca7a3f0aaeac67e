"""A document as one HTML page that asks nothing of the network."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hepaspot.explain.document import Document
from hepaspot.explain.words import Words


def render(document: Document) -> str:
    """``document`` as HTML with its style and drawings inside."""
    template = _environment().get_template("page.html.j2")
    return template.render(document=document, style=_style(), words=Words(document.language))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hepaspot.explain"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["of_kind"] = _is_kind
    return environment


@cache
def _style() -> Markup:
    folder = resources.files("hepaspot.explain") / "templates"
    return Markup((folder / "style.css").read_text(encoding="utf-8"))  # noqa: S704 (own file)


def _is_kind(block: msgspec.Struct, kind: str) -> bool:
    return block.__struct_config__.tag == kind
