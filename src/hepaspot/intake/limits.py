"""What a process that reads someone else's file may use."""

from __future__ import annotations

from contextlib import suppress


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


def _limit(which: int, value: int) -> None:
    import resource

    _, hard = resource.getrlimit(which)
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with suppress(ValueError):  # macOS refuses a limit on address space
        resource.setrlimit(which, (ceiling, hard))
