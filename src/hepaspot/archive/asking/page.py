"""The sheet as one page that asks nothing of the network and keeps nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from hepaspot.archive.asking.answering import NONE, SPOTS, UNSURE, answers, problems
from hepaspot.explain.html import style
from hepaspot.explain.words import Words

if TYPE_CHECKING:
    from hepaspot.archive.asking.sampling import SheetRow

_CHINESE: Final = re.compile("[\u4e00-\u9fff]")


def page_of(sheet: str, rows: Sequence[SheetRow], language: str = "en") -> str:
    """The page of one sheet, with its questions in one language."""
    look, script, words = _look(), _script(), Words(language)
    return (
        _templates()
        .get_template("sheet.html.j2")
        .render(
            sheet=sheet,
            rows=rows,
            words=words,
            coded=lambda rule, **names: _coded(words, rule, names),
            asked=problems(language),
            spots={name: words.say(f"archive.sheet.spot.{name}") for name in SPOTS},
            also={column: answers(column) for column in ("problems", "spot", "proven")},
            nothing=NONE,
            unsure=UNSURE,
            style=look,
            style_hash=_hash(look),
            script=script,
            script_hash=_hash(script),
            language_of=lambda words: "zh" if _CHINESE.search(words) else "en",
        )
    )


def _coded(words: Words, rule: str, names: Mapping[str, str]) -> Markup:
    """A sentence with words in it that are to be typed as they are."""
    return escape(words.raw(rule)).format_map(
        {field: Markup("<code>{}</code>").format(name) for field, name in names.items()}
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _look() -> Markup:
    return style() + Markup(_own("sheet.css"))  # noqa: S704 (own file)


@cache
def _script() -> Markup:
    return Markup(_own("sheet.js"))  # noqa: S704 (own file)


def _own(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode("ascii")
