"""Read the tables from a folder of TOML files; `hepaspot.knowledge.checks` judges them."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hepaspot.errors import KnowledgeError
from hepaspot.knowledge import figures, model
from hepaspot.knowledge.book import Knowledge
from hepaspot.knowledge.checks import check

VERSION_LENGTH = 12
"""Characters of the SHA-256 of the tables that stand as their version."""

Table = type[model.Row] | type[model.Source]

TABLES: dict[str, dict[str, tuple[str, Table]]] = {
    "sources.toml": {"source": ("sources", model.Source)},
    "entities.toml": {"entity": ("entities", model.EntityRow)},
    "signs.toml": {"sign": ("signs", figures.Sign)},
    "likelihoods.toml": {"row": ("likelihoods", figures.LikelihoodRow)},
    "priors.toml": {"prior": ("priors", figures.Prior)},
    "thresholds.toml": {"threshold": ("thresholds", figures.DuctThreshold)},
    "rules.toml": {"rule": ("rules", figures.Rule), "group": ("groups", figures.Group)},
    "causes.toml": {"cause": ("causes", model.Cause)},
    "guidance.toml": {"guidance": ("guidance", model.Guidance)},
    "screening.toml": {"screening": ("screening", model.ScreeningRule)},
    "red_flags.toml": {"red_flag": ("red_flags", model.RedFlag)},
    "contradictions.toml": {"contradiction": ("contradictions", model.Contradiction)},
    "alerts.toml": {"alert": ("alerts", model.Alert)},
    "tests.toml": {"test": ("tests", figures.Test)},
    "codes.toml": {"code": ("codes", model.Code)},
}
"""For each file: the name of its rows, where they go in `Knowledge`, and their type."""


@cache
def load() -> Knowledge:
    """The tables that come with hepaspot."""
    return _read(files(__package__))


def load_from(folder: str | PathLike[str]) -> Knowledge:
    """The tables of a folder that holds all the files of `TABLES`.

    Raises
    ------
    KnowledgeError
        If a file is missing or malformed or a row is wrong; the message names the file, the
        row and what to do.
    """
    return _read(Path(folder))


def _read(folder: Traversable) -> Knowledge:
    digest = hashlib.sha256()
    rows: dict[str, tuple[Any, ...]] = {}
    for name, tables in TABLES.items():
        data = _bytes(folder, name)
        digest.update(data.replace(b"\r\n", b"\n"))
        rows |= _rows(name, parsed(name, data), tables)
    knowledge = Knowledge(version=digest.hexdigest()[:VERSION_LENGTH], **rows)
    check(knowledge)
    return knowledge


def _bytes(folder: Traversable, name: str) -> bytes:
    try:
        return folder.joinpath(name).read_bytes()
    except FileNotFoundError:
        raise KnowledgeError(f"{name}: the file is missing; put it back into the folder") from None
    except OSError as error:
        raise KnowledgeError(f"{name}: cannot be read ({error.strerror})") from None


def parsed(name: str, data: bytes) -> dict[str, Any]:
    """The tables of one file.

    Raises
    ------
    KnowledgeError
        If it is not UTF-8, or not TOML.
    """
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise KnowledgeError(f"{name}: not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{name}: not TOML, {error}; correct that line") from None


def _rows(
    name: str, document: dict[str, Any], tables: dict[str, tuple[str, Table]]
) -> dict[str, tuple[Any, ...]]:
    if unknown := sorted(document.keys() - tables.keys()):
        raise KnowledgeError(
            f"{name}: unknown table {unknown[0]!r}; rows here are [[{']] or [['.join(tables)}]]"
        )
    return {
        field: tuple(row_of(name, raw, kind) for raw in _list(name, key, document))
        for key, (field, kind) in tables.items()
    }


def _list(name: str, key: str, document: dict[str, Any]) -> list[Any]:
    rows = document.get(key)
    if not isinstance(rows, list) or not rows:
        raise KnowledgeError(f"{name}: holds no row; write each as [[{key}]]")
    return rows


_T = TypeVar("_T")


def row_of(name: str, raw: object, kind: type[_T]) -> _T:
    """One row of a file as its type.

    Raises
    ------
    KnowledgeError
        If a field is wrong.
    """
    row_id = raw.get("id", "?") if isinstance(raw, dict) else "?"
    try:
        return msgspec.convert(raw, type=kind)
    except msgspec.ValidationError as error:
        raise KnowledgeError(
            f"{name}: row {row_id!r}: {error}; correct the field or take it out"
        ) from None
