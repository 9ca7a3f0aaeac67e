"""What the tests of a node share: exams made once, and peers that run as long as a test needs them.

``serve.node.peers`` has the rest: `until`, `storescu`, `dcmtk`, `study_of`, `free_port`; and
``serve.node.scripted`` peers that fail as they are told to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from serve.node.peers import Node, Orthanc, new_exam, running_node, running_orthanc

from hepaspot.phantom import make


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory) -> list[Path]:
    """Two stills of two studies, each with one calcification; the first is a small one."""
    made = make(tmp_path_factory.mktemp("phantoms"), count=2, seed=1, target="calcification")
    return sorted((Path(each.dicom) for each in made), key=lambda path: path.stat().st_size)


@pytest.fixture
def exam(phantoms, tmp_path) -> Callable[..., Path]:
    """Makes a still that is a study of its own; keywords set attributes: exam(PatientID="1")."""
    numbers = count(1)
    return lambda **changes: new_exam(phantoms[0], tmp_path / f"{next(numbers)}.dcm", **changes)


@pytest.fixture
def node(tmp_path) -> Iterator[Callable[..., Node]]:
    """Runs a node: node(send=[...], listen={...}); it is ended with the test."""
    numbers = count(1)
    with ExitStack() as running:

        def run(**told: Any) -> Node:
            return running.enter_context(running_node(tmp_path / f"node-{next(numbers)}", told))

        yield run


@pytest.fixture
def orthanc(tmp_path) -> Iterator[Callable[..., Orthanc]]:
    """Runs an Orthanc: orthanc(modalities={...}, DicomAet="..."); it is ended with the test."""
    numbers = count(1)
    with ExitStack() as running:

        def run(**told: Any) -> Orthanc:
            home = tmp_path / f"orthanc-{next(numbers)}"
            opened: AbstractContextManager[Orthanc] = running_orthanc(home, **told)
            return running.enter_context(opened)

        yield run
