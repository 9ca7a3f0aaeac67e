"""The sheet as one page that asks nothing of the network and keeps nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hepaspot.archive.asking.answering import NONE, SPOTS, UNSURE, problems
from hepaspot.explain.html import style

if TYPE_CHECKING:
    from hepaspot.archive.asking.sampling import SheetRow

SPOT_WORDS: Final = {
    "calcification": "a calcification",
    "duct_stone": "a stone in a duct",
    "duct_gas": "gas in the ducts",
    "other": "something else",
    "cannot_tell": "cannot be told",
    "several": "several spots that differ",
    "no_spot": "there is none",
}
"""How each answer of `SPOTS` is put to the reviewer."""

_CHINESE: Final = re.compile("[\u4e00-\u9fff]")


def page_of(sheet: str, rows: Sequence[SheetRow]) -> str:
    """The page of one sheet."""
    look, script = _look(), _script()
    return (
        _templates()
        .get_template("sheet.html.j2")
        .render(
            sheet=sheet,
            rows=rows,
            problems=problems(),
            spots={name: SPOT_WORDS[name] for name in SPOTS},
            nothing=NONE,
            unsure=UNSURE,
            style=look,
            style_hash=_hash(look),
            script=script,
            script_hash=_hash(script),
            language_of=lambda words: "zh" if _CHINESE.search(words) else "en",
        )
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
