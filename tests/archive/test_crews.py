"""Processes of this machine that read parts are started small and single."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from hepaspot.archive import crews
from hepaspot.archive.parts import Done


def told_of_itself(result, part, setting, access, left_out):
    """Stands for the reading of a part: writes down what its process was started with."""
    began_with = Path("/proc/self/environ").read_bytes().decode().split("\0")
    Path(result, f"{part}.txt").write_text("\n".join([*began_with, *sorted(sys.modules)]))
    return Done(part, 0, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process tells how it began")
@pytest.mark.parametrize("own", [None, "7"])
def test_number_libraries_of_a_process_are_single_from_the_start(tmp_path, monkeypatch, own):
    monkeypatch.setattr(crews, "run_part", told_of_itself)
    for name in crews.ONE_THREAD:
        monkeypatch.delenv(name, raising=False)
    if own is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", own)
    done = list(crews.Processes(2).run(tmp_path, [4, 5], SimpleNamespace(), SimpleNamespace()))
    assert sorted(each.part for each in done) == [4, 5]
    for part in (4, 5):
        told = (tmp_path / f"{part}.txt").read_text().splitlines()
        assert {f"{name}=1" for name in crews.ONE_THREAD} <= set(told)
        assert "pandas" not in told
    assert os.environ.get("OMP_NUM_THREADS") == own
    assert "OPENBLAS_NUM_THREADS" not in os.environ
