"""Files are read by processes of their own, and by ones that were divided from a loaded one alike."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("cv2", reason="needs the extra 'picture'")

from PIL import Image  # noqa: E402

from hepaspot.errors import UnreadableInput  # noqa: E402
from hepaspot.intake import open_report, processes  # noqa: E402
from hepaspot.intake.pictures import open_picture  # noqa: E402
from hepaspot.intake.processes import Ended, answer_of, keep_loaded, let_go, started  # noqa: E402

linux = pytest.mark.skipif(sys.platform != "linux", reason="no process divides itself elsewhere")
DECODES = "hepaspot.intake.decode_process"


@pytest.fixture(autouse=True)
def none_is_left():
    let_go()
    yield
    let_go()


@pytest.fixture
def loaded():
    """The id of the process that has all libraries loaded and waits."""
    keep_loaded()
    until(processes._server._is_ready)
    return processes._server._process.pid


def until(call, seconds=60):
    end = time.monotonic() + seconds
    while not (found := call()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)
    return found


def children_of(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def close(process):
    process.stdin.close()
    process.stdout.close()


def a_png(path, seed=1):
    data = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 255, (200, 300), dtype=np.uint8)
    Image.fromarray(noise).save(data, "PNG")
    path.write_bytes(data.getvalue())
    return path, noise


def grey(path):
    return next(iter(open_picture(path))).grey


@linux
def test_a_picture_is_the_same_from_a_divided_process(loaded, tmp_path):
    path, noise = a_png(tmp_path / "noise.png")
    assert np.array_equal(grey(path), noise)


@linux
def test_who_reads_some_files_has_the_libraries_kept_loaded(tmp_path):
    path, noise = a_png(tmp_path / "noise.png")
    for _ in range(processes.AHEAD):
        assert np.array_equal(grey(path), noise)
    assert processes._server._process is None
    assert np.array_equal(grey(path), noise)
    assert is_there(processes._server._process.pid)


@linux
def test_each_file_has_a_process_of_its_own_and_none_is_left(loaded, tmp_path):
    path, noise = a_png(tmp_path / "noise.png")
    first, second = started(DECODES), started(DECODES)
    until(lambda: len(children_of(loaded)) == 2)
    assert np.array_equal(grey(path), noise)
    for process in (first, second):
        process.kill()
        assert process.wait() < 0
        close(process)
    assert children_of(loaded) == []


@linux
def test_a_divided_process_has_no_file_open_but_its_own_three(loaded):
    process = started(DECODES)
    (child,) = until(lambda: children_of(loaded))
    until(
        lambda: sorted(each.name for each in Path(f"/proc/{child}/fd").iterdir()) == ["0", "1", "2"]
    )
    process.kill()
    process.wait()
    close(process)


@linux
def test_what_is_loaded_has_a_single_thread_else_it_could_not_be_divided(loaded):
    assert len(list(Path(f"/proc/{loaded}/task").iterdir())) == 1


def test_many_threads_are_given_each_its_own_picture(tmp_path):
    keep_loaded()
    made = [a_png(tmp_path / f"{seed}.png", seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        read = list(pool.map(lambda each: np.array_equal(grey(each[0]), each[1]), made * 4))
    assert all(read)


@pytest.mark.parametrize("is_loaded", [False, pytest.param(True, marks=linux)])
def test_a_damaged_picture_is_refused_either_way(is_loaded, tmp_path, request):
    if is_loaded:
        request.getfixturevalue("loaded")
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 100)
    with pytest.raises(UnreadableInput, match=r"broken\.png: is damaged .*; export it again"):
        open_picture(path)


@pytest.mark.parametrize("is_loaded", [False, pytest.param(True, marks=linux)])
def test_nonsense_ends_a_process_and_a_signal_is_told_from_a_failure(is_loaded, request):
    if is_loaded:
        request.getfixturevalue("loaded")
    assert answer_of(DECODES, b"\xc1", seconds=60) is Ended.DAMAGED
    assert answer_of("hepaspot.intake.no_such_module", b"", seconds=60) is Ended.DAMAGED


@pytest.mark.parametrize("is_loaded", [False, pytest.param(True, marks=linux)])
def test_a_process_that_takes_too_long_is_ended(is_loaded, request, monkeypatch):
    if is_loaded:
        request.getfixturevalue("loaded")

    def unanswered(process, data):
        process.wait()
        close(process)

    monkeypatch.setattr(processes, "_exchanged", unanswered)
    assert answer_of(DECODES, b"", seconds=0.2) is Ended.EXHAUSTED


@linux
def test_a_pdf_is_read_by_a_divided_process_too(loaded, tmp_path):
    pdf = Path(__file__).parents[1] / "data" / "reports"
    found = sorted(pdf.glob("**/*.pdf")) if pdf.is_dir() else []
    path = found[0] if found else made_pdf(tmp_path)
    let_go()
    alone = open_report(path).text
    keep_loaded()
    until(processes._server._is_ready)
    assert open_report(path).text == alone
    assert processes._server._process is not None


def made_pdf(folder):
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="needs the extra 'export'")
    path = folder / "report.pdf"
    page = canvas.Canvas(str(path))
    page.drawString(72, 720, "Liver: a calcification of 5 mm in the right lobe.")
    page.save()
    return path


@linux
def test_one_that_was_ended_from_without_is_passed_over_and_started_again(loaded, tmp_path):
    os.kill(loaded, signal.SIGKILL)
    processes._server._process.wait()
    path, noise = a_png(tmp_path / "noise.png")
    assert np.array_equal(grey(path), noise)
    keep_loaded()
    until(processes._server._is_ready)
    assert np.array_equal(grey(path), noise)


@linux
def test_a_picture_in_hand_is_refused_when_all_is_ended_from_without(loaded):
    process = started(DECODES)
    (child,) = until(lambda: children_of(loaded))
    os.kill(loaded, signal.SIGKILL)
    assert process.wait() < 0
    close(process)
    until(lambda: not is_there(child))


@linux
def test_it_is_not_started_for_ever_where_it_cannot_live(monkeypatch, tmp_path):
    monkeypatch.setattr(processes, "_MODULE", "hepaspot.intake.no_such_module")
    path, noise = a_png(tmp_path / "noise.png")
    for _ in range(processes.STARTS):
        keep_loaded()
        process = processes._server._process
        process.wait()
        assert np.array_equal(grey(path), noise)
    keep_loaded()
    assert processes._server._process is None


@linux
def test_all_end_with_the_program_that_reads():
    program = """
import sys, time
from hepaspot.intake import processes
processes.keep_loaded()
while not processes._server._is_ready():
    time.sleep(0.01)
held = processes.started("hepaspot.intake.decode_process")
print(processes._server._process.pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        server = int(reader.stdout.readline())
        (child,) = until(lambda: children_of(server))
        os.kill(reader.pid, signal.SIGKILL)
    until(lambda: not is_there(server))
    until(lambda: not is_there(child))


@linux
def test_a_program_that_is_divided_itself_leaves_it_to_the_first(loaded, tmp_path):
    path, noise = a_png(tmp_path / "noise.png")
    pid = os.fork()
    if pid == 0:
        alone = processes._server._process is None
        os._exit(0 if alone and np.array_equal(grey(path), noise) else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert np.array_equal(grey(path), noise)
    assert is_there(loaded)


def test_none_is_left_when_it_is_no_longer_wanted():
    keep_loaded()
    process = processes._server._process
    let_go()
    assert processes._server._process is None
    assert process is None or not is_there(process.pid)
