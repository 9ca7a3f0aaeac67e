"""What lies in a folder of a store, heads of files, whole files. Nothing is written to a store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hepaspot.archive.stores import WEB, located, or_a_server, refuse_unfit, shown, told
from hepaspot.errors import InputError, MissingInput, UnreadableInput, UnsupportedInput
from hepaspot.remote.servers import Away


class Stored(NamedTuple):
    """A file in a store, as the listing tells it.

    Attributes
    ----------
    address : str
        Where it is.
    within : str
        The same from the folder that was listed, with ``/`` between names.
    size : int or None
        Bytes; None where the store does not tell.
    """

    address: str
    within: str
    size: int | None


def files_in_store(address: str) -> list[Stored]:
    """Every file of a folder and of the folders within it, hidden ones left out.

    Files of one folder follow each other, in the order of their names.

    Raises
    ------
    MissingInput
        If nothing lies there.
    InputError
        If it is a file, or the store cannot be reached, or refuses.
    MissingExtra
        If the library of the store is not installed.
    """
    try:
        found = list(_listed(address))
    except Away as away:
        raise InputError(
            f"{shown(address)}: {away}; try again when it is there{or_a_server(address)}"
        ) from None
    except FileNotFoundError:
        found = []
    except (UnreadableInput, UnsupportedInput) as error:
        raise type(error)(f"{shown(address)}: {error}") from None
    if not found:
        raise MissingInput(
            f"{shown(address)}: nothing lies at this address; check it{or_a_server(address)}"
        )
    if any(not each.within for each in found):
        raise InputError(
            f"{shown(address)}: is no table (.csv, .jsonl, .parquet); name a table, or the folder "
            f"of it{or_a_server(address)}"
        )
    visible = (each for each in found if "/." not in f"/{each.within}")
    return sorted(visible, key=_folder_first)


def _folder_first(file: Stored) -> tuple[list[str], str]:
    *folders, name = file.within.split("/")
    return folders, name


def _listed(address: str) -> Iterator[Stored]:
    system, root = located(address)
    root = root.rstrip("/")
    with told():
        for info in _infos(system, root or "/"):
            name = info["name"]
            if info.get("type") == "directory" or name.endswith("/"):
                continue  # such as an object of no bytes that stands for a folder
            if "?" in name and address.startswith(WEB):
                continue  # the same folder in another order
            if name == root or name.startswith(f"{root}/"):
                within = name[len(root) :].lstrip("/")
                yield Stored(_joined(address, within), within, info.get("size"))


def _joined(address: str, within: str) -> str:
    return f"{address}{'' if address.endswith('/') else '/'}{within}"


def _infos(system: Any, root: str) -> Iterator[dict[str, Any]]:
    """What a store tells of each file: at once where it can, else folder by folder."""
    if _lists_all_at_once(type(system)):
        for name, info in system.find(root, detail=True).items():
            yield {"name": name, **info}
        return
    # Its own `find` goes folder by folder too, and leaves out a folder that it cannot list.
    left = [root]
    while left:
        for info in system.ls(left.pop(), detail=True):
            yield info
            folder = info["name"].rstrip("/")
            is_hidden = folder.rpartition("/")[2].startswith(".")
            if info["type"] == "directory" and not is_hidden and not info.get("islink"):
                left.append(folder)


def _lists_all_at_once(kind: Any) -> bool:
    """Whether a kind of store has a ``find`` of its own, or one that is awaited."""
    from fsspec import AbstractFileSystem
    from fsspec.asyn import AsyncFileSystem

    awaited = AsyncFileSystem._find  # noqa: SLF001 - its own name for it
    own = getattr(kind, "_find", awaited) is not awaited
    return own or kind.find is not AbstractFileSystem.find


def heads(files: Sequence[Stored], count: int) -> list[bytes | Away]:
    """The first ``count`` bytes of each file of one store, all at once where it can.

    Of a file that is not given they are empty: that is told when it is read.

    Raises
    ------
    Away
        If the store cannot be reached at all.
    UnsupportedInput
        If its library cannot give a part of a file.
    """
    asked = [each for each in files if each.size != 0]
    found: dict[str, bytes | Away] = {}
    if asked:
        places = [located(each.address) for each in asked]
        ends = [min(each.size or count, count) for each in asked]
        with told():
            answers = places[0][0].cat_ranges(
                [path for _, path in places], [0] * len(asked), ends, on_error="return"
            )
        for each, answer in zip(asked, answers, strict=True):
            found[each.address] = (
                answer[:count] if isinstance(answer, bytes) else _not_given(answer)
            )
    return [found.get(each.address, b"") for each in files]


def _not_given(error: Exception) -> bytes | Away:
    try:
        with told():
            raise error
    except (MissingInput, UnreadableInput):
        return b""
    except Away as away:
        return away


def head(address: str, count: int) -> bytes:
    """The first ``count`` bytes of one file.

    Raises
    ------
    Away
        If the store cannot be reached.
    """
    (answer,) = heads([Stored(address, "", None)], count)
    if isinstance(answer, Away):
        raise answer
    return answer


def named_as(address: str) -> str:
    """A name for a copy of a file, which ends as the file does."""
    suffix = re.search(r"\.[A-Za-z0-9]{1,8}$", address)
    return f"file{suffix[0] if suffix else ''}"


def bring(address: str, to: Path) -> None:
    """Copy a file of a store.

    Raises
    ------
    Away
        If the store cannot be reached, or breaks off.
    InputError
        If it does not have the file, or does not give it, or the file is too large.
    MissingExtra
        If the library of the store is not installed.
    """
    from fsspec.callbacks import Callback

    system, path = located(address)

    def bound(size: int | None, value: int, **more: object) -> None:
        refuse_unfit(address, max(size or 0, value))

    with told():
        system.get_file(path, str(to), callback=Callback(hooks={"bound": bound}))
    if not to.is_file():
        raise MissingInput("is no file of the store any more; put it back")
    bound(to.stat().st_size, 0)
