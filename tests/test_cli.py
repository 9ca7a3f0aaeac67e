"""The commands as their users meet them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from intake.pdfs import pdf, scanned_pdf
from jsonschema import Draft202012Validator

import hepaspot
from hepaspot import cli
from hepaspot.exam import json_schema
from hepaspot.weigh.assessment import Assessment

ROOT = Path(__file__).parents[1]
CHINESE = "超声所见：肝右叶见一6mm强回声，后方伴声影，肝内外胆管未见扩张。超声提示：肝右叶钙化灶"
ENGLISH = "Liver: 6 mm echogenic focus in segment VII with posterior shadowing. Ducts not dilated."
CANARY = "WangXiaoming13800138000"
HELP_LOADS = {"reading", "report", "sonogram", "intake", "weigh", "knowledge", "explain", "phantom"}
"""Rooms that ``--help`` may not load: they make it slow."""


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the command line in this process: exit code, stdout, stderr."""

    def run(*arguments, stdin: bytes = b""):
        monkeypatch.setattr(sys, "argv", ["hepaspot", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def report(tmp_path):
    def write(words: str | bytes = ENGLISH, name: str = "report.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(words if isinstance(words, bytes) else words.encode())
        return path

    return write


# ------------------------------------------------------------------------------------ read


def test_a_report_is_answered_on_standard_output(run, report):
    code, out, err = run("read", report())
    assert (code, err) == (0, "")
    assert "echogenic focus" in out
    assert "not a medical device" in out


def test_the_answer_is_what_the_library_says(run, report):
    path = report()
    _, out, _ = run("read", path)
    assert out == hepaspot.explain(hepaspot.assess(hepaspot.read(path)))


def test_standard_input_is_read_as_a_file_is(run, report):
    assert run("read", "-", stdin=ENGLISH.encode()) == run("read", report())


def test_a_pdf_is_answered_as_its_words_are(run, report):
    assert run("read", report(pdf(ENGLISH), "x.pdf")) == run("read", report())


def test_the_answer_is_in_the_language_of_the_report_unless_asked(run, report):
    path = report(CHINESE)
    _, own, _ = run("read", path)
    _, asked, _ = run("read", path, "--language", "zh")
    _, english, _ = run("read", path, "--language", "en")
    assert own == asked != english
    assert "钙化" in own
    assert "calcification" in english


def test_a_patient_gets_another_answer_than_a_clinician(run, report):
    path = report()
    assert run("read", path, "--audience", "patient")[1] != run("read", path)[1]


def test_the_setting_and_the_region_reach_the_exam(run, report):
    options = ("--setting", "symptomatic", "--region", "east_asia", "--format", "json")
    _, out, _ = run("read", report(), *options)
    setting = json.loads(out)["assessment"]["exam"]["setting"]
    assert setting == {"kind": "symptomatic", "region": "east_asia"}


def test_an_unknown_region_lists_the_known_ones(run, report):
    code, out, err = run("read", report(), "--region", "moon")
    assert (code, out) == (2, "")
    assert "'moon' is none of" in err
    assert "east_asia" in err


def test_help_and_page_name_every_region_of_the_priors(run, monkeypatch):
    from hepaspot.knowledge import load

    monkeypatch.setenv("COLUMNS", "200")
    _, out, _ = run("read", "--help")
    page = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert load().regions
    assert all(region in out and f"`{region}`" in page for region in load().regions)


def test_json_is_one_line_that_reads_back_as_the_assessment(run, report):
    path = report()
    _, out, _ = run("read", path, "--format", "json")
    assert out.count("\n") == 1
    answered = json.loads(out)
    assert answered["file"] == str(path)
    again = msgspec.convert(answered["assessment"], Assessment)
    assert again == hepaspot.assess(hepaspot.read(path))


def test_the_exam_in_json_keeps_to_the_published_schema(run, report):
    _, out, _ = run("read", report(), "--format", "json")
    exam = json.loads(out)["assessment"]["exam"]
    Draft202012Validator(json_schema()).validate(exam)


def test_html_is_written_to_the_file_asked_for(run, report, tmp_path):
    page = tmp_path / "new" / "answer.html"
    code, out, err = run("read", report(), "--format", "html", "-o", page)
    assert (code, out, err) == (0, "", "")
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_the_example_in_the_readme_is_what_the_command_prints(run):
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    command, _, shown = page.split("```console\n$ hepaspot ")[1].split("\n```")[0].partition("\n")
    verb, file = command.split()
    _, out, _ = run(verb, ROOT / file)
    assert out.startswith(shown), f"paste it anew: hepaspot {command} | sed '/^The report/,$d'"


# -------------------------------------------------------------------------- several files


def test_one_bad_file_does_not_lose_the_others(run, report, tmp_path):
    first, bad, last = report(name="a.txt"), tmp_path / "none.txt", report(CHINESE, "c.txt")
    code, out, err = run("read", first, bad, last)
    assert code == 4
    assert f"### {first}" in out
    assert f"### {last}" in out
    assert err.splitlines() == [
        f"hepaspot: {bad}: there is no such file; check the path",
        "hepaspot: 2 of 3 reports read",
    ]


def test_the_exit_code_is_that_of_the_first_that_failed(run, report, tmp_path):
    empty, missing = report("", "empty.txt"), tmp_path / "none.txt"
    assert run("read", empty, missing)[0] == 3
    assert run("read", missing, empty)[0] == 4


def test_several_reports_in_json_are_a_line_each(run, report):
    paths = [report(name="a.txt"), report(CHINESE, "b.txt")]
    _, out, _ = run("read", *paths, "--format", "json")
    assert [json.loads(line)["file"] for line in out.splitlines()] == [str(p) for p in paths]


def test_several_answers_go_into_a_folder_each_under_its_name(run, report, tmp_path):
    (tmp_path / "other").mkdir()
    paths = [report(name="a.txt"), report(CHINESE, "other/a.txt"), report(name="b.txt")]
    code, out, _ = run("read", *paths, "--format", "html", "-o", tmp_path / "answers")
    assert (code, out) == (0, "")
    written = sorted(path.name for path in (tmp_path / "answers").iterdir())
    assert written == ["a-2.answer.html", "a.answer.html", "b.answer.html"]


def test_several_pages_need_a_folder(run, report):
    code, _, err = run("read", report(name="a.txt"), report(name="b.txt"), "--format", "html")
    assert code == 2
    assert "several pages need a folder" in err


def test_several_answers_do_not_fit_into_one_file(run, report, tmp_path):
    taken = report("keep me", "taken.txt")
    code, _, err = run("read", report(name="a.txt"), report(name="b.txt"), "-o", taken)
    assert code == 2
    assert "several reports need a folder" in " ".join(err.split())
    assert taken.read_text() == "keep me"


def test_several_answers_make_no_folder_that_is_named_like_a_file(run, report, tmp_path):
    reports = report(name="a.txt"), report(name="b.txt")
    code, _, err = run("read", *reports, "-o", tmp_path / "answers.txt")
    assert code == 2
    assert "several reports need a folder" in " ".join(err.split())
    assert not (tmp_path / "answers.txt").exists()
    (tmp_path / "of.may").mkdir()
    assert run("read", *reports, "-o", tmp_path / "of.may")[0] == 0


# -------------------------------------------------------------------------------- mistakes


def test_the_report_itself_is_never_overwritten(run, report):
    path = report()
    code, _, err = run("read", path, "-o", path)
    assert code == 7
    assert "is the report itself; name another file with -o" in err
    assert path.read_text() == ENGLISH


def test_an_answer_that_cannot_be_written_says_so(run, report):
    path = report()
    code, _, err = run("read", path, "-o", path / "below" / "answer.txt")
    assert code == 7
    assert "cannot be written (not a directory); choose another -o" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (b"", 3),
        (CANARY.encode() + b"\0", 3),
        (b"%PDF-1.7 " + CANARY.encode(), 3),
        (scanned_pdf(), 3),
        (b"PK\3\4" + CANARY.encode(), 3),
        (CANARY.encode() * 50_000, 5),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_line_and_its_exit_code(run, report, words, code):
    path = report(words)
    ended, out, err = run("read", path)
    assert (ended, out) == (code, "")
    assert err.startswith(f"hepaspot: {path}: ")
    assert err.count("\n") == 1
    assert CANARY not in err


def test_a_fault_of_hepaspot_is_told_without_a_word_of_the_report(run, report, monkeypatch):
    def stumble(text, **_):
        raise KeyError(text)

    monkeypatch.setattr("hepaspot.reading.read_report", stumble)
    path = report(CANARY)
    code, out, err = run("read", path, report(CANARY, "b.txt"))
    assert (code, out) == (1, "")
    assert "hepaspot failed on this report (KeyError at tests/test_cli.py:" in err
    assert "0 of 2 reports read" in err
    assert CANARY not in err
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [["read"], ["reed"], ["read", "x", "--format", "pdf"]])
def test_a_wrong_command_line_ends_with_two_and_no_traceback(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Usage: hepaspot" in err
    assert "Traceback" not in err


COMMANDS = [
    ["read", "examples/en-stone-without-dilatation.txt"],
    ["read", *["examples/en-stone-without-dilatation.txt"] * 2, "--format", "json"],
    ["knowledge"],
    ["schema"],
    ["info"],
]


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_reader_who_leaves_early_ends_the_run_quietly(arguments):
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        result = _run_apart(arguments, write_end)
    finally:
        os.close(write_end)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_full_disk_is_told_in_one_line(arguments):
    with Path("/dev/full").open("wb") as full:
        result = _run_apart(arguments, full.fileno())
    assert (result.returncode, result.stderr) == (
        7,
        "hepaspot: standard output: cannot be written (no space left on device); "
        "make room or write elsewhere\n",
    )


@pytest.mark.skipif(os.name != "posix", reason="a shell of its own")
def test_a_closed_standard_output_is_told_in_one_line():
    command = f"{sys.executable} -m hepaspot schema >&-"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert result.returncode == 7
    assert result.stderr.startswith("hepaspot: standard output: cannot be written (")
    assert result.stderr.count("\n") == 1


def _run_apart(arguments: list[str], stdout: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hepaspot", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_json_is_utf_8_even_for_a_terminal_without_chinese(report):
    result = subprocess.run(
        [sys.executable, "-m", "hepaspot", "read", report(CHINESE), "--format", "json"],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert CHINESE in result.stdout.decode("utf-8")


def test_a_terminal_without_chinese_gets_question_marks(report):
    result = subprocess.run(
        [sys.executable, "-m", "hepaspot", "read", report(CHINESE)],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert b"?" in result.stdout
    assert result.stderr == b""


# --------------------------------------------------------------------------------- others


def test_knowledge_lists_every_sign(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = run("knowledge")
    assert code == 0
    assert all(sign in out for sign in ("shadow", "duct_intrahepatic", "alignment", "fever"))


def test_knowledge_of_a_sign_shows_figures_and_their_sources(run, monkeypatch):
    from hepaspot.knowledge import load

    monkeypatch.setenv("COLUMNS", "200")
    _, out, _ = run("knowledge", "--sign", "shadow")
    for row in load().sign_rows("shadow"):
        assert row.id in out
        assert all(source in out for source in row.sources)


def test_a_sign_that_is_not_there_is_refused(run):
    code, _, err = run("knowledge", "--sign", "colour")
    assert code == 2
    assert "there is no sign 'colour'" in err


def test_info_tells_all_versions_as_text_and_as_json(run):
    _, text, _ = run("info")
    _, data, _ = run("info", "--json")
    found = json.loads(data)
    assert found["hepaspot"] == hepaspot.__version__
    assert found["exam_schema"] == "1.3"
    assert set(found["libraries"]) >= {"msgspec", "numpy", "pypdf"}
    assert hepaspot.__version__ in text
    assert found["knowledge"] in text


def test_the_version_is_told(run):
    assert run("--version")[:2] == (0, f"hepaspot {hepaspot.__version__}\n")


def test_the_committed_schema_is_fresh(run):
    _, out, _ = run("schema")
    committed = (ROOT / "docs/exam.schema.json").read_text(encoding="utf-8")
    assert committed == out, "run: hepaspot schema > docs/exam.schema.json"
    Draft202012Validator.check_schema(json.loads(out))


@pytest.mark.parametrize("arguments", [["--help"], ["read", "--help"]])
def test_help_loads_no_room_and_tells_the_exit_codes(arguments):
    script = (
        f"import sys; sys.argv = ['hepaspot', *{arguments!r}]; from hepaspot.cli import main"
        "\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(result.stderr.split())
    assert "hepaspot.cli.app" in loaded
    assert not loaded & {f"hepaspot.{room}" for room in HELP_LOADS}
    assert not loaded & {"numpy", "cv2", "pydicom", "jinja2", "pypdf"}
    assert all(f"\n  {code}  " in result.stdout for code in range(8))


def test_the_page_on_the_command_line_tells_every_option_and_exit_code(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    page = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    _, out, _ = run("read", "--help")
    options = {word.strip(",") for word in out.split() if word.startswith("--")} - {"--help"}
    assert options
    assert all(f"`{option}`" in page for option in options)
    assert all(f"| {code} | " in page for code in range(8))
