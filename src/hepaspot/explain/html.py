"""A document as one HTML page that asks nothing of the network."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import NamedTuple

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hepaspot.explain.document import Document
from hepaspot.explain.words import Words


class Tool(NamedTuple):
    """A link above a page, such as to the same page in another language."""

    text: str
    href: str
    is_current: bool = False
    language: str | None = None


def render(document: Document, *, tools: tuple[Tool, ...] = (), large: bool = False) -> str:
    """``document`` as HTML with its style and drawings inside.

    Parameters
    ----------
    document : Document
    tools : tuple of Tool
        Links that stand above it on a screen, not on paper.
    large : bool
        In large type.
    """
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            document=document,
            style=style(),
            style_hash=style_hash(),
            tools=tools,
            large=large,
            words=Words(document.language),
        )
    )


@cache
def environment() -> Environment:
    """What renders the templates of this room."""
    templates = Environment(
        loader=PackageLoader("hepaspot.explain"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.tests["of_kind"] = _is_kind
    return templates


@cache
def style() -> Markup:
    """The style sheet of every page."""
    folder = resources.files("hepaspot.explain") / "templates"
    return Markup((folder / "style.css").read_text(encoding="utf-8"))  # noqa: S704 (own file)


@cache
def style_hash() -> str:
    """What a content security policy names the style sheet by: SHA-256, in base 64."""
    return b64encode(sha256(style().encode()).digest()).decode("ascii")


def _is_kind(block: msgspec.Struct, kind: str) -> bool:
    return block.__struct_config__.tag == kind
