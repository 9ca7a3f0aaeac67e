"""How fast the web page answers, beside the same work done by calling the library.

Starts the server in a process of its own on the loopback address. Prints the median and the
95th and 99th percentile of each kind of request, what 50 readers at once meet, and the
memory of the server.

    python benchmarks/serve.py [--seconds 5]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

REPORT = (ROOT / "examples" / "zh-either-or.txt").read_text(encoding="utf-8")
READERS = 50
GOALS_MS = {"a pasted report": 100, "an 800 x 600 still": 300, "a spot outlined anew": 150,
            "an answered question": 150}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    with TemporaryDirectory() as folder:
        still = simulated(Path(folder))
        library = by_library(still)
        with Server() as url, httpx.Client(base_url=url, timeout=30) as client:
            print(f"{'':28}{'p50':>8}{'p95':>8}{'p99':>8}   goal   library   of it")
            for name, request in requests(client, still).items():
                show(name, times_ms(request, seconds), library.get(name))
            print(f"memory before the readers: {memory_mib(Server.pid):.0f} MiB")
            readers(url, seconds)
            print(f"memory after them: {memory_mib(Server.pid):.0f} MiB")
            weight(client)


def requests(client: httpx.Client, still: bytes) -> dict:
    """Each kind of request, as a function that makes one."""
    exam = client.post("/api/v1/exams", json={"text": REPORT}).json()
    focus = exam["foci"][0]["id"]
    seen = client.post("/api/v1/exams", files={"files": ("s.dcm", still)}).json()
    picture = f"{seen['url']}/pictures/picture"
    shown = client.get(picture).json()["foci"][0]
    states = iter(range(10**9))
    moved = iter(range(10**9))

    def outline():
        step = next(moved) % 7
        changed = {"outline": [[x + step, y] for x, y in shown["outline"]], "frame": 0}
        client.patch(f"{picture}/foci/{shown['id']}", json=changed).raise_for_status()
        client.get(seen["page"]).raise_for_status()

    def answer():
        state = ("inside", "outside")[next(states) % 2]
        body = {"state": state, "focus": focus}
        client.put(f"{exam['url']}/answers/in_duct", json=body).raise_for_status()
        client.get(exam["page"]).raise_for_status()

    def pasted():
        made = client.post("/api/v1/exams", json={"text": REPORT}).json()
        client.get(made["page"]).raise_for_status()

    def pictured():
        made = client.post("/api/v1/exams", files={"files": ("s.dcm", still)}).json()
        client.get(made["page"]).raise_for_status()

    return {
        "a pasted report": pasted,
        "an 800 x 600 still": pictured,
        "an answered question": answer,
        "a spot outlined anew": outline,
        "the answer's page": lambda: client.get(exam["page"]).raise_for_status(),
        "the patient's page": lambda: client.get(f"{exam['page']}/patient").raise_for_status(),
        "the first page": lambda: client.get("/").raise_for_status(),
    }


def by_library(still: bytes) -> dict[str, float]:
    """Median milliseconds of the same answers by calling the library: the peer."""
    import hepaspot

    with TemporaryDirectory() as folder:
        path = Path(folder) / "still.dcm"
        path.write_bytes(still)

        def said(given):
            answer = hepaspot.assess(hepaspot.read(given))
            return hepaspot.explain(answer, format="html")

        return {
            "a pasted report": median_ms(lambda: said(REPORT)),
            "an 800 x 600 still": median_ms(lambda: said(path)),
        }


def readers(url: str, seconds: float) -> None:
    """What 50 readers at once meet, each sending reports and reading the answers."""
    end = time.perf_counter() + seconds

    def one(_: int) -> tuple[list[float], int]:
        took, failed = [], 0
        with httpx.Client(base_url=url, timeout=60) as client:
            while time.perf_counter() < end:
                start = time.perf_counter()
                try:
                    made = client.post("/api/v1/exams", json={"text": REPORT})
                    page = client.get(made.json()["page"])
                    failed += page.status_code != 200
                except httpx.HTTPError:
                    failed += 1
                took.append(1000 * (time.perf_counter() - start))
        return took, failed

    with ThreadPoolExecutor(READERS) as pool:
        results = list(pool.map(one, range(READERS)))
    took = [each for times, _ in results for each in times]
    failed = sum(each for _, each in results)
    show(f"{READERS} readers at once", took, None)
    print(f"  {len(took) / seconds:.0f} reports answered a second, {failed} failed")
    if failed:
        raise SystemExit(1)


def weight(client: httpx.Client) -> None:
    """Bytes of the first page with all that it loads."""
    files = ("/", "/static/base.css", "/static/app.css", "/static/start.js", "/static/icon.svg")
    total = sum(len(client.get(each).content) for each in files)
    print(f"the first page weighs {total / 1000:.0f} kB (goal: 100)")


def times_ms(request, seconds: float) -> list[float]:
    for _ in range(3):
        request()
    took, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        request()
        took.append(1000 * (time.perf_counter() - start))
    return took


def median_ms(work) -> float:
    for _ in range(3):
        work()
    took = []
    for _ in range(15):
        start = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - start))
    return float(np.median(took))


def show(name: str, took: list[float], library: float | None) -> None:
    p50, p95, p99 = np.percentile(took, [50, 95, 99])
    goal = f"{GOALS_MS[name]:>5}" if name in GOALS_MS else "     "
    beside = f"{library:>9.1f}{p50 / library:>8.2f}" if library else ""
    print(f"{name:28}{p50:8.1f}{p95:8.1f}{p99:8.1f}  {goal} {beside}")


def memory_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def simulated(folder: Path) -> bytes:
    from hepaspot.phantom import write_demo

    return Path(write_demo(folder, language="en").dicom).read_bytes()


class Server:
    """The server in a process of its own."""

    pid = 0

    def __enter__(self) -> str:
        code = "from hepaspot.cli import main; main()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"},
        )
        Server.pid = self._process.pid
        url = self._process.stdout.readline().split()[-1].rstrip("/")
        while True:
            try:
                httpx.get(f"{url}/api/v1/health").raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return url

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()


if __name__ == "__main__":
    main()
