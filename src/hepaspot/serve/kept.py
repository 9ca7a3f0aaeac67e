"""Pages and API of kept exams: list, search, compare, delete for good."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hepaspot.errors import InputError
from hepaspot.exam import Focus
from hepaspot.explain.focus import name as focus_name
from hepaspot.explain.words import Words
from hepaspot.serve.access import api_exam, server_of, store_of
from hepaspot.serve.api import ROOT, json_response, summary_of
from hepaspot.serve.bodies import ExamSummary, Keeping, KeptList
from hepaspot.serve.forms import form_of, json_of, words_in
from hepaspot.serve.keeping import keep, reopened
from hepaspot.serve.language import language_of
from hepaspot.serve.openapi import body, json_answer, problems
from hepaspot.serve.rendering import page
from hepaspot.weigh.comparing import Comparison, compare

router = APIRouter()

SEE_OTHER: Final = 303
PER_PAGE: Final = 50


@router.get(
    f"{ROOT}/kept",
    tags=["kept"],
    summary="Kept exams",
    responses={**json_answer(200, KeptList), **problems(404)},
)
def list_kept(
    request: Request,
    text: str = "",
    person: str | None = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """List kept exams, the newest first: all, those that hold a text, those of one person."""
    found = store_of(request).find(text, person, limit=PER_PAGE, offset=offset)
    return json_response(KeptList(tuple(found)))


@router.post(
    f"{ROOT}/exams/{{exam_id}}/keep",
    tags=["kept"],
    summary="Keep an exam",
    responses={**json_answer(200, ExamSummary), **problems(404, 422, 507)},
    openapi_extra=body(Keeping, {"person": "A-1207", "note": "annual check"}),
)
async def keep_exam(request: Request, exam_id: str) -> Response:
    """Keep an open exam, or what was changed in one that is kept already."""
    store, open_exam = store_of(request), api_exam(request, exam_id)
    given = await json_of(request, Keeping)
    await run_in_threadpool(keep, store, open_exam, person=given.person, note=given.note)
    return json_response(summary_of(open_exam))


@router.post(
    f"{ROOT}/kept/{{kept_id}}/open",
    tags=["kept"],
    summary="Open a kept exam",
    responses={**json_answer(200, ExamSummary), **problems(404)},
)
def open_kept(request: Request, kept_id: str) -> Response:
    """Open a kept exam with its pictures and changes."""
    server = server_of(request)
    known = server.desk.of_kept(kept_id)
    return json_response(summary_of(known or server.desk.put(reopened(store_of(request), kept_id))))


@router.get(
    f"{ROOT}/kept/{{kept_id}}/comparison",
    tags=["kept"],
    summary="Compare two exams",
    responses={**json_answer(200, Comparison), **problems(404)},
)
def comparison(request: Request, kept_id: str, earlier: str) -> Response:
    """Compare a kept exam with an earlier one of the same person."""
    store = store_of(request)
    return json_response(compare(store.get(earlier).exam, store.get(kept_id).exam))


@router.delete(
    f"{ROOT}/kept/{{kept_id}}",
    tags=["kept"],
    status_code=204,
    summary="Delete for good",
    responses=problems(404, 507),
)
def delete_kept(request: Request, kept_id: str) -> Response:
    """Delete a kept exam with its files for good; what is open of it is closed."""
    store_of(request).get(kept_id)
    _delete(request, kept_id)
    return Response(status_code=204)


@router.get("/kept", include_in_schema=False)
def kept_page(
    request: Request, text: str = "", person: str = "", offset: Annotated[int, Query(ge=0)] = 0
) -> HTMLResponse:
    """The list of kept exams."""
    store = store_of(request)
    found = store.find(text, person or None, limit=PER_PAGE + 1, offset=offset)
    return page(
        request,
        "kept.html.j2",
        found=found[:PER_PAGE],
        more=offset + PER_PAGE if len(found) > PER_PAGE else None,
        people=store.people(),
        text=text,
        person=person,
    )


@router.post("/exams/{exam_id}/keep", include_in_schema=False)
async def keep_form(request: Request, exam_id: str) -> Response:
    """Keep an open exam."""
    store, open_exam, form = store_of(request), api_exam(request, exam_id), await form_of(request)
    await run_in_threadpool(
        keep,
        store,
        open_exam,
        person=words_in(form, "person"),
        note=words_in(form, "note"),
        examined_on=_day(words_in(form, "examined_on")),
    )
    return RedirectResponse(f"/exams/{open_exam.id}", SEE_OTHER)


@router.post("/kept/{kept_id}/open", include_in_schema=False)
def open_form(request: Request, kept_id: str) -> Response:
    """Open a kept exam and lead to its page."""
    server = server_of(request)
    opened = server.desk.of_kept(kept_id) or server.desk.put(reopened(store_of(request), kept_id))
    return RedirectResponse(f"/exams/{opened.id}", SEE_OTHER)


@router.post("/kept/{kept_id}/delete", include_in_schema=False)
def delete_form(request: Request, kept_id: str) -> Response:
    """Delete a kept exam for good."""
    store_of(request).get(kept_id)
    _delete(request, kept_id)
    return RedirectResponse("/kept", SEE_OTHER)


@router.get("/kept/{kept_id}/compare/{earlier_id}", include_in_schema=False)
def compare_page(request: Request, kept_id: str, earlier_id: str) -> HTMLResponse:
    """Two exams of one person side by side."""
    store, words = store_of(request), Words(language_of(request))
    later, earlier = store.get(kept_id), store.get(earlier_id)
    if (earlier.examined_on or earlier.kept_at.date()) > (
        later.examined_on or later.kept_at.date()
    ):
        later, earlier = earlier, later
    return page(
        request,
        "compare.html.j2",
        earlier=earlier,
        later=later,
        comparison=compare(earlier.exam, later.exam),
        name_earlier=_names(earlier.exam.foci, words),
        name_later=_names(later.exam.foci, words),
    )


def _names(foci: tuple[Focus, ...], words: Words) -> dict[str, str]:
    """What each focus is called, by its id."""
    return {
        focus.id: focus_name(place, focus, "clinician.focus.name", words).text
        for place, focus in enumerate(foci, start=1)
    }


def _delete(request: Request, kept_id: str) -> None:
    server = server_of(request)
    opened = server.desk.of_kept(kept_id)
    if opened is not None:
        server.desk.close(opened.id)
    store_of(request).delete(kept_id)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise InputError("date: must be a day such as 2026-03-31; correct it") from None
