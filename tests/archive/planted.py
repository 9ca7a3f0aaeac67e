"""Finds out how many planted contradictions an audit finds, and how often it cries falsely.

::

    python -m tests.archive.planted -n 20000 --rate 5
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from hepaspot.archive.auditing import Order, audit
from hepaspot.archive.sources import sources
from hepaspot.archive.synthetic.writing import Wanted, write_archive
from hepaspot.exam import Setting


@dataclass
class Score:
    """What came of an audit, beside what was planted."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    besides: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    clean_with_spot: int = 0
    misses: list[dict] = field(default_factory=list)
    cries: list[dict] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found.total() / max(1, self.planted.total())

    @property
    def false_per_1000(self) -> float:
        return 1000 * self.false.total() / max(1, self.clean)

    def lines(self) -> list[str]:
        told = [
            f"{kind:<32}{self.found[kind]:>6} of {count:>6}  {self.found[kind] / count:.4f}"
            + (f"  ({self.elsewhere[kind]} at other words)" if self.elsewhere[kind] else "")
            for kind, count in sorted(self.planted.items())
        ]
        told.append(
            f"{'all':<32}{self.found.total():>6} of {self.planted.total():>6}  {self.recall:.4f}"
        )
        told.append(
            f"false alerts on {self.clean} clean reports ({self.clean_with_spot} of them with a spot): "
            f"{self.false.total()}, "
            f"{self.false_per_1000:.2f} per 1,000 {dict(self.false)}"
        )
        told.append(f"alerts that were not planted in the other reports: {dict(self.besides)}")
        return told


def audited(folder: Path, wanted: Wanted, *, workers: int = 1) -> Score:
    """Make an archive in ``folder``, audit it, and compare."""
    named = write_archive(folder / "made", wanted)
    order = Order(sources([str(named)]), {}, Setting(), workers=workers)
    audit(order, folder / "audit", lambda done, parts, part: None)
    assert not table(folder / "audit", "errors")
    return scored(table(folder / "audit", "alerts"), table(folder / "made", "truth"))


def table(folder: Path, name: str) -> list[dict]:
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


def scored(found: list[dict], truth: list[dict]) -> Score:
    """What an audit of a synthetic archive found."""
    score = Score()
    alerts = defaultdict(lambda: defaultdict(list))
    for row in found:
        alerts[row["exam"]][row["alert"]].append(row)
    planted = defaultdict(list)
    for row in truth:
        planted[row["exam"]].append(row)
    for exam, rows in planted.items():
        kinds = {row["kind"] for row in rows} - {None}
        score.clean += not kinds
        score.clean_with_spot += not kinds and any(row["spot"] for row in rows)
        for row in rows:
            if row["kind"] is not None:
                _judge(score, row, alerts[exam][row["kind"]])
        for kind in alerts[exam].keys() - kinds:
            cries = alerts[exam][kind]
            (score.besides if kinds else score.false)[kind] += len(cries)
            score.cries += cries
    return score


def _judge(score: Score, planted: dict, alerts: list[dict]) -> None:
    kind = planted["kind"]
    score.planted[kind] += 1
    if any(names(alert, planted) for alert in alerts):
        score.found[kind] += 1
        return
    score.elsewhere[kind] += bool(alerts)
    score.misses.append(planted | {"alerts": alerts})


def names(alert: dict, planted: dict) -> bool:
    """Whether an alert names both passages of what was planted, and the exam before."""
    return (
        _meets(alert, "first", planted["first"])
        and (not planted["second"] or _meets(alert, "second", planted["second"]))
        and alert["prior"] == planted["prior"]
    )


def _meets(alert: dict, side: str, passages: list[dict]) -> bool:
    start, end = alert.get(f"{side}_start"), alert.get(f"{side}_end")
    if start is None:
        return False
    return any(start < each["end"] and each["start"] < end for each in passages)


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=20_000)
    parser.add_argument("--phantoms", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--language", default="both")
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    told = parser.parse_args()
    wanted = Wanted(told.n, told.phantoms, told.seed, told.language, told.rate)
    with tempfile.TemporaryDirectory() as folder:
        score = audited(Path(folder), wanted, workers=told.workers)
        texts = {
            row["exam"]: row["text"]
            for row in table(Path(folder) / "made", "reports")
            if row["text"] is not None
        }
    say("\n".join(score.lines()))
    for row in (score.misses + score.cries)[: told.misses]:
        say("-" * 60)
        say({k: v for k, v in row.items() if k != "exam"})
        say(texts[row["exam"]])
        if row.get("prior"):
            say(f"BEFORE: {texts[row['prior']]}")


if __name__ == "__main__":
    main()
