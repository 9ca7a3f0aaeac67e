"""The pages: start, photo to be checked, answer, patient's page. They work without JavaScript."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hepaspot.editing import with_answer, with_setting
from hepaspot.errors import HepaspotError
from hepaspot.explain import compose
from hepaspot.explain import html as explain_html
from hepaspot.explain.html import Tool
from hepaspot.explain.words import LANGUAGES, Words
from hepaspot.serve.access import api_exam, server_of
from hepaspot.serve.annotating import annotated_png
from hepaspot.serve.cards import layout
from hepaspot.serve.desk import OpenExam
from hepaspot.serve.examples import EXAMPLES, example
from hepaspot.serve.forms import form_of, sent_of, setting_in, words_in
from hepaspot.serve.guard import PAGE_POLICY
from hepaspot.serve.job_states import accepted, finished, wants_async
from hepaspot.serve.language import language_of
from hepaspot.serve.problems import detail_of, status_of
from hepaspot.serve.rendering import LANGUAGE_NAMES, page
from hepaspot.serve.server import Draft, Opened, Sent
from hepaspot.serve.showing import close_up, page_jpeg
from hepaspot.serve.viewer_words import viewer_words

router = APIRouter(include_in_schema=False)

SEE_OTHER: Final = 303


@router.get("/")
def start(request: Request) -> HTMLResponse:
    """The page where an exam is given."""
    return page(request, "start.html.j2", examples=tuple(EXAMPLES), problem="", kind="", text="")


@router.post("/exams")
async def read_exam(request: Request) -> Response:
    """Read what was given, and lead to the answer or to the photo's words."""
    try:
        sent = await sent_of(request)
        return await _opened(request, sent)
    except HepaspotError as error:
        if wants_async(request):
            raise
        return page(
            request,
            "start.html.j2",
            status=status_of(error),
            examples=tuple(EXAMPLES),
            problem=detail_of(error),
            kind=type(error).__name__,
            text="",
        )


@router.post("/examples/{name}")
async def read_example(request: Request, name: str) -> Response:
    """Read one of the examples."""
    if name not in EXAMPLES:
        raise HTTPException(404, "there is no such example; the first page lists them")
    return await _opened(request, await run_in_threadpool(example, name))


@router.get("/drafts/{draft_id}")
def draft(request: Request, draft_id: str) -> HTMLResponse:
    """A photo of a report beside its words, to be checked."""
    return page(request, "draft.html.j2", draft=_draft(request, draft_id), problem="", kind="")


@router.get("/drafts/{draft_id}/photos/{place}")
def draft_photo(request: Request, draft_id: str, place: int) -> Response:
    """The photo itself, upright."""
    photos = _draft(request, draft_id).photos
    if not 0 <= place < len(photos):
        raise HTTPException(404, "there is no such photo")
    return Response(page_jpeg(photos[place].file), media_type="image/jpeg")


@router.post("/drafts/{draft_id}")
async def read_draft(request: Request, draft_id: str) -> Response:
    """Read the words as they were corrected."""
    held, form = _draft(request, draft_id), await form_of(request)
    texts = (*held.sent.texts, *(t for t in form.getlist("text") if isinstance(t, str)))
    sent = Sent(held.sent.files, texts, (), held.sent.setting, held.sent.depth_cm)
    job = server_of(request).start(sent, with_photos=False)
    if wants_async(request):
        return accepted(job)
    try:
        return RedirectResponse(f"/exams/{(await finished(job)).id}", SEE_OTHER)
    except HepaspotError as error:
        return page(
            request,
            "draft.html.j2",
            status=status_of(error),
            draft=held,
            problem=detail_of(error),
            kind=type(error).__name__,
        )


@router.get("/exams/{exam_id}")
def answer(request: Request, exam_id: str) -> HTMLResponse:
    """The answer, to be questioned down to the word and the pixel."""
    return answer_page(request, api_exam(request, exam_id))


@router.post("/exams/{exam_id}/setting")
async def set_setting(request: Request, exam_id: str) -> Response:
    """Say why and where the person was examined."""
    open_exam, form = api_exam(request, exam_id), await form_of(request)
    setting = setting_in(form)
    await run_in_threadpool(open_exam.change, lambda exam: with_setting(exam, setting))
    return _back(open_exam)


