"""The house keeps its word: what its papers promise exists, and nothing strange lies about."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAPERS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#|mailto:)([^)#]+)")
STRANGE = re.compile(
    r"p[y]pi\.org|pythonh[o]sted|deb\.d[e]bian|(?<![\w.])/(?:wor[k]|hom[e]|roo[t]|Use[r]s)/\w"
)
"""Package hosts and paths of one machine: neither belongs in the project."""


def own_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a checkout")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def words_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "ignore")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", words_of(ROOT / "Makefile"), re.MULTILINE))


def test_no_file_names_a_path_of_one_machine_or_a_package_host():
    strange = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in own_files()
        if (found := STRANGE.search(words_of(path)))
    ]
    assert strange == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_make_command_in_the_papers_exists(paper):
    commands = re.findall(r"(?:^\s*|`)make ([a-z-]+)", words_of(paper), re.MULTILINE)
    assert set(commands) <= targets()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_link_in_the_papers_leads_somewhere(paper):
    dead = [link for link in LINK.findall(words_of(paper)) if not (paper.parent / link).exists()]
    assert dead == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_example_in_the_papers_exists(paper):
    named = re.findall(r"\bexamples/[\w./-]+\w", words_of(paper))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_runs_on_two_commands():
    commands = re.findall(r"^    (make \w+)$", words_of(ROOT / "README.md"), re.MULTILINE)
    assert commands[:2] == ["make demo", "make test"]


def test_every_target_is_told_by_make_help():
    told = set(re.findall(r"^# make ([a-z-]+)", words_of(ROOT / "Makefile"), re.MULTILINE))
    assert targets() - {"help", "clean"} <= told


def test_the_version_is_one():
    from hepaspot import __version__

    assert f"\nversion: {__version__}\n" in words_of(ROOT / "CITATION.cff")
    assert f"\n## {__version__}\n" in words_of(ROOT / "CHANGELOG.md")


def test_everything_the_tests_need_is_pinned():
    project = tomllib.loads(words_of(ROOT / "pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[<>=\[]", asked)[0].lower() for group in groups for asked in group}
    pinned = re.findall(r"^([\w.-]+)==[\w.]+$", words_of(ROOT / "constraints.txt"), re.MULTILINE)
    assert names - {"hepaspot"} <= {name.lower() for name in pinned}, "one extra may hold another"


def test_the_pins_are_versions_and_nothing_else():
    lines = words_of(ROOT / "constraints.txt").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+|#.*|", line) for line in lines)


def test_an_ignored_lint_rule_has_its_reason_beside_it():
    lint = (
        words_of(ROOT / "pyproject.toml").split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.p")[0]
    )
    ignored = [line for line in lint.splitlines() if re.match(r'    "[A-Z]+\d*",', line)]
    assert ignored
    assert all("#" in line for line in ignored)
