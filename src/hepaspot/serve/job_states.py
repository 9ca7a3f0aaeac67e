"""A job as its watcher sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hepaspot.errors import HepaspotError
from hepaspot.serve.bodies import JobState
from hepaspot.serve.desk import OpenExam
from hepaspot.serve.jobs import Job
from hepaspot.serve.problems import INTERNAL, detail_of, status_of
from hepaspot.serve.progress import Cancelled, Stage
from hepaspot.serve.server import Opened

LOOK_S: Final = 0.1
"""How often a watched job is looked at: seconds."""

STOPPED: Final = "the reading was stopped; nothing was kept"


def wants_async(request: Request) -> bool:
    """Whether a request asks not to wait for the answer (RFC 7240)."""
    return "respond-async" in request.headers.get("prefer", "").lower()


def accepted(job: Job[Opened]) -> Response:
    """The answer to who does not wait."""
    headers = {"Location": f"/api/v1/jobs/{job.id}", "Preference-Applied": "respond-async"}
    return Response(
        msgspec.json.encode(state_of(job)), 202, headers=headers, media_type="application/json"
    )


async def finished(job: Job[Opened]) -> Opened:
    """What came of a job.

    Raises
    ------
    HepaspotError
        What went wrong with it.
    HTTPException
        409 where it was stopped.
    """
    try:
        return await asyncio.wrap_future(job.future)
    except (Cancelled, CancelledError):
        raise HTTPException(409, STOPPED) from None


def state_of(job: Job[Opened]) -> JobState:
    """How far a job has come."""
    step = job.step
    if not job.is_over:
        return JobState(job.id, step.stage, step.done, step.total, step.file, step.files)
    error = job.future.exception()
    if error is not None:
        status, problem = _problem(error)
        kind = type(error).__name__
        return JobState(job.id, Stage.DONE, is_over=True, problem=problem, status=status, kind=kind)
    opened = job.future.result()
    is_exam = isinstance(opened, OpenExam)
    location = f"/{'exams' if is_exam else 'drafts'}/{opened.id}"
    exam = opened.id if is_exam else None
    return JobState(job.id, Stage.DONE, is_over=True, location=location, exam=exam)


async def events(job: Job[Opened]) -> AsyncIterator[bytes]:
    """Server-sent events: each new state of a job, until it is over."""
    last = None
    while True:
        state = state_of(job)
        if state != last:
            yield b"event: progress\ndata: " + msgspec.json.encode(state) + b"\n\n"
            last = state
        if state.is_over:
            return
        await asyncio.sleep(LOOK_S)


def _problem(error: BaseException) -> tuple[int, str]:
    if isinstance(error, HepaspotError):
        return status_of(error), detail_of(error)
    if isinstance(error, Cancelled | CancelledError):
        return 409, STOPPED
    return 500, INTERNAL