@router.post("/exams/{exam_id}/answers")
async def set_answer(request: Request, exam_id: str) -> Response:
    """Answer a question; an empty state takes the answer back."""
    open_exam, form = api_exam(request, exam_id), await form_of(request)
    sign, focus = words_in(form, "sign"), words_in(form, "focus") or None
    state = words_in(form, "state") or None
    change = lambda exam: with_answer(exam, sign, state, focus=focus)  # noqa: E731
    await run_in_threadpool(open_exam.change, change)
    return _back(open_exam, words_in(form, "anchor"))


@router.post("/exams/{exam_id}/undo")
def undo(request: Request, exam_id: str) -> Response:
    """Take the last change back."""
    open_exam = api_exam(request, exam_id)
    open_exam.undo()
    return _back(open_exam)


@router.post("/exams/{exam_id}/forget")
def forget(request: Request, exam_id: str) -> Response:
    """Forget an open exam at once."""
    server_of(request).desk.close(api_exam(request, exam_id).id)
    return RedirectResponse("/", SEE_OTHER)


@router.get("/exams/{exam_id}/patient")
def patient(request: Request, exam_id: str, type: str = "") -> HTMLResponse:
    """The patient's page: no script, both languages, large type, made for paper too."""
    open_exam, language = api_exam(request, exam_id), language_of(request)
    document = compose(
        open_exam.assessment,
        audience="patient",
        language=language,
        pictures={s: annotated_png(open_exam, s, language) for s in open_exam.pictures},
    )
    large = type == "large"
    html = explain_html.render(
        document, tools=_patient_tools(open_exam, language, large=large), large=large
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": PAGE_POLICY})


@router.get("/exams/{exam_id}/pictures/{source}/foci/{focus}.png")
def focus_png(request: Request, exam_id: str, source: str, focus: str) -> Response:
    """The surroundings of one focus."""
    png = close_up(api_exam(request, exam_id), source, focus)
    if png is None:
        raise HTTPException(404, "this picture does not show the focus")
    return Response(png, media_type="image/png")


def answer_page(request: Request, open_exam: OpenExam) -> HTMLResponse:
    """The page of one open exam."""
    language = language_of(request)
    server = server_of(request)
    earlier = []
    if server.store is not None and open_exam.person:
        found = server.store.find(person=open_exam.person)
        earlier = [each for each in found if each.id != open_exam.kept_id]
    return page(
        request,
        "exam.html.j2",
        exam=open_exam,
        layout=layout(open_exam, language),
        setting=open_exam.exam.setting,
        viewer_words=viewer_words(Words(language)),
        earlier=earlier,
    )


async def _opened(request: Request, sent: Sent) -> Response:
    job = server_of(request).start(sent, with_photos=True)
    if wants_async(request):
        return accepted(job)
    return RedirectResponse(_page_of(await finished(job)), SEE_OTHER)


def _page_of(opened: Opened) -> str:
    return f"/exams/{opened.id}" if isinstance(opened, OpenExam) else f"/drafts/{opened.id}"


def _draft(request: Request, draft_id: str) -> Draft:
    found = server_of(request).draft(draft_id)
    if found is None:
        raise HTTPException(404, "this photo is not held any more; give it again")
    return found


def _back(open_exam: OpenExam, anchor: str = "") -> RedirectResponse:
    """Back to the answer, at one of its cards."""
    at = f"#{anchor}" if anchor.isascii() and anchor.replace("-", "").isalnum() else ""
    return RedirectResponse(f"/exams/{open_exam.id}{at}", SEE_OTHER)


def _patient_tools(open_exam: OpenExam, language: str, *, large: bool) -> tuple[Tool, ...]:
    """Links above the patient's page: languages, large type, back to the answer."""
    words = Words(language)

    def here(language: str, *, large: bool) -> str:
        asked = {"language": language, **({"type": "large"} if large else {})}
        return f"/exams/{open_exam.id}/patient?{urlencode(asked)}"

    languages = (
        Tool(LANGUAGE_NAMES[each], here(each, large=large), each == language, each)
        for each in LANGUAGES
    )
    size = words.say("ui.patient.normal" if large else "ui.patient.large")
    return (
        *languages,
        Tool(size, here(language, large=not large)),
        Tool(words.say("ui.patient.back"), f"/exams/{open_exam.id}"),
    )
