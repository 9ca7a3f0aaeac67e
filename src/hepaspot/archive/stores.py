"""Object stores, as fsspec knows them: their addresses, and what can go wrong with them.

Credentials are those that the library of a store finds by itself. No error repeats what the
library says: that may hold an address with a key in it.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from hepaspot.errors import (
    HepaspotError,
    InputError,
    MissingExtra,
    MissingInput,
    TooLarge,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.remote.servers import Away

MOST_BYTES: Final = 1 << 30
"""Largest file that is fetched (convention)."""

_SECRET: Final = re.compile(r"://(?:[^@/]*:(?!\d+/)[^@]*@|[^?]*\?[^=]*=)")
"""A password before the ``@`` (it may hold a ``/``; a port is none), a signature behind a ``?``."""

WEB: Final = ("http://", "https://")
"""Addresses of servers that list files on pages; others are of servers of another kind."""

_MISTAKES: Final = (ValueError, TypeError, AttributeError, NotImplementedError)
"""What a library raises that cannot do what it is asked for."""


def is_in_store(path: str) -> bool:
    """Whether a document is fetched from an object store."""
    return "://" in path


def shown(address: str) -> str:
    """An address without what may be a secret: all before ``@``, all behind ``?``."""
    return re.sub(r"\?.*", "?…", re.sub(r"://.*@", "://…@", address))


def without_secret(address: str) -> str:
    """An address as a user gave it, if nothing in it has to be hidden.

    Raises
    ------
    InputError
        If it holds a password or a signature, which the result would keep.
    """
    if _SECRET.search(address):
        raise InputError(
            f"{shown(address)}: holds a password or a signature, which would be kept in the "
            "result; take it out and give it where the library of the store looks for it"
        )
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}{rest.rstrip('/') or rest}"


def located(address: str) -> tuple[Any, str]:
    """The file system of an address, one for each store in a process, and the path in it.

    Raises
    ------
    Away
        If the store cannot be reached.
    InputError
        If fsspec knows no such store.
    MissingExtra
        If the library of the store is not installed.
    """
    from fsspec.core import url_to_fs

    refuse_unfit(address, 0)
    scheme = address.partition("://")[0]
    with told():
        try:
            system, path = url_to_fs(address)
        except ImportError as error:
            raise MissingExtra(
                f"{scheme}://: needs a library that is not installed ({error}); install it"
                + or_a_server(address)
            ) from None
        except _MISTAKES:
            raise InputError(
                f"{scheme}://: is no store that fsspec knows; check the address"
            ) from None
    return system, path


def refuse_unfit(address: str, size: int | None) -> None:
    """Refuse a file that cannot be fetched, as far as that can be told without trying.

    Raises
    ------
    InputError
        Without its address.
    """
    if "::" in address:
        raise UnsupportedInput("its address holds ::, which fsspec takes for two stores; rename it")
    if (size or 0) > MOST_BYTES:
        raise TooLarge(f"is larger than {MOST_BYTES >> 20} MiB; leave it out, or cut it")


def or_a_server(address: str) -> str:
    """What else is said to whoever may have meant another kind of server."""
    other = ", or put dicomweb+ or fhir+ before the address of such a server"
    return other if address.startswith(WEB) else ""


@contextmanager
def told() -> Iterator[None]:
    """Tell what went wrong at a store, without a word of its own."""
    try:
        yield
    except (HepaspotError, Away):
        raise
    except FileNotFoundError:
        raise MissingInput("is not in the store any more; put it back") from None
    except (PermissionError, IsADirectoryError, NotADirectoryError):
        raise UnreadableInput("the store does not give it; check your rights") from None
    except _MISTAKES as error:
        raise UnsupportedInput(
            f"the library of the store cannot do it ({type(error).__name__}); check the address"
        ) from None
    except Exception as error:  # noqa: BLE001 - each library has errors of its own
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise UnreadableInput("no room is left to fetch it to; make room") from None
        raise Away(f"the store cannot be reached ({type(error).__name__})") from None
