"""Runs an audit: lays out, reads what is not read yet, joins; goes on where it was cut off."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import msgspec

from hepaspot.archive.access import Access
from hepaspot.archive.crews import Crew, Processes
from hepaspot.archive.holding import held
from hepaspot.archive.joining import join
from hepaspot.archive.laying_out import PER_PART, lay_out
from hepaspot.archive.page import write_page
from hepaspot.archive.parts import Done, is_done
from hepaspot.archive.plan import Columns, Plan, cannot_write, kept_plan
from hepaspot.archive.sources import Source, unread_files
from hepaspot.errors import HepaspotError, InputError, OutputError
from hepaspot.exam import Setting

Progress = Callable[[int, int, Done | None], None]
"""Told how many parts are done and how many there are, and what came of the last one."""


@dataclass(frozen=True)
class Order:
    """What is to be audited, and by whom.

    Attributes
    ----------
    sources : list of Source
    columns : mapping of str to str
        What columns hold, where their names do not tell.
    setting : Setting
        Why and where the people were examined.
    workers : int
        Processes of this machine, or of a local cluster.
    dask : str or None
        Address of a scheduler, or ``local``.
    access : Access
        How to get into servers.
    per_part : int
        Documents of a part, about.
    language : str
        Of the page, ``en`` or ``zh``.
    """

    sources: list[Source]
    columns: Mapping[str, str]
    setting: Setting
    workers: int = 1
    dask: str | None = None
    access: Access = field(default_factory=Access)
    per_part: int = PER_PART
    language: str = "en"


def audit(order: Order, result: Path, progress: Progress) -> Plan:
    """Audit into a folder, or go on with what was begun in it.

    Raises
    ------
    InputError
        If the folder holds another audit, or a source cannot be read.
    MissingExtra
        If what it needs is not installed.
    OutputError
        If the folder cannot be written, or another audit writes there; what is written stays, and
        is gone on with.
    """
    _begin(order, result)
    with held(result):
        return _audited(order, result, progress)


def _audited(order: Order, result: Path, progress: Progress) -> Plan:
    plan = _planned(order, result)
    try:
        if plan.done:
            write_page(result, order.language)
            _tidy(result)
            return plan
        if not plan.parts:
            (result / "parts").mkdir(exist_ok=True)
            parts, tables = _laid_out(order, result)
            unread = unread_files(order.sources)
            plan = msgspec.structs.replace(plan, parts=parts, tables=tables, unread=unread)
            plan.keep(result)
        _read(order, plan, result, progress)
        join(result, plan.parts)
        write_page(result, order.language)
        plan = msgspec.structs.replace(plan, done=True)
        plan.keep(result)
        _tidy(result)
    except HepaspotError:
        raise
    except OSError as error:
        raise cannot_write(result, error) from None
    return plan


def _laid_out(order: Order, result: Path) -> tuple[int, tuple[Columns, ...]]:
    """Lay out in a process of its own: what it took of memory is free before parts are read."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        try:
            return alone.submit(
                lay_out,
                order.sources,
                order.columns,
                result,
                access=order.access,
                per_part=order.per_part,
            ).result()
        except BrokenProcessPool:
            raise OutputError(
                f"{result}: the system ended the process that lays it out (out of memory?); free "
                "some, and give the command again"
            ) from None


def _begin(order: Order, result: Path) -> None:
    """Make the folder where there is none; nothing is written into one that holds another thing."""
    if kept_plan(result) is not None:
        return
    try:
        result.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise cannot_write(result, error) from None
    Plan.of(order.sources, order.columns, order.setting).keep(result)


def _planned(order: Order, result: Path) -> Plan:
    """The plan that is gone on with, or that of a new audit; the folder is held meanwhile."""
    wanted = Plan.of(order.sources, order.columns, order.setting)
    kept = kept_plan(result)
    if kept is not None and (kept.parts or kept.same_as(wanted)):
        if not kept.same_as(wanted):
            raise InputError(
                f"{result}: holds an audit with {kept.other_than(wanted)}; name another folder"
            )
        return kept
    wanted.keep(result)
    return wanted


def _read(order: Order, plan: Plan, result: Path, progress: Progress) -> None:
    left = [part for part in range(plan.parts) if not is_done(result, part)]
    done = plan.parts - len(left)
    progress(done, plan.parts, None)
    if not left:
        return
    with _crew(order) as crew:
        for each in crew.run(result, left, order.setting, order.access):
            done += 1
            progress(done, plan.parts, each)


def _crew(order: Order) -> AbstractContextManager[Crew]:
    if order.dask is None:
        return nullcontext(Processes(order.workers))
    from hepaspot.archive.dask_crew import Cluster

    return closing(Cluster(order.dask, order.workers))


def _tidy(result: Path) -> None:
    """Remove what was needed on the way, and drafts of audits that were cut off."""
    shutil.rmtree(result / "parts", ignore_errors=True)
    shutil.rmtree(result / "sorting", ignore_errors=True)
    for pattern in ("table-*.csv", "files-*", "input-errors.parquet", "*.*.[0-9]*"):
        for path in result.glob(pattern):
            path.unlink(missing_ok=True)
