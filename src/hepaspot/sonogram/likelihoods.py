"""From measured figures to the likelihood of each state of a sign.

Each figure is a normal with its own doubt; a state is an interval of the true value. So a
drop of 4 dB that is sure to 1 dB is mostly faint, and one that is sure to 4 dB says little.
"""

from __future__ import annotations

from math import erf, sqrt
from typing import Final

from hepaspot.sonogram.neighbours import Lie, Tube
from hepaspot.sonogram.shadow import Shadow

PRESENT_DB: Final = 5.0
"""A drop from here on is a shadow: dB (convention; real ones are 6 to 14 by simulation)."""

ABSENT_DB: Final = 2.5
"""A drop under this is none: dB (convention; speckle alone makes 1 to 2)."""

STRONG_DB: Final = 9.0
"""Contrast from which an echo is called strong: dB (convention)."""

STRONG_SD_DB: Final = 2.0
"""Doubt of that border: dB (convention)."""

TAIL_DB: Final = 3.0
"""Just behind a focus, so much brighter than beside is a tail: dB (convention)."""

RING_DOWN_MM: Final = 25.0
"""A tail this long is ring-down, a shorter one a comet tail: mm (convention)."""

BANDS: Final = (1.75, 0.25)
"""Ups and downs behind a focus, times the usual, from which they are bands; its doubt (convention)."""

UNCLEAN_DB: Final = (2.5, 2.5)
"""From this level of the near part of a shadow against its flanks, bands counted in, it is
dirty; its doubt: dB (convention)."""

DB_A_BAND: Final = 4.0
"""Bands as strong as the usual ups and downs count as so many dB of filling (convention)."""

USUAL_BANDS: Final = 1.2
"""Ups and downs behind a hard focus, times those elsewhere (measured on phantoms)."""

DUCT_SHARE: Final = {
    "ends": 0.55,
    "ends_with_partner": 0.8,
    "passes": 0.2,
    "passes_with_partner": 0.45,
}
"""How probably a dark tube at a focus is a duct rather than a vessel (convention, no figure)."""

DILATED_MM: Final = 2.0
"""Calibre above which an intrahepatic duct is dilated: mm (source N1)."""

NO_DUCT: Final = 0.25
"""Likelihood left to a dilated duct where the tube at a focus is a vessel: a duct as wide would
be seen beside it (convention)."""


def above(value: float, limit: float, sd: float) -> float:
    """Probability that the true value behind ``value`` exceeds ``limit``."""
    return 0.5 * (1 + erf((value - limit) / (max(sd, 1e-6) * sqrt(2))))


def of_echo(contrast_db: float) -> dict[str, float]:
    """Strong or weak, from the contrast in dB."""
    strong = above(contrast_db, STRONG_DB, STRONG_SD_DB)
    return _kept({"strong": strong, "weak": 1 - strong})


def of_shadow(behind: Shadow) -> dict[str, float]:
    """All states of the sign shadow."""
    sd = max(behind.drop_sd_db, 1.0)
    present = above(behind.drop_db, PRESENT_DB, sd)
    absent = 1 - above(behind.drop_db, ABSENT_DB, sd)
    faint = max(0.0, 1 - present - absent)
    tail = above(behind.near_db, TAIL_DB, behind.near_sd_db) * min(1.0, behind.bright_mm / 6.0)
    dark = 1 - tail
    bands = above(behind.bands, *BANDS)
    unclean = above(behind.near_db + DB_A_BAND * (behind.bands - USUAL_BANDS), *UNCLEAN_DB)
    dirty = unclean * (present + faint)
    long = above(behind.bright_mm, RING_DOWN_MM, 5.0)
    return _kept(
        {
            "present": dark * present * (1 - unclean),
            "faint": dark * faint * (1 - unclean),
            "absent": dark * absent,
            "dirty": dark * dirty * (1 - bands),
            "reverberation": dark * dirty * bands + tail * bands,
            "comet_tail": tail * (1 - bands) * (1 - long),
            "ring_down": tail * (1 - bands) * long,
        }
    )


def of_tube(tube: Tube) -> dict[str, float]:
    """Whether the duct beside a focus is dilated, from the tube that touches it."""
    wide = above(tube.calibre_mm, DILATED_MM, tube.sd_mm)
    duct = duct_share(tube)
    dilated = duct * wide + (1 - duct) * NO_DUCT
    return {"dilated": dilated, "not_dilated": 1 - dilated}


def duct_share(tube: Tube) -> float:
    """How probably ``tube`` is a duct."""
    lie = "ends" if tube.lie is Lie.ENDS_AT else "passes"
    return DUCT_SHARE[lie + ("_with_partner" if tube.partner_mm is not None else "")]


def of_motion(apart_mm: float, sd_mm: float) -> dict[str, float]:
    """Whether a focus moves against the liver, from how far it does: mm."""
    moves = above(apart_mm, 3.0, max(sd_mm, 0.7))
    return _kept({"moves": moves, "fixed": 1 - moves})


def _kept(states: dict[str, float]) -> dict[str, float]:
    """Rounded, the states that round to nothing left out; they add up to 1."""
    kept = {state: weight for state, weight in states.items() if weight >= 0.0005}
    total = sum(kept.values())
    return {state: round(weight / total, 4) for state, weight in kept.items()}
