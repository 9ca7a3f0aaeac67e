"""For those who watch a node: is it well, what has it done, what waits. Requests to fetch, too."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hepaspot import __version__
from hepaspot.errors import InputError, OutputError
from hepaspot.remote.dicomweb import known_uid
from hepaspot.serve.node.figures import Figures
from hepaspot.serve.node.gathering import Gatherer
from hepaspot.serve.node.queue import WorkQueue
from hepaspot.serve.node.settings import NodeSettings
from hepaspot.serve.node.spool import Spool

REQUEST_BYTES: Final = 4096
"""Longest body of a request to fetch."""

PATHS: Final = {
    "GET /health": "whether the node can do its work",
    "GET /metrics": "figures for Prometheus",
    "POST /fetch": "has a study fetched by DICOMweb",
}
"""What can be asked, as the root tells it."""

_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]", "::1")


@dataclass(frozen=True)
class Watched:
    """What is watched; ``workers`` gives how many processes live, and how many should."""

    settings: NodeSettings
    queue: WorkQueue
    spool: Spool
    gatherer: Gatherer
    figures: Figures
    workers: Callable[[], tuple[int, int]]


def watch_app(watched: Watched, token: str | None) -> Starlette:
    """The application that answers those who watch."""
    registry = CollectorRegistry()
    registry.register(_Figures(watched))

    def allowed(request: Request) -> bool:
        told = request.headers.get("authorization", "")
        return token is None or secrets.compare_digest(told.encode(), f"Bearer {token}".encode())

    def paths(request: Request) -> Response:
        return JSONResponse(PATHS)

    def health(request: Request) -> Response:
        checks = _checks(watched)
        well = all(checks.values())
        told = {"status": "ok" if well else "failing", "version": __version__, "checks": checks}
        return JSONResponse(told, 200 if well else 503)

    def metrics(request: Request) -> Response:
        if not allowed(request):
            return _refused()
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def fetch(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        if not allowed(request):
            return _refused()
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > REQUEST_BYTES:
                return _problem(413, "the request is too long; send the UID of one study")
        return await run_in_threadpool(_fetch, watched, request, bytes(body))

    return Starlette(
        routes=[
            Route("/", paths),
            Route("/health", health),
            Route("/metrics", metrics),
            Route("/fetch", fetch, methods=["POST"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_hosts(watched, token))],
    )


def _hosts(watched: Watched, token: str | None) -> list[str]:
    """Names to be called by: where no token is asked for, no foreign page may reach it."""
    return ["*"] if token else [*_HOSTS, watched.settings.watch.host]


def _refused() -> Response:
    return _problem(401, "a token is needed: Authorization: Bearer ...")


def _problem(status: int, line: str) -> Response:
    return JSONResponse({"error": line}, status)


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    study: str


def _fetch(watched: Watched, request: Request, body: bytes) -> Response:
    if watched.settings.pull is None:
        return _problem(409, "the configuration has no [pull]; name a DICOMweb server in it")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return _problem(415, 'send JSON: {"study": "1.2.3"} as application/json')
    try:
        uid = known_uid(msgspec.json.decode(body, type=_Wanted).study)
        queued = watched.queue.ask_for(uid)
    except msgspec.DecodeError:
        return _problem(422, 'send JSON: {"study": "1.2.3"}')
    except InputError as error:
        return _problem(422, str(error))
    except OutputError as error:
        return _problem(503, str(error))
    return JSONResponse({"queued": queued}, 202)


def _checks(watched: Watched) -> dict[str, bool]:
    alive, wanted = watched.workers()
    try:
        watched.queue.beats()
        reachable = True
    except OutputError:
        reachable = False
    return {
        "database": reachable,
        "disk": watched.spool.has_room(watched.settings.listen.reserve_mib),
        "workers": alive >= wanted,
    }


class _Figures(Collector):
    """The figures of this process, and those that the queue tells of all."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._started = time.time()

    def describe(self) -> Iterator[Metric]:
        """Nothing: figures are asked for when they are wanted."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All figures."""
        yield from self._own()
        up = GaugeMetricFamily("hepaspot_database_up", "Whether the database can be reached")
        try:
            told = list(self._of_queue())
        except OutputError:
            told = []
        up.add_metric([], float(bool(told)))
        yield up
        yield from told

    def _own(self) -> Iterator[Metric]:
        counters = {
            what: CounterMetricFamily(f"hepaspot_{what}", line, labels=["outcome"])
            for what, line in {
                "associations": "Associations that were asked for",
                "objects": "Objects that came by C-STORE",
                "bytes": "Bytes of these objects",
            }.items()
        }
        for (what, outcome), count in sorted(self._watched.figures.all().items()):
            counters[what].add_metric([outcome], count)
        yield from counters.values()
        alive, wanted = self._watched.workers()
        yield _gauge("hepaspot_workers", "Processes that read and send", alive)
        yield _gauge("hepaspot_workers_wanted", "How many there should be", wanted)
        yield _gauge(
            "hepaspot_studies_open", "Studies that may still grow", self._watched.gatherer.open
        )
        free = self._watched.spool.free_bytes()
        if free is not None:
            yield _gauge("hepaspot_disk_free_bytes", "Disk free for exams", free)
        yield _gauge("hepaspot_started_seconds", "When the node started (Unix)", self._started)

    def _of_queue(self) -> Iterator[Metric]:
        counts = self._watched.queue.counts()
        studies = GaugeMetricFamily("hepaspot_studies", "Studies by state", labels=["state"])
        pulls = GaugeMetricFamily("hepaspot_pulls", "Studies asked for, by state", labels=["state"])
        sent = GaugeMetricFamily(
            "hepaspot_deliveries", "Objects to deliver, by state", labels=["destination", "state"]
        )
        for (what, state), count in sorted(counts.items()):
            kind, _, destination = what.partition(":")
            if kind == "delivery":
                sent.add_metric([destination, state], count)
            else:
                (studies if kind == "study" else pulls).add_metric([state], count)
        yield from (studies, pulls, sent, self._oldest())
        seconds = CounterMetricFamily("hepaspot_reading_seconds", "Seconds that reading took")
        seconds.add_metric([], self._watched.queue.reading_seconds())
        yield seconds

    def _oldest(self) -> Metric:
        oldest = GaugeMetricFamily(
            "hepaspot_oldest_waiting_seconds",
            "How long the oldest answer waits that is still to be delivered",
            labels=["destination"],
        )
        waiting = self._watched.queue.oldest_waiting()
        for to in self._watched.settings.send:
            oldest.add_metric([to.name], waiting.get(to.name, 0.0))
        return oldest


def _gauge(name: str, line: str, value: float) -> Any:
    gauge = GaugeMetricFamily(name, line)
    gauge.add_metric([], float(value))
    return gauge
