"""How long texts made to hurt take to read: 100,000 characters each.

Prints the milliseconds of a whole reading of every text, then of every compiled pattern of
the reader over every text on its own: none of these may take longer than 50 ms.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from generator.adversarial import LENGTH, adversarial_texts

LIMIT_MS = 50.0
"""The longest that one pattern may take over one text."""
LONGEST_STOP_MS = 60_000.0
SHORTENED = 10
"""A text is first read at a tenth of its length: what is quadratic there is not let loose."""


def main() -> None:
    from hepaspot.report import fields, read_report

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    read_report("肝右叶钙化灶。 Calcification in the right lobe.")
    short = adversarial_texts(LENGTH // SHORTENED)
    print(f"reading {LENGTH:,} characters, and the growth against a tenth of them (10 is linear)")
    for name, text in adversarial_texts().items():
        small_ms = _milliseconds(lambda text=short[name]: fields(read_report(text)))
        if small_ms * SHORTENED**2 > LONGEST_STOP_MS:
            print(f"{name:32} {small_ms:9.1f} ms for a tenth of it; the whole is not tried")
            continue
        ms = _milliseconds(lambda text=text: fields(read_report(text)))
        print(f"{name:32} {ms:9.1f} ms   x {ms / small_ms:5.1f}")
    _time_patterns()


def _time_patterns() -> None:
    found = dict(_patterns())
    slowest = []
    for text_name, text in adversarial_texts().items():
        for name, pattern in found.items():
            ms = _milliseconds(lambda pattern=pattern, text=text: _scan(pattern, text))
            slowest.append((ms, name, text_name))
    print(f"\n{len(found)} patterns over {len(adversarial_texts(1))} texts; the slowest")
    for ms, name, text_name in sorted(slowest, reverse=True)[:8]:
        print(f"{ms:9.1f} ms  {name} over {text_name}")
    over = sum(ms > LIMIT_MS for ms, _, _ in slowest)
    print(f"over {LIMIT_MS:.0f} ms: {over}")
    sys.exit(over > 0)


def _milliseconds(work: Any) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _scan(pattern: re.Pattern[str], text: str) -> None:
    deque(pattern.finditer(text), maxlen=0)


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled pattern that a module of the reader holds."""
    seen: set[int] = set()
    for module_name, module in sorted(sys.modules.items()):
        if module_name.startswith("hepaspot.report") and isinstance(module, ModuleType):
            for name, value in vars(module).items():
                for pattern in _within(value):
                    if id(pattern) not in seen:
                        seen.add(id(pattern))
                        yield f"{module_name}.{name}#{len(seen)}", pattern


def _within(value: Any, depth: int = 4) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth and isinstance(value, Mapping):
        for part in value.values():
            yield from _within(part, depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _within(part, depth - 1)


if __name__ == "__main__":
    main()
