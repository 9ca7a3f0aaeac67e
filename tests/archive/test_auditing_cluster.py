"""The same audit on a real Dask cluster of two worker processes."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from archive.archives import rows, run, same_bytes, table, write_csv

from hepaspot.archive import dask_crew
from hepaspot.errors import InputError, MissingExtra

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as made:
        yield made


def test_a_cluster_gives_the_same_bytes_as_this_machine(cluster, tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(60))
    run([path], tmp_path / "here")
    run([path], tmp_path / "there", dask=cluster.scheduler_address)
    assert same_bytes(tmp_path / "here", tmp_path / "there")


def test_a_worker_that_dies_costs_its_part_and_nothing_more(cluster, tmp_path):
    path = write_csv(tmp_path / "a.csv", rows(1200))
    run([path], tmp_path / "here", per_part=60)
    pids = {worker["pid"] for worker in _workers(cluster)}
    killed = threading.Event()

    def told(done, parts, part):
        if done == 3 and not killed.is_set():
            killed.set()
            os.kill(min(pids), signal.SIGKILL)

    run([path], tmp_path / "there", dask=cluster.scheduler_address, per_part=60, told=told)
    assert killed.is_set()
    assert same_bytes(tmp_path / "here", tmp_path / "there")
    assert table(tmp_path / "there", "errors") == []


def _workers(cluster):
    with distributed.Client(cluster) as client:
        pids = client.run(os.getpid)
    return [{"pid": pid} for pid in pids.values()]


def test_a_scheduler_that_is_not_there_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(dask_crew, "ANSWER_S", 1)
    path = write_csv(tmp_path / "a.csv", rows(4))
    with pytest.raises(InputError, match=r"^--dask: no cluster answers at tcp://127\.0\.0\.1:1; "):
        run([path], tmp_path / "r", dask="tcp://127.0.0.1:1")


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(dask_crew, "find_spec", lambda name: None)
    path = write_csv(tmp_path / "a.csv", rows(4))
    with pytest.raises(MissingExtra, match=r'pip install "hepaspot\[dask\]"'):
        run([path], tmp_path / "r", dask="local")
