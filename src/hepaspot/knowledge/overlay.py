"""Local figures laid over the packaged tables: loaded only where they are named, always marked.

An overlay is one TOML file with ``[overlay]``, ``[[source]]``, ``[[prior]]`` and ``[[row]]``.
Every id in it begins with `PREFIX`. A local row stands beside the published ones of its cell as
their rival, and each is run; where it says ``instead = true`` it stands in their place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from hepaspot.errors import KnowledgeError
from hepaspot.exam import Value
from hepaspot.knowledge.book import Knowledge
from hepaspot.knowledge.checks import check
from hepaspot.knowledge.figures import LikelihoodRow, Prior, RowSetting
from hepaspot.knowledge.load import load, parsed, row_of
from hepaspot.knowledge.model import Row, Source

PREFIX: Final = "local-"
"""What every id of an overlay begins with."""

VERSION_LENGTH: Final = 8
"""Characters of the SHA-256 of an overlay that stand in the version."""


class About(Value, frozen=True, kw_only=True):
    """What an overlay was made from, and beside which version of the tables."""

    made_from: str
    beside: str


class LocalRow(LikelihoodRow, frozen=True, kw_only=True):
    """A likelihood row of one archive; ``instead`` of the published rows, or their rival."""

    instead: bool = False


class LocalPrior(Prior, frozen=True, kw_only=True):
    """A prior of one archive; ``instead`` of the published ones, or beside them."""

    instead: bool = False


class Overlay(NamedTuple):
    """What an overlay file holds."""

    about: About
    sources: tuple[Source, ...]
    priors: tuple[LocalPrior, ...]
    rows: tuple[LocalRow, ...]
    digest: str


_TABLES: Final[dict[str, type[Source | Row]]] = {
    "source": Source,
    "prior": LocalPrior,
    "row": LocalRow,
}


def load_with_overlay(path: str | PathLike[str]) -> Knowledge:
    """The packaged tables with the local figures of a file.

    The version tells of them: that of the tables, ``+local.`` and a digest of the file.

    Raises
    ------
    KnowledgeError
        If the file is missing or malformed, or a row of it is wrong; in one line.
    """
    name = Path(path).name
    overlay = read_overlay(path)
    published = load()
    _weighing(name, published, overlay.rows)
    together = replace(
        published,
        version=f"{published.version}+local.{overlay.digest}",
        sources=(*published.sources, *overlay.sources),
        likelihoods=_rows(published, overlay.rows),
        priors=_priors(published, overlay.priors),
    )
    try:
        check(together)
    except KnowledgeError as error:  # the packaged tables are in order: it is a row of the file
        raise KnowledgeError(f"{name}: {str(error).partition(': ')[2]}") from None
    return together


def read_overlay(path: str | PathLike[str]) -> Overlay:
    """The rows of an overlay file, not yet held against the tables.

    Raises
    ------
    KnowledgeError
        If the file is missing or malformed, or an id is not marked as local.
    """
    name, data = Path(path).name, _bytes(Path(path))
    document = parsed(name, data)
    if unknown := sorted(document.keys() - {"overlay", *_TABLES}):
        raise KnowledgeError(
            f"{name}: unknown table {unknown[0]!r}; an overlay holds overlay, source, prior, row"
        )
    found: dict[str, tuple[Any, ...]] = {
        table: tuple(_local(name, raw, kind) for raw in _listed(name, table, document))
        for table, kind in _TABLES.items()
    }
    if not found["prior"] and not found["row"]:
        raise KnowledgeError(f"{name}: holds no figure; write [[prior]] or [[row]]")
    digest = hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()[:VERSION_LENGTH]
    about = _about(name, document.get("overlay"))
    return Overlay(about, found["source"], found["prior"], found["row"], digest)


def is_local(row: Row) -> bool:
    """Whether a row is of an overlay."""
    return isinstance(row, LocalRow | LocalPrior)


def published_beside(knowledge: Knowledge, row: LikelihoodRow) -> tuple[LikelihoodRow, ...]:
    """The rows that answer the same question without ``row``."""
    settings = () if row.setting is RowSetting.ANY else (row.setting,)
    return knowledge.rows_for(row.sign, row.entity, *settings)


# ---------------------------------------------------------------------------------- laid over


def _rows(published: Knowledge, local: Sequence[LocalRow]) -> tuple[LikelihoodRow, ...]:
    """All rows, those of one cell naming each other as rivals."""
    cells = {_cell(row) for row in local}
    rows = [row for row in published.likelihoods if _cell(row) not in cells]
    for cell in sorted(cells):
        own = [row for row in local if _cell(row) == cell]
        beside = [] if any(row.instead for row in own) else _beside(published, own[0])
        ids = [row.id for row in (*beside, *own)]
        rows += [
            replace(row, conflicts_with=tuple(each for each in ids if each != row.id))
            for row in (*beside, *own)
        ]
    return tuple(rows)


def _weighing(name: str, published: Knowledge, local: Sequence[LocalRow]) -> None:
    """Refuse a row that nothing would ever ask for."""
    signs = {sign.id: sign for sign in published.signs}
    for row in local:
        sign = signs.get(row.sign)
        if sign is None:
            reason = f"unknown sign {row.sign!r}; see signs.toml"
        elif sign.rows_of is not None:
            reason = f"{sign.id} shares the rows of {sign.rows_of}; write it for that sign"
        elif not sign.weighs:
            reason = f"{sign.id} does not weigh; take the row out"
        else:
            continue
        raise KnowledgeError(f"{name}: row {row.id!r}: {reason}")


def _cell(row: LikelihoodRow) -> tuple[str, str, str]:
    return row.sign, row.entity, row.setting


def _beside(published: Knowledge, row: LocalRow) -> list[LikelihoodRow]:
    """The published rows of a cell; those for anyone are taken into it, or they would fall away."""
    return [
        each
        if each.setting is row.setting
        else replace(each, id=f"{each.id}@{row.setting}", setting=row.setting)
        for each in published_beside(published, row)
        if each.sign == row.sign
    ]


def _priors(published: Knowledge, local: Sequence[LocalPrior]) -> tuple[Prior, ...]:
    replaced = {(row.setting, row.region) for row in local if row.instead}
    kept = [row for row in published.priors if (row.setting, row.region) not in replaced]
    return (*kept, *local)


# -------------------------------------------------------------------------------------- reading


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KnowledgeError(f"{path.name}: there is no such file; check the path") from None
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise KnowledgeError(f"{path.name}: cannot be read ({reason}); check it") from None


def _listed(name: str, table: str, document: dict[str, Any]) -> list[Any]:
    rows = document.get(table, [])
    if not isinstance(rows, list):
        raise KnowledgeError(f"{name}: {table} is one table; write each row as [[{table}]]")
    return rows


_T = TypeVar("_T", bound=Source | Row)


def _local(name: str, raw: object, kind: type[_T]) -> _T:
    row = row_of(name, raw, kind)
    if not row.id.startswith(PREFIX):
        raise KnowledgeError(
            f"{name}: row {row.id!r}: is not marked as local; let its id begin with {PREFIX}"
        )
    return row


def _about(name: str, raw: object) -> About:
    try:
        return msgspec.convert(raw, type=About)
    except msgspec.ValidationError:
        raise KnowledgeError(
            f"{name}: [overlay] must say made_from and beside, and no more; add it"
        ) from None
