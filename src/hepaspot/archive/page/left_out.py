"""What of the sources went into no figure of the page, or not as it was meant."""

from __future__ import annotations

from collections.abc import Iterator

from hepaspot.archive.page.saying import Saying
from hepaspot.archive.plan import Plan
from hepaspot.explain.clean import one_line


def left_out(plan: Plan, say: Saying) -> tuple[str, ...]:
    """One line for each kind, over all tables and folders."""
    return tuple(_lines(plan, say))


def _lines(plan: Plan, say: Saying) -> Iterator[str]:
    words = say.words
    counts = (
        ("undated", sum(t.undated for t in plan.tables), sum(t.days for t in plan.tables)),
        ("empty", sum(t.empty for t in plan.tables), sum(t.rows for t in plan.tables)),
    )
    for name, count, total in counts:
        if count:
            rule = f"archive.audited.left.{name}"
            yield words.say(rule, n=say.number(count), total=say.number(total))
    if plan.unread:
        each = words.join(tuple(f"{one_line(end)} {files:,}" for end, files in plan.unread.items()))
        files = say.number(sum(plan.unread.values()))
        yield words.say("archive.audited.left.unread", n=files, each=each)
