"""The two forms of a document: text, and one self-contained HTML page."""

from __future__ import annotations

from typing import Literal

from hepaspot.explain import text
from hepaspot.explain.document import Document

Format = Literal["text", "html"]


def render(document: Document, format: Format) -> str:
    """``document`` in ``format``.

    Raises
    ------
    ValueError
        If ``format`` is neither ``text`` nor ``html``.
    """
    if format == "text":
        return text.render(document)
    if format == "html":
        from hepaspot.explain import html  # jinja2 is slow to import and text needs none of it

        return html.render(document)
    raise ValueError(f"format must be 'text' or 'html', got {format!r}")
