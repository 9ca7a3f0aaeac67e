"""What a process that reads someone else's file may use, and how such a process is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from enum import Enum


class Ended(Enum):
    """How a process ended that gave no answer."""

    EXHAUSTED = "exhausted"
    DAMAGED = "damaged"


def limit_this_process(*, memory_bytes: int, processor_seconds: int) -> None:
    """Bound the memory and the processor time of this process, as far as the system can."""
    limit_memory(memory_bytes)
    limit_processor(processor_seconds)


def limit_memory(memory_bytes: int) -> None:
    """Bound the address space of this process; it leaves no core file behind either."""
    with suppress(ModuleNotFoundError):  # Windows: the clock of the parent is the only limit
        import resource

        _limit(resource.RLIMIT_AS, memory_bytes)
        _limit(resource.RLIMIT_CORE, 0)


def limit_processor(seconds: float) -> None:
    """Bound the processor time of this process."""
    with suppress(ModuleNotFoundError):  # Windows: the clock of the parent is the only limit
        import resource

        _limit(resource.RLIMIT_CPU, int(seconds))


def answer_of(module: str, data: bytes, *, seconds: float) -> bytes | Ended:
    """What a module run as a program answers to ``data`` on its standard input, or how it ended."""
    try:
        process = subprocess.run(  # noqa: S603  # this same Python, fixed arguments
            (sys.executable, "-P", "-m", module),
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Ended.EXHAUSTED
    if process.returncode == 0:
        return process.stdout
    # A negative code is the signal of a limit that was passed.
    return Ended.EXHAUSTED if process.returncode < 0 else Ended.DAMAGED


def _limit(which: int, value: int) -> None:
    import resource

    _, hard = resource.getrlimit(which)
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with suppress(ValueError):  # macOS refuses a limit on address space
        resource.setrlimit(which, (ceiling, hard))
