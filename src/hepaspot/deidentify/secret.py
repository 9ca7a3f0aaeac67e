"""The key from which pseudonyms, UIDs and the shift of dates are made, one way.

Everything is HMAC-SHA256 under the key: with it the same input gives the same output, in any file
and any run; without it nothing leads back, not even by trying out all the ids of a hospital.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path
from typing import Final, Self
from uuid import UUID

from hepaspot.errors import InputError, MissingInput, OutputError, TooLarge, UnreadableInput
from hepaspot.intake.opening import shown_name

KEY_BYTES: Final = 32
"""Length of a key made here: bytes; as long as what SHA-256 gives."""

LEAST_KEY_BYTES: Final = 16
"""A shorter key can be guessed: bytes."""

MOST_KEY_BYTES: Final = 4096
"""A longer file is no key but something given by mistake: bytes."""

LEAST_DAYS: Final = 365
"""Dates move into the past by at least this many days: a year (convention)."""

MOST_DAYS: Final = 3650
"""Dates move into the past by less than this many days: ten years (convention)."""

PSEUDONYM_DIGITS: Final = 12
"""Hexadecimal digits of a pseudonym: two of a million patients agree once in 500 tries."""


class Key:
    """A secret; it shows itself nowhere."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def made(cls) -> Self:
        """A new one, forgotten when the run ends."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def kept_in(cls, path: Path) -> Self:
        """The one in a file, which is made if it is not there, for its owner alone.

        Raises
        ------
        InputError
            If the file cannot be read, or is no key.
        OutputError
            If it cannot be made.
        """
        try:
            return cls(_read(path))
        except MissingInput:
            return cls(_written(path))

    def pseudonym(self, identity: bytes) -> str:
        """What a patient is called instead: ``case-`` and digits."""
        return f"case-{self._digest(b'patient', identity).hex()[:PSEUDONYM_DIGITS]}"

    def uid(self, uid: str) -> str:
        """The UID that stands for ``uid``: derived from a UUID (PS3.5 B.2)."""
        digest = self._digest(b"uid", uid.encode("utf-8", "surrogateescape"))
        return f"2.25.{UUID(bytes=digest[:16], version=4).int}"

    def days(self, identity: bytes) -> int:
        """By how many days the dates of a patient move into the past."""
        drawn = int.from_bytes(self._digest(b"days", identity))
        return LEAST_DAYS + drawn % (MOST_DAYS - LEAST_DAYS)

    def _digest(self, purpose: bytes, value: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + b"\0" + value, "sha256")


def _read(path: Path) -> bytes:
    where = shown_name(os.fspath(path))
    try:
        with path.open("rb") as file:
            secret = file.read(MOST_KEY_BYTES + 1)
    except FileNotFoundError:
        raise MissingInput(f"{where}: there is no such key") from None
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise UnreadableInput(
            f"{where}: cannot be read as a key ({reason}); name another --key-file"
        ) from None
    return _checked(secret, where)


def _checked(secret: bytes, where: str) -> bytes:
    stripped = secret.strip()  # an editor adds a line end, and it is the same key
    if len(secret) > MOST_KEY_BYTES:
        raise TooLarge(f"{where}: is larger than any key; name the file of the key")
    if len(stripped) < LEAST_KEY_BYTES:
        raise InputError(
            f"{where}: is shorter than {LEAST_KEY_BYTES} bytes, and such a key can be guessed; "
            "name a file that is not there, and one is made"
        )
    return stripped


def _written(path: Path) -> bytes:
    secret = secrets.token_hex(KEY_BYTES).encode()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:  # noqa: PTH123  a handle, not a path
            file.write(secret + b"\n")
    except OSError as error:
        reason = (error.strerror or "input or output error").lower()
        raise OutputError(
            f"{shown_name(os.fspath(path))}: the new key cannot be written ({reason}); "
            "name another --key-file"
        ) from None
    return secret
