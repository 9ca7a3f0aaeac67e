"""The command that runs the web page."""

from __future__ import annotations

import webbrowser
from dataclasses import replace
from importlib.util import find_spec
from typing import Final

import typer

from hepaspot.errors import MissingExtra

_NEEDED: Final = ("fastapi", "uvicorn", "multipart", "sqlalchemy", "cv2")
"""The libraries of the extra ``serve``."""


def serve_page(
    host: str,
    port: int,
    *,
    names: tuple[str, ...],
    token: str | None,
    store: str | None,
    upload_mib: int,
    open_browser: bool,
) -> None:
    """Run the web page until it is interrupted; says first where it is.

    Raises
    ------
    MissingExtra
        If the extra is not installed.
    InputError
        If the address cannot be had, or the store not opened.
    """
    if any(find_spec(library) is None for library in _NEEDED):
        raise MissingExtra(
            'the web page: needs what is not installed; pip install "hepaspot[serve]"'
        )
    from hepaspot.serve.running import address, application, listen, run

    where = address(host, port, names=names, token=token, store=store, upload_mib=upload_mib)
    app = application(where)
    listening = listen(where)
    where = replace(where, port=listening.getsockname()[1])
    typer.echo(f"hepaspot is at {where.url}")
    typer.echo(f"{_kept(store)} Ctrl+C ends it.")
    if open_browser:
        webbrowser.open(where.url)
    run(app, listening)


def _kept(store: str | None) -> str:
    if store is None:
        return "Nothing is kept."
    return "Exams that you keep are in the store that you named."
