"""Dates moved into the past by whole days, and times and ages that may stay.

A whole number of days leaves the times of day as they are, and with them every interval.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

OLDEST_TOLD_YEARS: Final = 90
"""An age above this is told as this: years. Few are older, and each is known."""

_OLD_STYLE: Final = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)")
_DATE: Final = re.compile(r"(\d{4})(\d\d)?(\d\d)?")
_DATE_TIME: Final = re.compile(r"(\d{4,14}(?:\.\d{1,6})?)(?:[+-]\d{4})?")
_TIME: Final = re.compile(r"\d\d(\d\d(\d\d(\.\d{1,6})?)?)?")
_OLD_STYLE_TIME: Final = re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?")
_AGE: Final = re.compile(r"(\d{3})([DWMY])")
_UNITS_A_YEAR: Final = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}


def shifted(value: str, vr: str, days: int) -> str:
    """A date (DA), date and time (DT) or time (TM) with the date moved ``days`` into the past.

    Empty for what is none of these. The offset from UTC of a DT is left out, since it tells a
    place.
    """
    value = value.strip("\0 ")
    if vr == "TM":
        return value if _TIME.fullmatch(value) or _OLD_STYLE_TIME.fullmatch(value) else ""
    if vr == "DT":
        told = _DATE_TIME.fullmatch(value)
        return "" if told is None else _moved_start(told[1], days)
    old_style = _OLD_STYLE.fullmatch(value)
    value = "".join(old_style.groups()) if old_style else value
    return _moved_start(value, days) if re.fullmatch(r"\d{8}", value) else ""


def _moved_start(value: str, days: int) -> str:
    """``value`` with its first digits, up to eight, moved; as exact as it was."""
    told = _DATE.match(value)
    if told is None or len(value.partition(".")[0]) % 2:
        return ""
    year, month, day = told.groups("01")
    try:
        moved = date(int(year), int(month), int(day)) - timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{moved:%Y%m%d}".rjust(8, "0")[: len(told[0])] + value[len(told[0]) :]


def told_age(value: str) -> str:
    """An age (AS) as it may be told; empty for what is none."""
    told = _AGE.fullmatch(value.strip("\0 "))
    if told is None:
        return ""
    years = int(told[1]) / _UNITS_A_YEAR[told[2]]
    return f"{OLDEST_TOLD_YEARS:03d}Y" if years > OLDEST_TOLD_YEARS else told[0]
