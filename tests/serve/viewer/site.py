"""A site on this machine alone, with the viewer, its page and pictures, under a strict policy."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from serve.viewer.pictures import PICTURES, frame_png

import hepaspot

PACKAGE = Path(hepaspot.__file__).parent
STATIC = PACKAGE / "serve" / "static" / "viewer"
HARNESS = Path(__file__).parent

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'"
)
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
}


class Site(ThreadingHTTPServer):
    """What was asked for, and how many frames were under way at once."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []
        self.broken: set[str] = set()
        self.slow_s = 0.0
        self.now, self.most = 0, 0
        self.lock = threading.Lock()

    def count(self, by: int) -> None:
        with self.lock:
            self.now += by
            self.most = max(self.most, self.now)


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self):
        path = self.path.split("?")[0]
        path = "/index.html" if path == "/" else path
        self.server.asked.append(path)
        body = None if path in self.server.broken else self.body(path)
        try:
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Type", KINDS.get(Path(path).suffix, "text/plain"))
            self.send_header("Content-Length", str(len(body or b"")))
            if path.startswith("/static/"):
                self.send_header("Cache-Control", "max-age=600")
            self.end_headers()
            self.wfile.write(body or b"")
        except ConnectionError:
            return  # the page no longer wants the frame

    def body(self, path: str) -> bytes | None:
        if found := re.fullmatch(r"/frames/\w+-(\d+)\.png", path):
            return self.frame(int(found[1]))
        if found := re.fullmatch(r"/pictures/(\w+)\.json", path):
            return json.dumps(PICTURES[found[1]]()).encode()
        if path == "/style.css":
            return (PACKAGE / "explain" / "templates" / "style.css").read_bytes()
        folder = STATIC if path.startswith("/static/viewer/") else HARNESS
        file = folder / Path(path).name
        return file.read_bytes() if file.is_file() else None

    def frame(self, number: int) -> bytes:
        self.server.count(1)
        time.sleep(self.server.slow_s)
        self.server.count(-1)
        return frame_png(number)

    def log_message(self, format, *args):
        """Say nothing."""


@contextmanager
def running_site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()
