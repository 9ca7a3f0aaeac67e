"""The guide beside Orthanc, run line by line as it stands on its page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from serve.node.peers import DICOMWEB, ORTHANC, STORESCU, free_port, programs

PAGE = Path(__file__).parents[3] / "docs" / "beside-orthanc.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORTS = ("4242", "8042", "11112", "8421")
INSTALL = """\
sudo apt-get install -y orthanc orthanc-dicomweb dcmtk curl python3-venv
sudo systemctl disable --now orthanc
python3 -m venv ~/hepaspot
~/hepaspot/bin/pip install '.[node]'
"""


def blocks(kind: str) -> list[str]:
    return [text for told, text in BLOCK.findall(PAGE.read_text("utf-8")) if told == kind]


def own_ports(text: str) -> str:
    """The page with ports that nobody has."""
    for port in PORTS:
        text = re.sub(rf"\b{port}\b", str(free_port()), text)
    return text


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What the page's lines print, run as one script by a person whose home is a new folder."""
    if not (ORTHANC.exists() and DICOMWEB.exists() and STORESCU.exists()):
        pytest.skip("Orthanc, its DICOMweb plugin and DCMTK are not installed")
    programs("bash", "curl", "python3")
    home = tmp_path_factory.mktemp("home")
    (home / "hepaspot" / "bin").mkdir(parents=True)
    program = home / "hepaspot" / "bin" / "hepaspot"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m hepaspot "$@"\n', "utf-8")
    program.chmod(0o755)
    install, *run = blocks("sh")
    assert install == INSTALL, "it is stood in for above"
    script = own_ports("set -e\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n" + "".join(run))
    watch = re.search(r"(\d+)/health", script)
    assert watch is not None
    script = script.replace("[pull] ", f"[watch]\nport = {watch[1]}\n[pull] ")
    return run_as_written(script, home)


def run_as_written(script: str, home: Path) -> str:
    environment = {**os.environ, "HOME": str(home), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        ["bash", "-c", script],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        told, _ = process.communicate(timeout=180)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        told, _ = process.communicate()
        pytest.fail(f"the page's lines do not end: {told}")
    assert process.returncode == 0, told
    return told


def test_the_lines_of_the_page_print_what_the_page_says(printed):
    at = 0
    for line in "".join(blocks("text")).splitlines():
        found = printed.find(line, at)
        assert found >= 0, f"{line!r} is not printed, or not in its place: {printed}"
        at = found


def test_every_package_that_the_page_installs_is_one_of_debian():
    packages = INSTALL.splitlines()[0].partition("-y ")[2].split()
    (query,) = programs("dpkg-query")
    for package in packages:
        known = subprocess.run([query, "-W", package], capture_output=True, check=False)
        if known.returncode:
            pytest.skip(f"{package} is not installed here")
