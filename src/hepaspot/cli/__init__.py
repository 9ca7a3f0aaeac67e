"""The commands: ``hepaspot read``, ``knowledge``, ``info``, ``schema``."""

from __future__ import annotations

import io
import sys

from hepaspot.errors import HepaspotError


def main() -> None:
    """Run the command line; a mistake of the user ends in one line and an exit code."""
    import typer

    from hepaspot.cli.app import app
    from hepaspot.cli.stream import watch_standard_output

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows "?" rather than a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    watch_standard_output()
    try:
        try:
            app(prog_name="hepaspot")
        finally:
            sys.stdout.flush()  # a full disk is told now, not when Python ends
    except HepaspotError as error:
        typer.echo(f"hepaspot: {error}", err=True)
        sys.exit(error.exit_code)


__all__ = ["main"]
