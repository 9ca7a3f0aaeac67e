"""Versions of all that an answer depends on."""

from __future__ import annotations

import platform
from importlib import metadata

from hepaspot import __version__
from hepaspot.exam import SCHEMA_VERSION
from hepaspot.knowledge import load
from hepaspot.weigh.assessment import ASSESSMENT_VERSION


def versions() -> dict[str, str | dict[str, str | None]]:
    """Name to version; for libraries and extras a table of its own, None if not installed."""
    return {
        "hepaspot": __version__,
        "knowledge": load().version,
        "exam_schema": SCHEMA_VERSION,
        "assessment_schema": ASSESSMENT_VERSION,
        "python": f"{platform.python_version()} on {platform.system()}",
        "libraries": _installed(""),
        **{f"extra_{extra}": _installed(extra) for extra in _extras()},
    }


def _extras() -> list[str]:
    return metadata.metadata("hepaspot").get_all("Provides-Extra") or []


def _installed(extra: str) -> dict[str, str | None]:
    """The libraries of one extra, of the base for an empty name."""
    required = (line.partition(";") for line in metadata.requires("hepaspot") or [])
    names = (_name(spec) for spec, _, marker in required if _extra_of(marker) == extra)
    return {name: _version(name) for name in sorted(names)}


def _name(spec: str) -> str:
    return spec.split(">", 1)[0].split("=", 1)[0].strip()


def _extra_of(marker: str) -> str:
    return marker.rpartition("extra ==")[2].strip(" '\"") if "extra ==" in marker else ""


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
