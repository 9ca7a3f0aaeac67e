"""The API, version 1: work in hand, words of photos, knowledge, health."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from hepaspot import __version__
from hepaspot.errors import EmptyInput
from hepaspot.knowledge import LikelihoodRow, Sign, Source, load
from hepaspot.serve.access import server_of
from hepaspot.serve.api import ROOT, json_response
from hepaspot.serve.bodies import JobState, PhotoWordsJson
from hepaspot.serve.forms import form_of, held_files
from hepaspot.serve.holding import HeldFile
from hepaspot.serve.job_states import events, state_of
from hepaspot.serve.jobs import Job
from hepaspot.serve.openapi import describe, json_answer, problems
from hepaspot.serve.server import Opened

router = APIRouter(prefix=ROOT)

JobId = Annotated[str, Path(description="Id of a job, from its Location.")]

PHOTO_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "properties": {"photo": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@router.get(
    "/jobs/{job_id}",
    tags=["jobs"],
    summary="How far a reading has come",
    responses={**json_answer(200, JobState), **problems(404)},
)
def job_state(request: Request, job_id: JobId) -> Response:
    """Give stage, frames done of all, and in the end where the exam is or what went wrong."""
    return json_response(state_of(_job(request, job_id)))


@router.get(
    "/jobs/{job_id}/events",
    tags=["jobs"],
    summary="Watch a reading",
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"},
        **problems(404),
    },
)
def job_events(request: Request, job_id: JobId) -> Response:
    """Send each new state of a job as a server-sent event `progress`, until it is over."""
    return StreamingResponse(events(_job(request, job_id)), media_type="text/event-stream")


@router.delete(
    "/jobs/{job_id}",
    tags=["jobs"],
    status_code=204,
    summary="Stop a reading",
    responses=problems(404),
)
def stop_job(request: Request, job_id: JobId) -> Response:
    """Stop a reading before its next frame; what was sent is forgotten."""
    _job(request, job_id).cancel()
    return Response(status_code=204)


@router.post(
    "/words",
    tags=["exams"],
    summary="Read the words of a photo",
    responses={**json_answer(200, PhotoWordsJson), **problems(413, 415, 422, 501)},
    openapi_extra=PHOTO_BODY,
)
async def words_of_a_photo(request: Request) -> Response:
    """Read the words of a photo of a report, to be checked before they are sent as text."""
    form = await form_of(request)
    try:
        photos = await run_in_threadpool(held_files, form, "photo")
    finally:
        await form.close()
    if len(photos) != 1:
        raise EmptyInput("photo: send one photo of one page")
    return json_response(await run_in_threadpool(_words, photos[0]))


@router.get(
    "/knowledge/signs",
    tags=["knowledge"],
    summary="All signs",
    responses=json_answer(200, Sign, many=True),
)
def signs() -> Response:
    """Give every sign with its states, and whether it weighs."""
    return json_response(load().signs)


@router.get(
    "/knowledge/signs/{sign}",
    tags=["knowledge"],
    summary="The figures behind a sign",
    responses={**json_answer(200, LikelihoodRow, many=True), **problems(404)},
)
def sign_rows(sign: Annotated[str, Path(examples=["duct_local"])]) -> Response:
    """Give the likelihood rows of a sign, each with its counts and sources."""
    if sign not in {each.id for each in load().signs}:
        raise HTTPException(404, "there is no such sign; /knowledge/signs lists all")
    return json_response(load().sign_rows(sign))


@router.get(
    "/knowledge/sources/{source}",
    tags=["knowledge"],
    summary="One source",
    responses={**json_answer(200, Source), **problems(404)},
)
def source(source: Annotated[str, Path(examples=["C2"])]) -> Response:
    """Give one publication: citation, address, and how far it carries."""
    try:
        return json_response(load().source(source))
    except KeyError:
        raise HTTPException(404, "there is no such source; the rows of signs name them") from None


@router.get("/health", tags=["health"], summary="Whether it runs")
def health() -> dict[str, str]:
    """Give the versions of the program and of its knowledge."""
    return {"status": "ok", "version": __version__, "knowledge": load().version}


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> JSONResponse:
    """Give the description of this API."""
    return JSONResponse(describe(request.app))


def _job(request: Request, job_id: str) -> Job[Opened]:
    job = server_of(request).jobs.get(job_id)
    if job is None:
        raise HTTPException(404, "there is no such job any more; send the exam again")
    return job


def _words(photo: HeldFile) -> PhotoWordsJson:
    from hepaspot.intake.photo import words_of_photo

    try:
        return PhotoWordsJson(photo.name, words_of_photo(photo.path, name=photo.name).text)
    finally:
        photo.close()
