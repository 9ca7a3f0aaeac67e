"""What is given to those who run a node: examples that are valid, and agree with each other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from serve.node.pages import NODE
from serve.node.peers import Node, programs

from hepaspot.serve.node import children, gathering, running
from hepaspot.serve.node.configuring import configured

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "hepaspot-node.service"


@pytest.fixture(scope="module")
def composed():
    yaml = pytest.importorskip("yaml", reason="no reader of YAML is installed")
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", ["node.toml", "compose.toml"])
def test_an_example_is_accepted_and_shown_with_all_its_defaults(name, tmp_path):
    node = Node(tmp_path, {})
    node.config = DEPLOY / name
    shown = tomllib.loads(node.command("config"))
    told = tomllib.loads((DEPLOY / name).read_text("utf-8"))
    assert shown["folder"] == told["folder"] == "/var/lib/hepaspot-node"
    assert [each["name"] for each in shown["send"]] == [each["name"] for each in told["send"]]
    assert shown["reading"]["quiet_s"] == told["reading"]["quiet_s"]


def test_what_is_commented_out_in_the_example_is_right_when_it_is_taken_in(tmp_path):
    (tmp_path / "etc").mkdir()
    for name in ("node.pem", "node.key", "hospital-ca.pem", "token"):
        (tmp_path / "etc" / name).write_text("here\n", "utf-8")
    text = (DEPLOY / "node.toml").read_text("utf-8")
    text = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)
    text = text.replace("/etc/hepaspot", str(tmp_path / "etc"))
    (tmp_path / "node.toml").write_text(text, "utf-8")
    settings = configured(tmp_path / "node.toml")
    assert settings.listen.tls is not None
    assert settings.pull is not None
    assert [each.name for each in settings.send] == ["pacs", "web"]
    assert settings.reading.setting == "health-check"


def test_the_containers_and_what_they_are_told_agree(composed):
    node, pacs = composed["services"]["hepaspot"], composed["services"]["orthanc"]
    settings = configured(DEPLOY / "compose.toml")
    told = json.loads((DEPLOY / "orthanc.json").read_text("utf-8"))
    (to,) = settings.send
    assert (to.host, to.port, to.ae_title) == ("orthanc", told["DicomPort"], told["DicomAet"])
    modality = [settings.ae_title, "hepaspot", settings.listen.port]
    assert told["DicomModalities"] == {"hepaspot": modality}
    assert [each.ae_title for each in settings.calling] == [told["DicomAet"]]
    assert f"hepaspot:{settings.folder}" in node["volumes"]
    assert f"127.0.0.1:{settings.watch.port}/health" in node["healthcheck"]["test"][-1]
    assert all(port.startswith("127.0.0.1:") for port in pacs["ports"]), "on this machine alone"
    assert "ports" not in node


def test_every_file_that_a_container_is_given_is_there(composed):
    for name, service in composed["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = (DEPLOY / source).is_file() if "/" in source else source in composed["volumes"]
            assert known, f"{name} has no {source}"
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()


def test_docker_takes_the_file_where_it_is_installed():
    (docker,) = programs("docker")
    known = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    if known.returncode:
        pytest.skip("docker has no compose here")
    subprocess.run(
        [docker, "compose", "-f", str(DEPLOY / "compose.yaml"), "--profile", "*", "config", "-q"],
        check=True,
    )


def test_the_container_runs_as_nobody_of_importance_and_starts_the_node():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    last = text.rpartition("FROM ")[2]
    assert re.search(r"^USER hepaspot$", last, re.MULTILINE)
    assert "-slim" in last.splitlines()[0]
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / each).exists() for each in copied.split())


def test_the_rule_of_orthanc_in_the_guide_is_the_one_that_is_given():
    page = (ROOT / "docs" / "beside-orthanc.md").read_text("utf-8")
    assert (DEPLOY / "forward.lua").read_text("utf-8") in page


def test_systemd_takes_the_unit_where_it_is_installed(tmp_path):
    (analyze,) = programs("systemd-analyze")
    text = UNIT.read_text("utf-8").replace("/opt/hepaspot/bin/hepaspot", shutil.which("true") or "")
    text = text.replace("file:///etc/hepaspot/node.toml", "man:true(1)")
    (tmp_path / UNIT.name).write_text(text, "utf-8")
    done = subprocess.run(
        [analyze, "verify", str(tmp_path / UNIT.name)], capture_output=True, text=True, check=False
    )
    if "Failed to initialize" in done.stderr:
        pytest.skip("systemd cannot look at units here")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def unit() -> dict[str, str]:
    lines = UNIT.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]\w+=", line))


def test_the_unit_starts_the_node_as_a_user_that_can_write_to_its_folder_alone(unit):
    assert unit["ExecStart"].endswith("/hepaspot node run /etc/hepaspot/node.toml")
    folder = configured(DEPLOY / "node.toml").folder
    assert folder == Path("/var/lib") / unit["StateDirectory"]
    assert unit["DynamicUser"] == unit["NoNewPrivileges"] == unit["ProtectHome"] == "yes"
    assert unit["ProtectSystem"] == "strict"
    assert unit["Restart"] == "on-failure"


def test_the_unit_leaves_more_time_to_end_than_the_node_takes(unit, composed):
    assert running.LAST_PART_S > children.LAST_WORK_S
    longest = running.LAST_PART_S + running.LAST_PAGE_S
    assert float(unit["TimeoutStopSec"]) > longest
    assert float(composed["services"]["hepaspot"]["stop_grace_period"].strip("s")) > longest
    assert f"when its beat stood still for {gathering.DEAD_AFTER_S:.0f} seconds" in NODE
