"""Every word that the picture viewer shows or speaks, for the page to hand over."""

from __future__ import annotations

import msgspec
from markupsafe import Markup

from hepaspot.explain.words import Words

PREFIX = "ui.viewer."
"""Ids of the viewer's words in the catalogues start so; what follows is the viewer's key."""


def viewer_words(words: Words) -> Markup:
    """The viewer's words as JSON that may stand inside of a page."""
    said = {rule.removeprefix(PREFIX): words.raw(rule) for rule in words.rules(PREFIX)}
    text = msgspec.json.encode(said).decode()
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 (nothing can end the element)
