"""Finds what contradicts itself in a configuration of which each value by itself is right."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import msgspec

from hepaspot.serve.node.settings import (
    Caller,
    DicomDestination,
    NodeSettings,
    Pull,
    StowDestination,
    TlsClient,
)


def faults(settings: NodeSettings) -> Iterator[str]:
    """Each fault, in one line."""
    yield from _caller_faults(settings)
    listen = settings.listen
    if listen.tls is None and not _own(listen.host) and listen.anyone:
        yield (
            f"listen: {listen.host} without TLS would take exams from anyone; name who may "
            "send with [[calling]], or set listen.tls"
        )
    names = [each.name for each in settings.send]
    for name in names:
        if names.count(name) > 1:
            yield f"send: two destinations are called {name!r}; call one otherwise"
    for each in settings.send:
        if not each.formats:
            yield f"send: {each.name} gets no formats; name some of sr, sc, pdf, seg"
        if isinstance(each, StowDestination):
            yield from _login_faults(f"send: {each.name}", each)
        yield from _tls_faults(f"send: {each.name}", each.tls)
    if settings.pull is not None:
        yield from _login_faults("pull", settings.pull)
        yield from _tls_faults("pull", settings.pull.tls)
    if settings.watch.token_file is None and not _own(settings.watch.host):
        yield (
            f"watch: {settings.watch.host} is not this machine's own address; set "
            "watch.token_file, or listen on 127.0.0.1"
        )
    if "://" in settings.database and not settings.database.startswith("postgresql"):
        yield "store: is no URL of PostgreSQL; give the path of a file, or postgresql://..."
    yield from _missing_files(settings)


def doubts(settings: NodeSettings) -> Iterator[str]:
    """What may be meant so and seldom is, each in one line."""
    known = {each.ae_title for each in settings.calling}
    for each in settings.send:
        if not isinstance(each, DicomDestination) or not each.commitment:
            continue
        if not settings.listen.anyone and each.ae_title not in known:
            yield (
                f"send: {each.name} is to say what it keeps, and {each.ae_title!r} is not under "
                "[[calling]]; name it there, unless it calls by another title that is"
            )


def _caller_faults(settings: NodeSettings) -> Iterator[str]:
    if not settings.calling and not settings.listen.anyone:
        yield (
            "calling: names nobody who may send; name each with [[calling]], or set "
            "listen.anyone = true"
        )
    if settings.calling and settings.listen.anyone:
        yield (
            "calling: names who may send, and listen.anyone lets everyone; leave one of them out"
        )
    titles = [each.ae_title for each in settings.calling]
    for each in settings.calling:
        if titles.count(each.ae_title) > 1:
            yield f"calling: {each.ae_title!r} is named twice; name it once, without an address"
        yield from _address_faults(each)


def _address_faults(caller: Caller) -> Iterator[str]:
    """An address is compared letter by letter with the one that a connection comes from."""
    if caller.address is None:
        return
    try:
        usual = str(ip_address(caller.address))
    except ValueError:
        yield f"calling: the address of {caller.ae_title!r} is none; give it as 192.0.2.1"
        return
    if usual != caller.address:
        yield f"calling: the address of {caller.ae_title!r} must be written {usual}"


def _login_faults(where: str, at: StowDestination | Pull) -> Iterator[str]:
    if (at.user is None) != (at.password_file is None):
        yield f"{where}: user and password_file belong together; set both or none"
    if at.user is not None and at.token_file is not None:
        yield f"{where}: has both a token and a user; set one of them"
    if at.user is not None and ":" in at.user:
        yield f"{where}: a user's name cannot hold a colon; correct it"


def _tls_faults(where: str, tls: TlsClient | None) -> Iterator[str]:
    if tls is not None and tls.key is not None and tls.certificate is None:
        yield f"{where}: has a key without its certificate; set tls.certificate"


def _missing_files(value: object, where: str = "") -> Iterator[str]:
    """Each file that is named and is not there; the folder and the store are made."""
    if isinstance(value, Path):
        if where != "folder" and not value.is_file():
            yield f"{where}: {value} is no file; check the path"
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _missing_files(each, f"{where}[{number}]")
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _missing_files(getattr(value, name), f"{where}.{name}".lstrip("."))


def _own(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
