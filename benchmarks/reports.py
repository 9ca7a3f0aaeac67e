"""hepaspot, medSpaCy and plain patterns over the same made-up English reports, on one core.

Run as ``python benchmarks/reports.py``; the first run makes ``.venv-peers`` for medSpaCy.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks" / "peers"
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(PEERS))

from generator import generate
from hepaspot_reader import facts_of

Facts = set[tuple[str, ...]]
WORDS_LEAST, WORDS_MOST = 180, 280
"""Reports of this many words, so that the average is near 200."""
SEED = 77
WARM_UP = 20
GROUPS = {"focus": "foci", "refuted": "denied", "duct": "ducts", "shadow": "shadow"}


@dataclass(frozen=True)
class Row:
    """What one reader needs and how right it is."""

    name: str
    reports_per_s: float
    startup_s: float
    peak_mb: float
    f1: dict[str, float]


def main() -> None:
    asked = _arguments()
    pairs = _reports(asked.n)
    words = statistics.mean(len(text.split()) for text, _ in pairs)
    print(f"{len(pairs)} made-up English reports, {words:.0f} words on average; one core;")
    print(f"median of {asked.runs} runs after a warm-up of {WARM_UP} reports\n")
    texts, truths = [text for text, _ in pairs], [facts_of(truth) for _, truth in pairs]
    rows: list[Row] = []
    for name, python in _readers(asked.peers):
        outcome = _measure(name, python, texts, truths, asked.runs)
        if isinstance(outcome, str):
            print(f"{name}: not measured: {outcome}")
        else:
            rows.append(outcome)
    _print_table(rows)


def _reports(n: int) -> list[tuple[str, dict[str, object]]]:
    long_enough = []
    for text, truth in generate("en", SEED, n * 12):
        if WORDS_LEAST <= len(text.split()) <= WORDS_MOST and "foci" in truth:
            long_enough.append((text, _complete(truth)))
    return long_enough[:n]


def _complete(truth: dict[str, object]) -> dict[str, object]:
    foci = [{"entity": None, **focus} for focus in truth["foci"]]  # type: ignore[attr-defined]
    return truth | {"foci": foci}


def _readers(peers: bool) -> Iterable[tuple[str, Path]]:
    yield "hepaspot", Path(sys.executable)
    yield "regex", Path(sys.executable)
    if peers:
        yield "medspacy", ROOT / ".venv-peers" / "bin" / "python"


def _measure(
    name: str, python: Path, texts: list[str], truths: list[Facts], runs: int
) -> Row | str:
    if not python.exists() and (reason := _make_peers()):
        return reason
    starts_s = []
    for _ in range(runs):
        child, startup_s = _start(name, python)
        if startup_s is None:
            return _last_line(child.communicate()[1])
        starts_s.append(startup_s)
        if len(starts_s) < runs:
            child.communicate(json.dumps({"texts": [], "runs": 0, "warm_up": 0}) + "\n")
    order = json.dumps({"texts": texts, "runs": runs, "warm_up": WARM_UP})
    answer, errors = child.communicate(order + "\n")
    if not answer:
        return _last_line(errors)
    reply = json.loads(answer)
    return Row(
        name,
        len(texts) / statistics.median(reply["seconds"]),
        statistics.median(starts_s),
        reply["peak_mb"],
        _f1_by_group(truths, [{tuple(fact) for fact in facts} for facts in reply["facts"]]),
    )


def _start(name: str, python: Path) -> tuple[subprocess.Popen[str], float | None]:
    """A child that can read, and the seconds it took; None where it could not start."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [str(python), str(PEERS / f"{name}_reader.py")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, encoding="utf-8",
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    ready = child.stdout.readline() if child.stdout else ""
    return child, time.perf_counter() - start if ready else None


def _make_peers() -> str | None:
    """Make the environment of the peers; the reason why not, where it fails."""
    done = subprocess.run([PEERS / "setup.sh"], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else _last_line(done.stderr)


def _last_line(errors: str) -> str:
    lines = [line for line in errors.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it ended without a word"


def _f1_by_group(truths: list[Facts], readings: list[Facts]) -> dict[str, float]:
    groups = {label: {kind} for kind, label in GROUPS.items()} | {"all": set(GROUPS)}
    return {label: _f1(truths, readings, kinds) for label, kinds in groups.items()}


def _f1(truths: list[Facts], readings: list[Facts], kinds: set[str]) -> float:
    right = expected = given = 0
    for truth, reading in zip(truths, readings, strict=True):
        wanted = {fact for fact in truth if fact[0] in kinds}
        got = {fact for fact in reading if fact[0] in kinds}
        right, expected, given = right + len(wanted & got), expected + len(wanted), given + len(got)
    return 2 * right / max(1, expected + given)


def _print_table(rows: list[Row]) -> None:
    labels = [*GROUPS.values(), "all"]
    heads = ["reports/s", "start s", "peak MB", *(f"F1 {label}" for label in labels)]
    print("".join([f"{'reader':10}", *(f"{head:>11}" for head in heads)]))
    for row in rows:
        cells = [f"{row.reports_per_s:,.0f}", f"{row.startup_s:.2f}", f"{row.peak_mb:.0f}"]
        cells += [f"{row.f1[label]:.3f}" for label in labels]
        print("".join([f"{row.name:10}", *(f"{cell:>11}" for cell in cells)]))
    first = next((row for row in rows if row.name == "hepaspot"), None)
    for row in rows if first else []:
        if row is not first and first:
            print(
                f"\nhepaspot against {row.name}: {first.reports_per_s / row.reports_per_s:.2f} x the "
                f"reports/s, {first.startup_s / row.startup_s:.2f} x the start, "
                f"{first.peak_mb / row.peak_mb:.2f} x the memory, F1 {first.f1['all']:.3f} "
                f"against {row.f1['all']:.3f}"
            )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=200, help="how many reports")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="leave medSpaCy out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
