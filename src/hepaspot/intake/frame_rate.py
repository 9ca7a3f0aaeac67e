"""Frames per second as files tell them, slips left out."""

from __future__ import annotations

from typing import Final

LEAST: Final = 0.1
"""A told rate below this is a slip: frames per second. Convention."""

MOST: Final = 1000.0
"""A told rate above this is a slip: frames per second. Convention."""


def likely_rate(told: float | None) -> float | None:
    """The rate ``told``, or None where no clip has such a rate."""
    return told if told is not None and LEAST <= told <= MOST else None
