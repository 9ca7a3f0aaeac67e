"""Reads the configuration of a node, refuses what is wrong in it, and shows what is in force."""

from __future__ import annotations

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from hepaspot.errors import InputError, MissingExtra, MissingInput
from hepaspot.serve.node.contradictions import faults
from hepaspot.serve.node.mistakes import in_words
from hepaspot.serve.node.settings import NodeSettings

NEEDED: Final = ("pynetdicom", "sqlalchemy", "highdicom", "reportlab", "starlette", "httpx")
"""The libraries of the extra ``node``."""

_PASSWORD: Final = re.compile(r"(://[^/@:]*):.*@|([?&]\w*password=)[^&]*", re.IGNORECASE)
"""Up to the last @: a password may hold one, against the rules."""


def need_node() -> None:
    """Refuse where the extra is not installed.

    Raises
    ------
    MissingExtra
    """
    if any(find_spec(library) is None for library in NEEDED):
        raise MissingExtra('the node: needs what is not installed; pip install "hepaspot[node]"')


def configured(path: Path) -> NodeSettings:
    """The settings in a file; relative paths in it start at its folder.

    Raises
    ------
    MissingInput
        If there is no such file.
    InputError
        If it is no TOML, or something in it is unknown, of the wrong kind, or contradictory.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise MissingInput(f"{path}: there is no such file; check the path") from None
    except OSError as error:
        reason = (error.strerror or "input error").lower()
        raise InputError(f"{path}: cannot be read ({reason}); check your rights") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: is no TOML ({_place(error)}); correct it") from None
    try:
        settings = msgspec.convert(told, NodeSettings, dec_hook=_path)
    except msgspec.ValidationError as error:
        raise InputError(f"{path}: {in_words(error, told)}; correct it") from None
    settings = cast("NodeSettings", _anchored(settings, path.absolute().parent))
    if settings.store is not None and "://" not in settings.store:
        store = str(path.absolute().parent / settings.store)
        settings = msgspec.structs.replace(settings, store=store)
    for fault in faults(settings):
        raise InputError(f"{path}: {fault}")
    return settings


def shown(settings: NodeSettings) -> str:
    """All that is in force, as TOML, without passwords."""
    import tomli_w

    told = msgspec.structs.replace(settings, store=_PASSWORD.sub(_hidden, settings.database))
    return tomli_w.dumps(_plain(msgspec.to_builtins(told, enc_hook=str)))


def _hidden(found: re.Match[str]) -> str:
    return f"{found[1]}:***@" if found[1] is not None else f"{found[2]}***"


def _path(kind: type, value: object) -> Any:
    if kind is Path and isinstance(value, str) and value and "\0" not in value:
        return Path(value)
    raise ValueError("Expected a path")


def _place(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, RecursionError):
        return "too many brackets in each other"
    found = re.search(r"line \d+, column \d+", str(error))
    return found[0] if found else "at its end"


def _plain(value: Any) -> Any:
    """Without what is not set, which TOML cannot say."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _anchored(value: Any, folder: Path) -> Any:
    """``value`` with each relative path in it put behind ``folder``."""
    if isinstance(value, Path):
        return folder / value
    if isinstance(value, tuple):
        return tuple(_anchored(each, folder) for each in value)
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        changed = {name: _anchored(getattr(value, name), folder) for name in names}
        return msgspec.structs.replace(value, **changed)
    return value
