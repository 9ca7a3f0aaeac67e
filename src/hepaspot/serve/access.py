"""How a route comes by what the server holds."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from hepaspot.serve.desk import OpenExam
from hepaspot.serve.server import Server
from hepaspot.serve.store import Store


def server_of(request: Request) -> Server:
    """The server that a request reached."""
    server: Server = request.app.state.server
    return server


def api_exam(request: Request, exam_id: str) -> OpenExam:
    """The open exam of that id.

    Raises
    ------
    HTTPException
        404 where it is not open.
    """
    found = server_of(request).desk.get(exam_id)
    if found is None:
        raise HTTPException(404, "this exam is not open any more; nothing was kept; read it again")
    return found


def store_of(request: Request) -> Store:
    """The store.

    Raises
    ------
    HTTPException
        404 where the server keeps nothing.
    """
    store = server_of(request).store
    if store is None:
        raise HTTPException(404, "this server keeps nothing; start it with --store")
    return store
