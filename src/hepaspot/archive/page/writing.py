"""Writes the page of an audit into its folder."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Final

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hepaspot.archive.page.counts import Figures
from hepaspot.archive.page.figures import figures_of, opened
from hepaspot.archive.page.left_out import left_out
from hepaspot.archive.page.samples import EACH, Sample, samples_of
from hepaspot.archive.page.saying import Saying
from hepaspot.archive.page.wording import page_of
from hepaspot.archive.plan import Plan, cannot_read, cannot_write, kept_plan
from hepaspot.errors import InputError
from hepaspot.explain import html
from hepaspot.explain.clean import clean, one_line
from hepaspot.explain.document import Run
from hepaspot.explain.words import LANGUAGES, Words

NAME: Final = "index.html"
"""What the page is called."""

HEAD: Final = 200
"""Characters of a page that tell its language."""

CHINESE: Final = re.compile("[\u3400-\u9fff]")
"""What tells the language of a quoted report, for fonts and for screen readers."""


def write_page(result: Path, language: str) -> None:
    """Write ``index.html`` of an audit, whole or not at all; the same bytes each time.

    Parameters
    ----------
    result : Path
        Folder of an audit whose tables are joined.
    language : str
        One of `hepaspot.explain.words.LANGUAGES`.

    Raises
    ------
    InputError
        If the folder holds no audit.
    OutputError
        If the page cannot be written, or a table cannot be read.
    """
    plan = kept_plan(result)
    if plan is None:
        raise InputError(f"{result}: holds no audit; name the folder of one")
    try:
        with opened(result) as base:
            figures = figures_of(base)
            kinds = [kind.id for kind in figures.kinds if kind.alerts]
            samples = samples_of(base, kinds)
        text = _rendered(figures, samples, plan, language)
        draft = result / f"{NAME}.draft"
        draft.write_text(text, encoding="utf-8")
        draft.replace(result / NAME)
    except duckdb.Error:
        raise cannot_read(result) from None
    except OSError as error:
        raise cannot_write(result, error) from None


def language_of_page(result: Path) -> str:
    """The language that the page of an audit was written in; English where there is none."""
    try:
        with (result / NAME).open(encoding="utf-8", errors="replace") as page:
            head = page.read(HEAD)
    except OSError:
        return LANGUAGES[0]
    told = re.search(r'<html lang="([a-z]+)', head)
    return told[1] if told and told[1] in LANGUAGES else LANGUAGES[0]


def _rendered(figures: Figures, samples: Iterable[Sample], plan: Plan, language: str) -> str:
    words = Words(language)
    template = _environment().get_template("page.html.j2")
    return template.render(
        figures=figures,
        page=page_of(figures, words),
        samples={kind: list(own) for kind, own in groupby(samples, key=lambda each: each.alert)},
        each=EACH,
        plan=plan,
        left_out=left_out(plan, Saying(words)),
        sources=[source_name(stamp) for stamp in plan.sources],
        words=words,
        say=Saying(words),
        style=_style(),
        style_hash=b64encode(sha256(_style().encode()).digest()).decode("ascii"),
    )


def source_name(stamp: str) -> str:
    """A source as its user named it; ``stamp`` tells its size and its time behind that."""
    return one_line(re.sub(r" \d+ \d+$", "", stamp))


@cache
def _environment() -> Environment:
    templates = Environment(
        loader=PackageLoader("hepaspot.archive.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"one_line": one_line, "clean": clean, "language_of": _language_of}
    return templates


@cache
def _style() -> Markup:
    """The style sheet of all pages, and what this one adds."""
    folder = resources.files("hepaspot.archive.page") / "templates"
    own = (folder / "page.css").read_text(encoding="utf-8")
    return html.style() + Markup(own)  # noqa: S704 (own file)


def _language_of(runs: Iterable[Run]) -> str:
    return "zh-Hans" if any(CHINESE.search(run.text) for run in runs) else "en"
