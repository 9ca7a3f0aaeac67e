"""How fast a whole archive is audited: reports, phantom stills, workers, a Dask cluster.

Everything is run as a user would run it, as commands, one after another in one go. Reports come
from ``hepaspot synthetic``. Memory is the sum over all processes of an audit, looked at twice a
second; pages that processes share are counted once each (PSS).

    python benchmarks/archive.py [--reports 40000] [--stills 60]

``--reports 1000000 --stills 10000`` are the figures that are quoted; they take half an hour.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
HEPASPOT = [sys.executable, "-m", "hepaspot"]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")}
GOAL_S, GOAL_MIB, GOAL_SCALE, GOAL_STILLS, GOAL_DASK = 240, 600, 1.9, 0.8, 0.85
MILLION = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=40_000)
    parser.add_argument("--stills", type=int, default=60)
    asked = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        words(folder, asked.reports)
        pictures(folder, asked.stills)


def words(folder: Path, count: int) -> None:
    """Reports with one worker, with two, and on a local Dask cluster of two."""
    took, _ = run("synthetic", folder / "in", "--reports", count)
    print(f"{count:,} synthetic reports, made at {count / took:,.0f}/s")
    table = folder / "in" / "reports.parquet"
    one, _ = audited(table, folder / "one", "--workers", 1)
    two, mib = audited(table, folder / "two", "--workers", 2)
    started, _ = audited(few(folder), folder / "few", "--workers", 2)
    each = (two - started) / count
    print(f"  1 worker   {count / one:8,.0f} reports/s")
    print(f"  2 workers  {count / two:8,.0f} reports/s, {one / two:.2f} times (goal {GOAL_SCALE})")
    print(f"  start and end {started:.1f} s; without them {1 / each:,.0f} reports/s:")
    print(
        f"  a million in {started + each * MILLION:.0f} s (goal {GOAL_S}), "
        f"{mib:.0f} MiB at most (goal {GOAL_MIB})"
    )
    if find_spec("distributed") is None:
        print("  Dask: not measured, it is not installed")
        return
    dask, _ = audited(table, folder / "dask", "--workers", 2, "--dask", "local")
    print(f"  Dask       {count / dask:8,.0f} reports/s, {two / dask:.2f} of 2 workers")


def few(folder: Path) -> Path:
    """An archive of hardly anything: what an audit takes before and after."""
    run("synthetic", folder / "few-in", "--reports", 100)
    return folder / "few-in" / "reports.parquet"


def pictures(folder: Path, count: int) -> None:
    """Phantom stills of as many persons, beside one still at a time on one core."""
    run("synthetic", folder / "stills", "--reports", count, "--phantoms", count)
    table = folder / "stills" / "reports.parquet"
    single = alone(sorted((folder / "stills").rglob("*.dcm"))[:30])
    cores = os.cpu_count() or 1
    print(f"{count:,} phantom stills; one after another on one core {single:.1f}/s, {cores} cores")
    rates = {}
    for name, more in {"processes": (), "Dask": ("--dask", "local")}.items():
        if name == "Dask" and find_spec("distributed") is None:
            continue
        took, _ = audited(table, folder / name, "--workers", cores, *more)
        rates[name] = count / took
        share = rates[name] / (single * cores)
        print(f"  {name:<10}{rates[name]:8.1f}/s, {share:.2f} of cores x alone ", end="")
        goal = GOAL_STILLS if name == "processes" else GOAL_STILLS * GOAL_DASK
        print(f"(goal {goal:.2f}, start and end included)")
    if "Dask" in rates:
        print(f"  Dask is {rates['Dask'] / rates['processes']:.2f} of processes (goal {GOAL_DASK})")


def alone(paths: list[Path]) -> float:
    """Stills a second on one core, read and weighed one after another."""
    code = (
        "import os, sys, time, hepaspot\n"
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "for name in sys.argv[1:5]: hepaspot.assess(hepaspot.read(name))\n"
        "time.sleep(2)  # until what decodes is kept loaded\n"
        "hepaspot.read(sys.argv[1])\n"
        "started = time.perf_counter()\n"
        "for name in sys.argv[1:]: hepaspot.assess(hepaspot.read(name))\n"
        "print((len(sys.argv) - 1) / (time.perf_counter() - started))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths)],
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(told.stdout)


def audited(source: Path, result: Path, *more: object) -> tuple[float, float]:
    """Seconds and MiB of an audit; the result is removed."""
    try:
        return run("audit", source, "-o", result, *more)
    finally:
        shutil.rmtree(result, ignore_errors=True)


def run(*words: object) -> tuple[float, float]:
    """Seconds that a command took, and the most MiB of it and its processes."""
    started, most = time.perf_counter(), 0.0
    process = subprocess.Popen(
        [*HEPASPOT, *map(str, words)],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None:
        most = max(most, sum(map(mib_of, session(process.pid))))
        time.sleep(0.5)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, words))}: ended with {process.returncode}")
    return time.perf_counter() - started, most


def session(leader: int) -> list[int]:
    """Processes of the session that ``leader`` leads."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                if os.getsid(int(path.name)) == leader:
                    found.append(int(path.name))
            except OSError:
                continue
    return found


def mib_of(pid: int) -> float:
    """Memory of a process, its share of what it shares with others (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
