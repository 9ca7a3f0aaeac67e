"""What a node says while it works: one JSON object a line on standard error.

A line tells when, what and of which study, by the key that the study has in the spool. Only the
few kinds of value below can be told, so that no name, id or word of an exam gets in; what other
libraries would say, which may quote an exam, is not said at all.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

import msgspec

from hepaspot.errors import HepaspotError

Fact = str | int | float | bool | None
"""What a line may tell."""

_TURN: Final = threading.Lock()


def say(event: str, **facts: Fact) -> None:
    """Write a line; ``event`` is one of a few fixed words."""
    _write("info", event, facts)


def warn(event: str, **facts: Fact) -> None:
    """Write a line that somebody should look at."""
    _write("warning", event, facts)


def fault(event: str, error: BaseException, **facts: Fact) -> None:
    """Write what went wrong, and where in the code; never what the error says of its own."""
    _write("error", event, {**facts, "why": told(error)})


def told(error: BaseException) -> str:
    """An error as it may be written: our own whole, others by kind and place."""
    if isinstance(error, HepaspotError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def only_own_words() -> None:
    """Let nothing but this module write: for the whole process, from its start."""
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)
    logging.lastResort = None
    logging.raiseExceptions = False
    logging.disable(logging.CRITICAL)  # a library may have handlers of its own
    warnings.simplefilter("ignore")
    warnings.showwarning = lambda *about, **more: None  # or filters of its own
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = lambda args: None


def _uncaught(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        fault("failed", error)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        fault("failed", args.exc_value, thread=args.thread.name if args.thread else None)


def _write(level: str, event: str, facts: dict[str, Fact]) -> None:
    known = {name: value for name, value in facts.items() if value is not None}
    line = {"at": _now(), "level": level, "event": event, **known}
    with _TURN:
        try:
            sys.stderr.write(msgspec.json.encode(line).decode() + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            pass  # nobody listens any more


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
