"""Puts the web application together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from hepaspot._version import __version__
from hepaspot.errors import HepaspotError
from hepaspot.explain.html import style
from hepaspot.intake.processes import keep_loaded, let_go
from hepaspot.serve import api, api_more, kept, knowledge_pages, pages
from hepaspot.serve.guard import Guard
from hepaspot.serve.jobs import Busy
from hepaspot.serve.problems import detail_of, problem_of, problem_response, status_of
from hepaspot.serve.rendering import page
from hepaspot.serve.server import Server, warm_up
from hepaspot.serve.settings import ServeSettings

BUSY = "too much is being read at the moment; try again in a minute"


def create_app(settings: ServeSettings | None = None) -> FastAPI:
    """The web application: pages, API and static files.

    Parameters
    ----------
    settings : ServeSettings, optional
        By default a server on the loopback address that keeps nothing.

    Raises
    ------
    HepaspotError
        If the store that the settings name cannot be opened.
    """
    settings = settings or ServeSettings()
    app = FastAPI(
        title="hepaspot",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.server = Server(settings)
    app.add_middleware(Guard, settings=settings)
    for router in (api.router, api_more.router, kept.router, knowledge_pages.router, pages.router):
        app.include_router(router)
    app.add_api_route("/static/base.css", _base_style, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_static()), name="static")
    app.add_exception_handler(HepaspotError, _told)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Busy, _busy)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await run_in_threadpool(warm_up)
    keep_loaded()
    yield
    let_go()
    app.state.server.close()


def _base_style() -> Response:
    """The style sheet that all pages share, those that travel alone too."""
    return Response(style(), media_type="text/css", headers={"Cache-Control": "max-age=60"})


def _static() -> Path:
    return Path(str(resources.files("hepaspot.serve") / "static"))


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(api.ROOT) or "json" in request.headers.get("accept", "")


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, HepaspotError)  # noqa: S101 (registered for it)
    if _is_api(request):
        return problem_of(error)
    kind = type(error).__name__
    return page(
        request, "problem.html.j2", status=status_of(error), kind=kind, detail=detail_of(error)
    )


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for it)
    standard = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != standard else "there is nothing at this address"
    if _is_api(request):
        return problem_response(error.status_code, detail, headers=error.headers)
    return page(request, "problem.html.j2", status=error.status_code, kind="Refused", detail=detail)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for it)
    where = sorted({str(each["loc"][-1]) for each in error.errors()})
    return problem_response(422, f"{', '.join(where)}: not as documented; see /api/v1/openapi.json")


def _busy(request: Request, error: Exception) -> Response:
    headers = {"Retry-After": "60"}
    if _is_api(request):
        return problem_response(503, BUSY, headers=headers)
    return page(request, "problem.html.j2", status=503, kind="Busy", detail=BUSY)
