"""What becomes of an attribute: Table E.1-1 of DICOM PS3.15, as ultrasound images need it.

The table leaves a choice where an attribute may be required or not (X/Z, X/D, ...). None of
those is required in an ultrasound image or a secondary capture (PS3.3 A.6, A.7, A.8), so that
the strictest is taken that leaves the object whole.

Every date is moved, in the table or not (E.1.1, note 4): by its value representation, since later
editions list further ones. Moving all by whole days keeps what E.3.6 asks for, the intervals between
images and the times within a study, past midnight too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import Enum, auto
from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.tag import BaseTag

from hepaspot.deidentify.wish import Wish


class Action(Enum):
    """What becomes of an attribute."""

    REMOVE = auto()
    EMPTY = auto()
    DUMMY = auto()
    OTHER_UID = auto()
    SHIFT = auto()
    KEEP = auto()
    WALK = auto()
    """Keep the sequence, and treat each attribute of its items."""


BINARY: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
"""Value representations in which anything may hide; pixel data are written anew."""

DATES: Final = frozenset({"DA", "DT", "TM"})

_WITHOUT_C: Final = frozenset({0x00100030, 0x00100032, 0x00160077})
"""Birth date, birth time and (0016,0077) *GPS Time Stamp*: all dates and times of the table that have
no C under "Rtn. Long. Modif. Dates Opt."."""

_PUBLIC: Final = frozenset({0x00080106, 0x00080107, 0x00181204})
"""(0008,0106) and (0008,0107), the dates of lists of codes, and (0018,1204) *Date of Manufacture*: C
there, but whoever knows the list or the machine would learn by how many days dates were moved."""

NEVER_SHIFTED: Final = _WITHOUT_C | _PUBLIC
"""Dates and times that follow the column "Basic Prof."."""

FIRST_GROUP: Final = 0x0008
"""Lower groups belong to messages and to the file."""

CURVES: Final = range(0x5000, 0x5100)
"""Groups of (50xx,xxxx) *Curve Data*."""

OVERLAYS: Final = range(0x6000, 0x6100)
"""Groups of (60xx,3000) *Overlay Data* and of what describes it."""

PIXEL_GROUP: Final = 0x7FE0
"""This group is written anew, and what follows it are signatures and padding."""

_BY_CODE: Final = {
    "X": Action.REMOVE,
    "X/D": Action.REMOVE,
    "X/Z/D": Action.REMOVE,
    "X/Z": Action.EMPTY,
    "Z": Action.EMPTY,
    "Z/D": Action.EMPTY,
    "D": Action.DUMMY,
    "U": Action.OTHER_UID,
    "X/Z/U*": Action.WALK,
    "beyond": Action.REMOVE,
}

_UNLISTED: Final = {"SQ": Action.WALK, "UI": Action.OTHER_UID, "PN": Action.REMOVE}
"""What is not in the table is kept, but for these: all names and UIDs that are known of are in
it, and others are not vouched for."""


def action_for(tag: BaseTag, vr: str, wish: Wish) -> Action:
    """What becomes of the attribute ``tag`` of value representation ``vr``.

    ``US or SS`` and the like are the representation of what only the old pixels could tell.
    """
    is_known = dictionary_has_tag(tag) or tag in _listed()
    if _is_removed_group(tag) or vr in BINARY or " or " in vr or not is_known:
        return Action.REMOVE
    if wish.keep_characteristics and tag in _characteristics():
        return Action.KEEP
    if vr in DATES:
        return _for_date(tag)
    return _by_table(_listed().get(tag), vr)


def _for_date(tag: BaseTag) -> Action:
    if tag in NEVER_SHIFTED:
        return _listed()[tag]
    is_date = not dictionary_has_tag(tag) or dictionary_VR(tag) in DATES
    return Action.SHIFT if is_date else Action.REMOVE  # a number that says it is a time


def _by_table(listed: Action | None, vr: str) -> Action:
    if listed is None:
        return _UNLISTED.get(vr, Action.KEEP)
    if listed is Action.WALK and vr != "SQ":
        return Action.REMOVE  # a sequence that says it is something else
    if vr == "SQ" and listed is Action.DUMMY:
        return Action.REMOVE  # no sequence of structured content or annotation is in an image
    if vr == "UI" and listed is Action.DUMMY:
        return Action.OTHER_UID
    return listed


def _is_removed_group(tag: BaseTag) -> bool:
    group = tag.group
    outside = group < FIRST_GROUP or group >= PIXEL_GROUP
    is_length = tag.element == 0
    return outside or is_length or group % 2 == 1 or group in CURVES or group in OVERLAYS


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("profile.toml").read_text("utf-8"))


@cache
def _listed() -> Mapping[int, Action]:
    return {
        _tag(written): action for code, action in _BY_CODE.items() for written in _table()[code]
    }


@cache
def _characteristics() -> frozenset[int]:
    return frozenset(map(_tag, _table()["characteristics"]))


def edition() -> str:
    """The edition of DICOM that the table is of."""
    return str(_table()["edition"])


def _tag(written: str) -> int:
    return int(written.replace(",", ""), 16)
