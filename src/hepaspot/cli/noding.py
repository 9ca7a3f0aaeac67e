"""The commands of the node beside the PACS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hepaspot.serve.node.queue import WorkQueue
    from hepaspot.serve.node.settings import NodeSettings

node = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Run hepaspot beside a PACS: exams come in by DICOM, answers go back.",
)

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="The node's TOML file.")]


class Role(StrEnum):
    """What a worker does."""

    READ = "read"
    SEND = "send"


@node.command(short_help="Run the node until it is told to end.")
def run(config: Config) -> None:
    """Take exams, read them, send the answers; say what happens as JSON on standard error."""
    with _told(config) as settings:
        from hepaspot.serve.node.running import run_node

        run_node(settings, config.absolute())


@node.command(short_help="Run one more worker, here or on another machine.")
def work(
    config: Config,
    role: Annotated[Role, typer.Option(help="Read studies, or send answers.")] = Role.READ,
    tied: Annotated[bool, typer.Option("--tied", hidden=True)] = False,
) -> None:
    """Run one worker beside those of the node. It needs the node's folder and its database."""
    with _told(config) as settings:
        from hepaspot.serve.node.running import work as run_worker

        run_worker(settings, role.value, tied=tied)


@node.command("config", short_help="Check the configuration, and show all that is in force.")
def show_config(config: Config) -> None:
    """Check a configuration and print it with every default filled in, without passwords."""
    with _told(config) as settings:
        from hepaspot.serve.node.configuring import shown
        from hepaspot.serve.node.contradictions import doubts

        typer.echo(shown(settings), nl=False)
        for doubt in doubts(settings):
            typer.echo(f"{config}: {doubt}", err=True)


@node.command(short_help="List studies, deliveries and requests, and how far they are.")
def queue(
    config: Config,
    dead: Annotated[
        bool, typer.Option("--dead", help="Only what was given up, with the reason.")
    ] = False,
    study: Annotated[
        str | None, typer.Option(metavar="UID", help="Only what belongs to this study.")
    ] = None,
) -> None:
    """List what is in the queue: what, name, state, tries, study, reason, with tabs between."""
    with _queue(config) as opened:
        key = None if study is None else _key(study)
        for line in opened.lines(dead_only=dead, study=key):
            typer.echo("\t".join(str(each) for each in line))


@node.command(short_help="Try again what was given up.")
def retry(
    config: Config,
    name: Annotated[
        str | None, typer.Argument(help="As hepaspot node queue calls it; without it, all.")
    ] = None,
) -> None:
    """Bring dead letters back into the queue."""
    with _queue(config) as opened:
        again = opened.retry(name)
        typer.echo(f"{again} will be tried again")


@node.command(short_help="Have a study fetched from the DICOMweb server.")
def fetch(
    config: Config,
    study: Annotated[str, typer.Argument(metavar="UID", help="Its Study Instance UID.")],
) -> None:
    """Ask the running node to fetch a study by QIDO-RS and WADO-RS, and to read it."""
    with _told(config) as settings:
        from hepaspot.errors import InputError
        from hepaspot.remote.dicomweb import known_uid
        from hepaspot.serve.node.spool import is_held

        if settings.pull is None:
            raise InputError(f"{config}: has no [pull]; name a DICOMweb server in it")
        uid = known_uid(study)
        with _opened(settings) as opened:
            told = "queued" if opened.ask_for(uid) else "waits already"
        typer.echo(told if is_held(settings.folder) else f"{told}; the node is not running")


@node.command(short_help="Show the audit trail, and whether it is whole.")
def audit(config: Config) -> None:
    """Print the audit trail with tabs between; ends with 1 where an entry was changed."""
    from hepaspot.serve.node.audit import broken

    with _queue(config) as opened:
        entries = opened.trail()
        for entry in entries:
            told = (entry.at.isoformat(timespec="seconds"), entry.event)
            typer.echo("\t".join((str(entry.id), *told, entry.study, entry.peer, entry.outcome)))
        fault = broken(iter(entries))
        if fault is not None:
            typer.echo(f"hepaspot: the trail was changed at or before entry {fault}", err=True)
            raise typer.Exit(1)


def _key(uid: str) -> str:
    """What the queue calls a study."""
    from hepaspot.remote.dicomweb import known_uid
    from hepaspot.serve.node.spool import key_of

    return key_of(known_uid(uid))


@contextmanager
def _told(config: Path) -> Iterator[NodeSettings]:
    """The settings in a file; an error of the user's is told in its one line."""
    from hepaspot.cli.batch import told
    from hepaspot.serve.node.configuring import configured, need_node

    with told():
        need_node()
        yield configured(config)


@contextmanager
def _queue(config: Path) -> Iterator[WorkQueue]:
    with _told(config) as settings, _opened(settings) as opened:
        yield opened


def _opened(settings: NodeSettings) -> closing[WorkQueue]:
    from hepaspot.serve.node.queue import WorkQueue

    return closing(WorkQueue.open(settings.database))
