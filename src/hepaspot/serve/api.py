"""The API, version 1: exams."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from hepaspot.editing import with_answer, with_setting
from hepaspot.exam import Exam, Setting
from hepaspot.explain import explain
from hepaspot.explain.words import Words
from hepaspot.serve import marking
from hepaspot.serve.access import api_exam, server_of
from hepaspot.serve.annotating import annotated_png
from hepaspot.serve.bodies import Answer, ExamSummary, FocusSummary, Outline, Spot
from hepaspot.serve.desk import OpenExam
from hepaspot.serve.forms import SentJson, json_of, sent_of
from hepaspot.serve.guard import PAGE_POLICY
from hepaspot.serve.job_states import accepted, finished, wants_async
from hepaspot.serve.openapi import EXAM_EXAMPLE, binary, body, form_body, json_answer, problems
from hepaspot.serve.showing import ShownPicture, shown_picture
from hepaspot.weigh.assessment import Assessment

ROOT: Final = "/api/v1"

ExamId = Annotated[
    str, Path(description="Id of an open exam, as the answer to its sending gave it.")
]
SourceId = Annotated[str, Path(description="Id of a picture of the exam.", examples=["picture"])]
Language = Annotated[str, Query(pattern="^(en|zh)$", description="Language: en or zh.")]

router = APIRouter(prefix=ROOT)


def json_response(
    value: object, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """``value`` as JSON."""
    return Response(
        msgspec.json.encode(value), status, headers=headers, media_type="application/json"
    )


@router.post(
    "/exams",
    tags=["exams"],
    status_code=201,
    summary="Read an exam",
    responses={
        **json_answer(201, ExamSummary),
        202: {"description": "Reading; see Location"},
        **problems(413, 415, 422, 501, 503),
    },
    openapi_extra=form_body(SentJson, EXAM_EXAMPLE),
)
async def read_exam(request: Request) -> Response:
    """Read reports and pictures of one examination.

    With ``Prefer: respond-async`` the answer is 202 and leads to a job whose progress can be
    watched. A photo of a page of words is refused: ``/words`` reads it, to be checked first.
    """
    server = server_of(request)
    sent = await sent_of(request)
    job = server.start(sent, with_photos=False)
    if wants_async(request):
        return accepted(job)
    opened = await finished(job)
    assert isinstance(opened, OpenExam)  # noqa: S101 (no photos were asked for)
    summary = await run_in_threadpool(summary_of, opened)
    return json_response(summary, 201, {"Location": summary.url})


@router.get(
    "/exams/{exam_id}",
    tags=["exams"],
    summary="An exam in short",
    responses={**json_answer(200, ExamSummary), **problems(404)},
)
def get_exam(request: Request, exam_id: ExamId) -> Response:
    """Give the answer in short, and where the parts of the exam are."""
    return json_response(summary_of(api_exam(request, exam_id)))


@router.delete(
    "/exams/{exam_id}",
    tags=["exams"],
    status_code=204,
    summary="Forget an exam",
    responses=problems(404),
)
def forget_exam(request: Request, exam_id: ExamId) -> Response:
    """Forget an open exam and its files at once. What is kept in the store stays there."""
    api_exam(request, exam_id)
    server_of(request).desk.close(exam_id)
    return Response(status_code=204)


@router.get(
    "/exams/{exam_id}/exam.json",
    tags=["answers"],
    summary="What was read",
    responses={**json_answer(200, Exam), **problems(404)},
)
def exam_json(request: Request, exam_id: ExamId) -> Response:
    """Give the exam as it stands, changes by hand included."""
    return json_response(api_exam(request, exam_id).exam)


@router.get(
    "/exams/{exam_id}/assessment.json",
    tags=["answers"],
    summary="The answer",
    responses={**json_answer(200, Assessment), **problems(404)},
)
def assessment_json(request: Request, exam_id: ExamId) -> Response:
    """Give probabilities, ledger, red flags, contradictions and what would settle it."""
    return json_response(api_exam(request, exam_id).assessment)


@router.get(
    "/exams/{exam_id}/page",
    tags=["answers"],
    summary="The answer in words",
    responses={
        200: {"content": {"text/html": {}, "text/plain": {}}, "description": "The page"},
        **problems(404, 422),
    },
)
def page(
    request: Request,
    exam_id: ExamId,
    audience: Annotated[str, Query(pattern="^(clinician|patient)$")] = "clinician",
    language: Language = "en",
    format: Annotated[str, Query(pattern="^(html|text)$")] = "html",
) -> Response:
    """Give the answer for a clinician or for the patient, as one page that needs nothing else."""
    assessment = api_exam(request, exam_id).assessment
    said = explain(assessment, audience=audience, language=language, format=format)  # type: ignore[arg-type]
    if format == "text":
        return PlainTextResponse(said)
    return HTMLResponse(said, headers={"Content-Security-Policy": PAGE_POLICY})


@router.patch(
    "/exams/{exam_id}/setting",
    tags=["changes"],
    summary="Say why and where",
    responses={**json_answer(200, ExamSummary), **problems(404, 422)},
    openapi_extra=body(Setting, {"kind": "health_check", "region": "east_asia"}),
)
async def set_setting(request: Request, exam_id: ExamId) -> Response:
    """Say why, where and at which age the person was examined; what is left out is not known."""
    open_exam = api_exam(request, exam_id)
    setting = await json_of(request, Setting)
    return await _changed(open_exam, lambda exam: with_setting(exam, setting))


@router.put(
    "/exams/{exam_id}/answers/{sign}",
    tags=["changes"],
    summary="Answer a question",
    responses={**json_answer(200, ExamSummary), **problems(404, 422)},
    openapi_extra=body(Answer, {"state": "outside", "focus": "focus-1"}),
)
async def set_answer(
    request: Request,
    exam_id: ExamId,
    sign: Annotated[str, Path(description="Id of a sign.", examples=["in_duct"])],
) -> Response:
    """Answer the question of a sign, or take an answer back."""
    open_exam = api_exam(request, exam_id)
    given = await json_of(request, Answer)
    return await _changed(
        open_exam, lambda exam: with_answer(exam, sign, given.state, focus=given.focus)
    )


@router.post(
    "/exams/{exam_id}/undo",
    tags=["changes"],
    summary="Take the last change back",
    responses={**json_answer(200, ExamSummary), **problems(404)},
)
def undo(request: Request, exam_id: ExamId) -> Response:
    """Take the last change by hand back; without one nothing happens."""
    open_exam = api_exam(request, exam_id)
    open_exam.undo()
    return json_response(summary_of(open_exam))


@router.get(
    "/exams/{exam_id}/pictures/{source}",
    tags=["pictures"],
    summary="What a picture shows",
    responses={**json_answer(200, ShownPicture), **problems(404, 422)},
)
def picture(
    request: Request, exam_id: ExamId, source: SourceId, language: Language = "en"
) -> Response:
    """Give size, scale and outlines of a picture, and where its frames are."""
    return json_response(shown(api_exam(request, exam_id), source, language))


@router.get(
    "/exams/{exam_id}/pictures/{source}/frames/{frame}",
    tags=["pictures"],
    summary="One frame",
    responses={**binary("image/png"), **problems(404, 422)},
)
def frame_png(
    request: Request, exam_id: ExamId, source: SourceId, frame: Annotated[int, Path(ge=0)]
) -> Response:
    """Give one frame as a PNG of its grey levels."""
    png = api_exam(request, exam_id).picture(source).png(frame)
    keep = {"Cache-Control": "private, max-age=3600"}
    return Response(png, headers=keep, media_type="image/png")


@router.get(
    "/exams/{exam_id}/pictures/{source}/annotated.png",
    tags=["pictures"],
    summary="A picture with what was found drawn in",
    responses={**binary("image/png"), **problems(404, 422)},
)
def annotated(
    request: Request, exam_id: ExamId, source: SourceId, language: Language = "en"
) -> Response:
    """Give the annotated picture; of a clip its contact sheet."""
    png = annotated_png(api_exam(request, exam_id), source, language)
    return Response(png, media_type="image/png")


@router.post(
    "/exams/{exam_id}/pictures/{source}/foci",
    tags=["pictures"],
    status_code=201,
    summary="Mark a spot",
    responses={**json_answer(201, ShownPicture), **problems(404, 422)},
    openapi_extra=body(Spot, {"x": 412.0, "y": 288.5, "frame": 0}),
)
async def mark(
    request: Request, exam_id: ExamId, source: SourceId, language: Language = "en"
) -> Response:
    """Mark the bright spot at a place: it is outlined, measured and weighed."""
    open_exam, place = api_exam(request, exam_id), await json_of(request, Spot)
    await run_in_threadpool(marking.mark, open_exam, source, place.frame, place.x, place.y)
    return json_response(await run_in_threadpool(shown, open_exam, source, language), 201)


@router.patch(
    "/exams/{exam_id}/pictures/{source}/foci/{focus}",
    tags=["pictures"],
    summary="Outline a spot anew",
    responses={**json_answer(200, ShownPicture), **problems(404, 422)},
    openapi_extra=body(Outline, {"outline": [[400, 280], [424, 280], [412, 300]], "frame": 0}),
)
async def outline(
    request: Request, exam_id: ExamId, source: SourceId, focus: str, language: Language = "en"
) -> Response:
    """Measure a focus within another outline."""
    open_exam, given = api_exam(request, exam_id), await json_of(request, Outline)
    await run_in_threadpool(
        marking.outline_anew, open_exam, source, given.frame, focus, given.outline
    )
    return json_response(await run_in_threadpool(shown, open_exam, source, language))


@router.delete(
    "/exams/{exam_id}/pictures/{source}/foci/{focus}",
    tags=["pictures"],
    summary="Remove a spot",
    responses={**json_answer(200, ShownPicture), **problems(404, 422)},
)
def remove(
    request: Request, exam_id: ExamId, source: SourceId, focus: str, language: Language = "en"
) -> Response:
    """Take what the picture says of a focus out of the exam; what words say of it stays."""
    open_exam = api_exam(request, exam_id)
    marking.remove(open_exam, source, focus)
    return json_response(shown(open_exam, source, language))


def summary_of(open_exam: OpenExam) -> ExamSummary:
    """An open exam in short."""
    assessment = open_exam.assessment
    return ExamSummary(
        id=open_exam.id,
        url=f"{ROOT}/exams/{open_exam.id}",
        page=f"/exams/{open_exam.id}",
        foci=tuple(
            FocusSummary(
                answer.focus,
                answer.conclusion,
                {p.entity: round(p.mean, 4) for p in answer.probabilities},
            )
            for answer in assessment.foci
        ),
        red_flags=tuple(dict.fromkeys(flag.id for flag in assessment.red_flags)),
        pictures=tuple(open_exam.pictures),
        changes=open_exam.changes,
        kept_id=open_exam.kept_id,
    )


def shown(open_exam: OpenExam, source: str, language: str) -> ShownPicture:
    """One picture with what was found in it."""
    frames = f"{ROOT}/exams/{open_exam.id}/pictures/{source}/frames/{{frame}}"
    return shown_picture(open_exam, source, Words(language), frames)


async def _changed(open_exam: OpenExam, change: Any) -> Response:
    def work() -> ExamSummary:
        open_exam.change(change)
        return summary_of(open_exam)

    return json_response(await run_in_threadpool(work))
