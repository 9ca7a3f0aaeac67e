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
from hepaspot.intake import decoding, open_report, processes  # noqa: E402
from hepaspot.intake.decoding import Decoding  # noqa: E402
from hepaspot.intake.kinds import PictureFormat  # noqa: E402
from hepaspot.intake.messages import Request  # noqa: E402
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
def idle(tmp_path, monkeypatch):
    """The name of a module that does not end of itself."""
    (tmp_path / "idle_process.py").write_text("import time\n\n\ndef main():\n    time.sleep(120)\n")
    monkeypatch.syspath_prepend(tmp_path)
    return "idle_process"


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
@pytest.mark.parametrize("end", [lambda pid: os.kill(pid, signal.SIGKILL), lambda pid: let_go()])
def test_a_picture_in_hand_is_ended_with_all_even_where_it_never_ends_of_itself(end, idle, loaded):
    process = started(idle)
    (child,) = until(lambda: children_of(loaded))
    end(loaded)
    until(lambda: not is_there(child))
    assert process.wait() < 0
    close(process)


@linux
@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT", "SIGTERM"])
def test_a_signal_to_all_that_a_terminal_started_ends_no_picture_in_hand(name, loaded, tmp_path):
    path, noise = a_png(tmp_path / "noise.png")
    with Decoding(Request(os.fsencode(path), PictureFormat.PNG), "it") as decoded:
        for pid in (*children_of(loaded), loaded):
            os.kill(pid, getattr(signal, name))
        assert np.array_equal(decoded.frame(decoded.head()).grey, noise)
    assert np.array_equal(grey(path), noise)
    assert is_there(loaded)


@linux
def test_a_signal_that_was_blocked_does_not_hide_that_a_process_has_ended():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    keep_loaded()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    until(processes._server._is_ready)
    process = started(DECODES)
    close(process)
    with ThreadPoolExecutor(1) as pool:
        status = pool.submit(process.wait)
        try:
            assert status.result(timeout=60) == 1
        finally:
            process.kill()


@linux
def test_a_file_is_read_alone_where_the_system_has_no_room_to_divide(monkeypatch, tmp_path):
    (tmp_path / "poor_server.py").write_text("""
import os
from hepaspot.intake import fork_server

def no_room():
    raise BlockingIOError("no more processes")

os.fork = no_room
fork_server.main()
""")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(processes, "_MODULE", "poor_server")
    keep_loaded()
    until(processes._server._is_ready)
    path, noise = a_png(tmp_path / "noise.png")
    assert np.array_equal(grey(path), noise)
    assert is_there(processes._server._process.pid)
    assert processes._server._process.poll() is None


@linux
def test_a_file_is_read_alone_where_there_is_no_room_for_its_handles(loaded, tmp_path):
    import resource

    held = len(list(Path(f"/proc/{loaded}/fd").iterdir()))
    resource.prlimit(loaded, resource.RLIMIT_NOFILE, (held + 1, held + 1))
    path, noise = a_png(tmp_path / "noise.png")
    assert np.array_equal(grey(path), noise)
    assert processes._server._process.poll() is None
    assert len(list(Path(f"/proc/{loaded}/fd").iterdir())) == held


@linux
def test_no_handle_is_left_open_where_there_are_too_few(loaded):
    import resource

    def free_handles():
        return [handle for handle in range(256) if not os.path.lexists(f"/proc/self/fd/{handle}")]

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = free_handles()
    for room in range(6):  # it takes six
        resource.setrlimit(resource.RLIMIT_NOFILE, (free[room], limits[1]))
        try:
            with pytest.raises(OSError, match="Too many open files"):
                started(DECODES)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert free_handles() == free


@linux
def test_it_is_started_later_where_the_system_has_no_room_for_it_now(monkeypatch):
    def no_room(*_, **__):
        raise BlockingIOError("no more processes")

    with monkeypatch.context() as poor:
        poor.setattr(subprocess, "Popen", no_room)
        for _ in range(2 * processes.STARTS):
            keep_loaded()
    keep_loaded()
    assert until(processes._server._is_ready)


@linux
def test_handles_are_closed_too_where_the_system_does_not_list_them():
    program = """
import os
from hepaspot.intake import fork_server

def missing(path):
    raise FileNotFoundError(path)

out, into = os.pipe()
os.dup2(out, 77)
os.listdir = missing
fork_server._close_others()
for handle in (out, into, 77):
    try:
        os.fstat(handle)
    except OSError:
        os.write(1, b"closed ")
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout == b"closed closed closed "


@pytest.mark.parametrize("is_loaded", [False, pytest.param(True, marks=linux)])
def test_one_that_answers_another_question_is_not_waited_for(
    is_loaded, tmp_path, monkeypatch, request
):
    (tmp_path / "chatting_process.py").write_text("""
import os, signal, sys, time
from hepaspot.intake.messages import ENVELOPE, Letter

def main():
    sys.stdin.buffer.read()
    sys.stdout.buffer.write(ENVELOPE.pack(Letter.FRAME.encode(), 0))
    sys.stdout.flush()
    time.sleep(30)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    main()
""")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(decoding, "_MODULE", "chatting_process")
    if is_loaded:
        request.getfixturevalue("loaded")
    path, _ = a_png(tmp_path / "noise.png")
    with pytest.raises(UnreadableInput, match=r"noise\.png: is a damaged picture; export it again"):
        open_picture(path)


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
