"""The web application as users meet it: behind a real socket on the loopback address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from time import sleep

import httpx

from hepaspot.serve.running import Address, address, application, listen, server_of

ENGLISH = (
    "Liver: in segment 7 a 6 mm echogenic focus with posterior acoustic shadowing. "
    "The intrahepatic bile ducts are not dilated.\n\nImpression: intrahepatic duct stone."
)
CHINESE = (
    "肝脏大小正常，肝右后叶见一强回声斑，大小约6mm，后方伴声影，肝内胆管未见扩张。\n"
    "超声诊断：肝内胆管结石？"
)
WARNING = (
    "Fever and jaundice. Liver: a 9 mm echogenic focus with shadowing in the left lobe. "
    "The left intrahepatic ducts are dilated. Impression: intrahepatic duct stone."
)


@contextmanager
def running(**changes: object) -> Iterator[str]:
    """A server; gives its address without a slash at the end."""
    where = address("127.0.0.1", 0)
    with served(replace(where, settings=replace(where.settings, **changes))) as url:
        yield url


@contextmanager
def served(where: Address) -> Iterator[str]:
    listening = listen(where)
    server = server_of(application(where))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@contextmanager
def client(url: str, **options: object) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60, follow_redirects=True, **options) as opened:
        yield opened


@cache
def still() -> bytes:
    """A simulated DICOM still that shows one calcification."""
    from hepaspot.serve.examples import _simulated

    return _simulated()[0]


@cache
def row() -> bytes:
    """A simulated still that shows three calcifications."""
    import cv2

    from hepaspot.phantom import FocusPlan, Recipe, Target, simulate

    foci = tuple(
        FocusPlan(Target.CALCIFICATION, depth, beam, 7.0, 25.0, 12.0)
        for depth, beam in ((5.0, -0.5), (6.0, 0.0), (7.0, 0.4))
    )
    recipe = Recipe(seed=12, foci=foci, depth_cm=14.0, text=False, vessels=1, gallbladder=False)
    frames, _ = simulate(recipe)
    return cv2.imencode(".png", next(iter(frames)))[1].tobytes()


@cache
def clip(frames: int = 12) -> bytes:
    """A simulated DICOM clip that shows one calcification."""
    from hepaspot.phantom import make

    with TemporaryDirectory() as folder:
        (made,) = make(Path(folder), count=1, seed=3, frames=frames, target="calcification")
        return Path(made.dicom).read_bytes()


def opened(site: httpx.Client, text: str = ENGLISH, **more: object) -> dict:
    """An exam of words, opened through the API."""
    answer = site.post("/api/v1/exams", json={"text": text, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def opened_still(site: httpx.Client, data: bytes | None = None, name: str = "still.dcm") -> dict:
    """An exam of one picture, opened through the API."""
    files = {"files": (name, still() if data is None else data)}
    answer = site.post("/api/v1/exams", files=files)
    assert answer.status_code == 201, answer.text
    return answer.json()
