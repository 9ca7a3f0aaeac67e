"""The page for those who watch: health, metrics, requests to fetch, and who may ask."""

from __future__ import annotations

import asyncio
import shutil

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from serve.node.pages import NODE, tables
from serve.node.peers import free_port, new_exam, running_node, storescu, until

from hepaspot.serve.node.figures import Figures
from hepaspot.serve.node.gathering import Gatherer
from hepaspot.serve.node.queue import WorkQueue
from hepaspot.serve.node.settings import NodeSettings
from hepaspot.serve.node.spool import Spool
from hepaspot.serve.node.watching import Watched, watch_app


@pytest.fixture(scope="module")
def watched(phantoms, tmp_path_factory):
    """A node that has read one exam, whose answer waits for a PACS that is not there."""
    home = tmp_path_factory.mktemp("watched")
    to = {"kind": "dicom", "name": "pacs", "host": "127.0.0.1", "port": free_port()}
    with running_node(home / "node", {"send": [{**to, "ae_title": "PACS"}]}) as node:
        path = new_exam(phantoms[0], home / "exam.dcm", PatientName="Wangcanary^Xiaoming")
        storescu(node, path)
        storescu(node, path, calling="STRANGER", status=1)
        node.said("destination away")
        yield node


def test_a_node_that_can_do_its_work_says_that_it_is_well(watched):
    answer = httpx.get(f"{watched.url}/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["checks"] == {"database": True, "disk": True, "workers": True}


def test_the_figures_tell_what_came_and_what_waits(watched):
    told = until(
        lambda: found if (found := watched.metrics())["hepaspot_studies", ("read",)] else {}
    )
    assert told["hepaspot_associations_total", ("accepted",)] == 1
    assert told["hepaspot_associations_total", ("refused",)] == 1
    assert told["hepaspot_objects_total", ("taken",)] == 1
    assert told["hepaspot_bytes_total", ("taken",)] > 300_000
    assert told["hepaspot_deliveries", ("pacs", "waiting")] == 2
    assert told["hepaspot_oldest_waiting_seconds", ("pacs",)] > 0
    assert told["hepaspot_workers", ()] == told["hepaspot_workers_wanted", ()] == 2
    assert told["hepaspot_studies_open", ()] == 0
    assert told["hepaspot_database_up", ()] == 1
    assert told["hepaspot_reading_seconds_total", ()] > 0
    assert told["hepaspot_disk_free_bytes", ()] > 0


def test_the_root_names_the_three_paths(watched):
    told = httpx.get(watched.url).json()
    assert list(told) == ["GET /health", "GET /metrics", "POST /fetch"]


@pytest.mark.parametrize("path", ["health", "metrics"])
def test_nothing_of_the_patient_is_in_what_is_watched(watched, path):
    answer = httpx.get(f"{watched.url}/{path}")
    assert "anary" not in answer.text
    assert "PHANTOM" not in answer.text


@pytest.mark.parametrize("path", ["health", "metrics", "fetch"])
def test_a_page_of_another_host_cannot_ask_through_a_browser(watched, path):
    method = "POST" if path == "fetch" else "GET"
    answer = httpx.request(method, f"{watched.url}/{path}", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "hepaspot" not in answer.text


def test_a_request_to_fetch_without_a_server_to_fetch_from_is_told_so(watched):
    answer = httpx.post(f"{watched.url}/fetch", json={"study": "1.2.3"})
    assert answer.status_code == 409
    told = "the configuration has no [pull]; name a DICOMweb server in it"
    assert answer.json() == {"error": told}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A node that asks for a token."""
    home = tmp_path_factory.mktemp("guarded")
    token = home / "token"
    token.write_text("open-sesame\n", "utf-8")
    told = {
        "watch": {"token_file": str(token)},
        "pull": {"url": f"http://127.0.0.1:{free_port()}", "wait_s": 600},
    }
    with running_node(home / "node", told) as node:
        yield node


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic open-sesame", "open-sesame"])
def test_without_the_token_nothing_is_told_and_nothing_fetched(guarded, authorization):
    headers = {"Authorization": authorization} if authorization else {}
    for answer in (
        httpx.get(f"{guarded.url}/metrics", headers=headers),
        httpx.post(f"{guarded.url}/fetch", headers=headers, json={"study": "1.2.3"}),
    ):
        assert answer.status_code == 401
        assert answer.json() == {"error": "a token is needed: Authorization: Bearer ..."}
    assert guarded.queue() == []


def test_with_the_token_figures_are_told_and_a_study_can_be_asked_for(guarded):
    headers = {"Authorization": "Bearer open-sesame"}
    assert ("hepaspot_workers", ()) in guarded.metrics(**headers)
    wish = {"study": "1.2.840.1"}
    first = httpx.post(f"{guarded.url}/fetch", headers=headers, json=wish)
    assert (first.status_code, first.json()) == (202, {"queued": True})
    again = httpx.post(f"{guarded.url}/fetch", headers=headers, json=wish)
    assert (again.status_code, again.json()) == (202, {"queued": False})


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"study": "1.2"}', "text/plain", 415),
        (b"{", "application/json", 422),
        (b'{"study": 1}', "application/json", 422),
        (b'{"study": "1.2", "more": 1}', "application/json", 422),
        (b'{"study": "1/../2"}', "application/json", 422),
        (b'{"study": "' + b"1" * 5000 + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_request_to_fetch_is_refused_in_one_line(guarded, body, kind, status):
    headers = {"Authorization": "Bearer open-sesame", "Content-Type": kind}
    answer = httpx.post(f"{guarded.url}/fetch", headers=headers, content=body)
    assert answer.status_code == status
    assert len(answer.json()["error"].splitlines()) == 1


def test_health_needs_no_token_and_tells_nothing_but_health(guarded):
    answer = httpx.get(f"{guarded.url}/health")
    assert set(answer.json()) == {"status", "version", "checks"}


def test_the_page_of_the_node_has_every_figure_with_its_labels(watched, guarded):
    headers = {"Authorization": "Bearer open-sesame"}
    httpx.post(f"{guarded.url}/fetch", headers=headers, json={"study": "1.2.840.2"})
    told = [httpx.get(f"{each.url}/metrics", headers=headers).text for each in (watched, guarded)]
    found = {
        (sample.name, ", ".join(sample.labels))
        for text in told
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert {(name, labels) for name, labels, _ in tables(NODE)["Watching"]} == found


def test_a_disk_that_is_gone_is_told_and_the_other_figures_stand(tmp_path):
    told = NodeSettings(folder=tmp_path / "spool")
    spool, queue = Spool(told.folder), WorkQueue.open(tmp_path / "node.sqlite")
    shutil.rmtree(told.folder)
    gatherer, figures = Gatherer(told.reading, queue, spool), Figures()
    app = watch_app(Watched(told, queue, spool, gatherer, figures, lambda: (1, 1)), None)

    async def asked(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as page:
            return await page.get(path)

    try:
        health, metrics = asyncio.run(asked("/health")), asyncio.run(asked("/metrics"))
    finally:
        queue.close()
    assert health.status_code == 503
    assert health.json()["checks"] == {"database": True, "disk": False, "workers": True}
    assert "hepaspot_workers 1.0" in metrics.text
    assert "hepaspot_disk_free_bytes" not in metrics.text
