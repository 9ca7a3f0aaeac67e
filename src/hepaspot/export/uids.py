"""UIDs that are the same whenever the same is exported: 2.25 and a hash (PS3.5, B.2)."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from hepaspot import __version__
from hepaspot.export.case import Case, handed_on

ROOT: Final = "2.25."
"""Root of UIDs made from a UUID; anyone may use it (ITU-T X.667)."""

IMPLEMENTATION: Final = "2.25.104207085880542725606776380412789268001"
"""(0002,0012) *Implementation Class UID*: of hepaspot, drawn once."""

_VERSION: Final = 8 << 76
_VERSION_MASK: Final = 0xF << 76
_VARIANT: Final = 2 << 62
_VARIANT_MASK: Final = 3 << 62


def uid_of(*parts: object) -> str:
    """The UID of what ``parts`` describe: a UUID of version 8 made from their SHA-256.

    Parameters
    ----------
    *parts
        Strings, numbers, values that JSON can hold; the first says what kind of thing it is.
    """
    digest = sha256(msgspec.json.encode(parts, order="deterministic")).digest()
    number = int.from_bytes(digest[:16], "big")
    number = (number & ~_VERSION_MASK) | _VERSION
    return f"{ROOT}{(number & ~_VARIANT_MASK) | _VARIANT}"


def object_uid(case: Case, kind: str, part: str = "") -> str:
    """The SOP Instance UID of one object: another one whenever a byte of it may differ.

    Versions of libraries are left out of it, the version of hepaspot is not.
    """
    return uid_of(
        "object",
        kind,
        part,
        [picture.identity.sop_instance_uid for picture in case.pictures],
        handed_on(case.assessment),
        case.language,
        case.date,
        case.time,
        __version__,
    )


def series_uid(case: Case, kind: str) -> str:
    """The UID of the series that objects of one kind go into: one for each study and kind."""
    return uid_of("series", kind, case.first.identity.study.instance_uid)


def device_uid() -> str:
    """The UID of this version of hepaspot as the device that observes."""
    return uid_of("device", __version__)


def tracking_uid(picture_uid: str, focus: str, part: int) -> str:
    """The UID by which one focus of a picture is followed: not by what is concluded of it."""
    return uid_of("focus", picture_uid, focus, part)
