"""A folder in an object store is audited as the same folder on this machine is."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import pytest
from archive.archives import NORMAL, STONE, run, same_bytes, table, write_csv
from archive.watched import EXAMS, SECRET, Watched, audited, emptied, failing, put
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import UID

from hepaspot.archive import fetching, store_folders
from hepaspot.archive.access import Access
from hepaspot.archive.asking.result import audited as finished
from hepaspot.archive.asking.sampling import sample
from hepaspot.archive.documents import Document
from hepaspot.archive.joining import join
from hepaspot.archive.laying_out import lay_out
from hepaspot.archive.page import write_page
from hepaspot.archive.parts import run_part
from hepaspot.archive.plan import Plan
from hepaspot.archive.rereading import Again
from hepaspot.archive.schema import TABLES
from hepaspot.archive.sources import files_in, may_be_read, sources
from hepaspot.archive.store_files import files_in_store
from hepaspot.archive.store_folders import CUT, FIRST_BYTES, MORE_BYTES, pieces_in_store
from hepaspot.archive.stores import located
from hepaspot.errors import InputError, MissingInput
from hepaspot.exam import Setting
from hepaspot.export import case_of, export
from hepaspot.phantom import make
from hepaspot.reading import read
from hepaspot.remote.servers import Away
from hepaspot.weigh import assess

store = pytest.fixture(emptied)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Waits between tries that nobody has to sit through."""
    monkeypatch.setattr(fetching, "FIRST_WAIT_S", 0.0)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A folder with everything that a folder of an archive may have in it."""
    root = tmp_path_factory.mktemp("tree") / "in"
    made = [
        each.dicom
        for each in make(root / "p", count=2, seed=5, target="calcification", language="en")
    ]
    case = case_of(assess(read(made[0])))
    for each in (*export(case, "sr"), *export(case, "sc")):
        (root / "p" / each.name).write_bytes(each.data)
    (root / "one" / "deep").mkdir(parents=True)
    shutil.copy(made[1], root / "one" / "IM0001")
    (root / "one" / "report.txt").write_text(STONE, "utf-8")
    (root / "one" / "deep" / "cut.dcm").write_bytes(made[0].read_bytes()[:5000])
    (root / "note.txt").write_text(STONE, "utf-8")
    (root / "empty.txt").write_text("")
    for hidden in (root / ".notes.txt", root / ".hidden" / "note.txt", root / "one" / "DICOMDIR"):
        hidden.parent.mkdir(exist_ok=True)
        hidden.write_text(NORMAL, "utf-8")
    write_csv(root / "a.csv", [{"exam": "T1", "person": "P", "text": STONE}])
    write_csv(root / "b.csv", [{"exam": "T3", "person": "P", "text": NORMAL}])
    write_csv(root / "one" / "inner.csv", [{"exam": "T2", "person": "P", "text": STONE}])
    return root


def without_paths(result):
    return [{**row, "path": None} for row in table(result, "input")]


def same_tables(first, second):
    names = [*(f"{name}.parquet" for name in TABLES), "worklist.csv"]
    return all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


# ---------------------------------------------------------------------------- as a folder is


@pytest.fixture(scope="module")
def here(tree, tmp_path_factory):
    """The audit of the folder on this machine."""
    result = tmp_path_factory.mktemp("here") / "r"
    run([tree], result)
    return result


def test_a_store_gives_the_same_bytes_as_the_folder_here(tree, here, store, tmp_path):
    put(tree)
    there = audited(f"{EXAMS}/", tmp_path / "r")
    assert same_tables(here, there)
    assert without_paths(here) == without_paths(there)
    assert {row["exam"] for row in table(there, "exams")} >= {"T1", "T3", "note.txt"}
    assert {row["origin"] for row in table(there, "errors")} == {"empty.txt", "one/deep/cut.dcm"}
    paths = {row["path"] for row in table(there, "input")} - {None}
    assert all(path.startswith(f"{EXAMS}/") for path in paths)


def test_processes_and_workers_reach_a_store_by_themselves(tree, here, tmp_path):
    run([tree.as_uri()], tmp_path / "r")
    assert same_tables(here, tmp_path / "r")


@pytest.mark.filterwarnings("ignore")
def test_workers_of_a_cluster_reach_a_store_too(tree, here, tmp_path):
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    run([f"{tree.as_uri()}/"], tmp_path / "r", dask="local")
    assert same_tables(here, tmp_path / "r")


@pytest.mark.skipif(find_spec("aiohttp") is None, reason="fsspec reads http:// by aiohttp")
@pytest.mark.filterwarnings("ignore")
def test_a_real_server_of_files_is_a_store(tree, tmp_path):
    run([tree / "p"], tmp_path / "here")
    with served(tree) as address:
        run([f"{address}/p/"], tmp_path / "there")
    assert same_tables(tmp_path / "here", tmp_path / "there")


@contextmanager
def served(root):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


NAMES = st.sampled_from(["a", "b.txt", "a.dcm", "a-b", "B", "c d.png", "报告.txt", ".h", "z.csv"])
TREES = st.lists(st.lists(NAMES, min_size=1, max_size=3).map(tuple), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(TREES)
def test_files_are_listed_in_the_order_of_a_folder_here(places):
    with tempfile.TemporaryDirectory() as folder:
        for *folders, name in places:
            inner = Path(folder, *(f"{each}_" for each in folders))
            inner.mkdir(parents=True, exist_ok=True)
            (inner / name).write_text("x")
        known = [path.relative_to(folder).as_posix() for path in files_in(Path(folder))]
        try:
            listed = [each.within for each in files_in_store(Path(folder).as_uri())]
        except MissingInput:
            listed = []
        wanted = [each for each in listed if may_be_read(Path(each).name)]
        assert wanted == [each for each in known if "/." not in f"/{each}"]


def test_a_path_beside_a_table_in_a_store_is_fetched_from_there(tree, store, tmp_path):
    put(tree)
    records = [
        {"exam": "E1", "text": NORMAL, "path": "p/phantom-000.dcm"},
        {"exam": "E2", "text": "", "path": "note.txt"},
    ]
    data = write_csv(tmp_path / "t.csv", records).read_bytes()
    Watched().pipe_file(f"{EXAMS}/t.csv", data)
    result = audited(f"{EXAMS}/t.csv", tmp_path / "r")
    found = {row["exam"]: row for row in table(result, "exams")}
    assert (found["E1"]["reports"], found["E1"]["pictures"]) == (1, 1)
    assert found["E2"]["named_stone"]


def test_a_store_that_is_away_for_a_while_costs_nothing(tree, here, store, tmp_path):
    put(tree)
    result = tmp_path / "r"
    (result / "parts").mkdir(parents=True)
    store.failures = [None, *failing(2), None, *failing(1)]  # the listing, heads
    parts, _ = lay_out(sources([EXAMS]), {}, result, access=Access(), per_part=7)
    assert not store.failures
    for part in range(parts):
        store.failures = failing(2)
        run_part(str(result), part, Setting())
    store.failures = []
    join(result, parts)
    assert same_tables(here, result)


# --------------------------------------------------------------------- what is asked of a store


def test_a_store_is_listed_once_and_each_file_fetched_once(tree, store, tmp_path):
    put(tree)
    audited(EXAMS, tmp_path / "r")
    fetched = [path for what, path, _ in store.asked if what == "file"]
    heads = [path for what, path, _ in store.asked if what == "head" and "csv" not in path]
    assert [what for what, *_ in store.asked].count("list") == 1
    pictures = {"p/phantom-000.dcm", "p/phantom-001.dcm", "one/IM0001", "one/deep/cut.dcm"}
    own = {"p/report.sr.dcm", "p/marked-1.sc.dcm"}
    assert sorted(heads) == sorted(pictures | own)
    words = {"note.txt", "empty.txt", "one/report.txt", "p/phantom-000.txt", "p/phantom-001.txt"}
    assert sorted(fetched) == sorted(pictures | words)


def test_no_more_than_the_head_of_a_picture_is_fetched_to_file_it(tree, store, tmp_path):
    put(tree)
    lay_out(sources([EXAMS]), {}, tmp_path, access=Access())
    ends = [end for what, path, end in store.asked if what == "head" and path.endswith(".dcm")]
    assert ends
    assert max(ends) <= FIRST_BYTES
    assert not [path for what, path, _ in store.asked if what == "file"]


def test_more_is_fetched_of_a_picture_with_a_long_header(tree, store, tmp_path):
    told = dcmread(tree / "p" / "phantom-000.dcm")
    told.add_new(0x00090010, "LO", "MADE UP")
    told.add_new(0x00091001, "OB", bytes(3 * MORE_BYTES[0]))
    told.save_as(tmp_path / "long.dcm")
    Watched().pipe_file(f"{EXAMS}/long.dcm", (tmp_path / "long.dcm").read_bytes())
    (row,) = next(iter(pieces_in_store(EXAMS)))
    assert row["exam"] == told.StudyInstanceUID
    size = (tmp_path / "long.dcm").stat().st_size
    ends = [end for what, _, end in store.asked if what == "head"]
    assert ends == [min(size, each) for each in (FIRST_BYTES, *MORE_BYTES)]


def with_short_uids(tree):
    told = dcmread(tree / "p" / "phantom-000.dcm", stop_before_pixels=True)
    told.StudyInstanceUID = UID("1.2.3.44")
    told.PatientID = "1234"
    with tempfile.NamedTemporaryFile() as file:
        told.save_as(file.name)
        return Path(file.name).read_bytes()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_head_that_is_cut_tells_the_whole_or_nothing(tree, data):
    whole = with_short_uids(tree)
    length = data.draw(st.integers(200, len(whole)))
    with tempfile.TemporaryDirectory() as folder:
        of_whole = store_folders._filing_in(whole, Path(folder, "a"))
        of_cut = store_folders._filing_in(whole[:length] + CUT, Path(folder, "b"))
    assert of_whole is not None
    assert of_cut is None or tuple(of_cut) == tuple(of_whole)


def test_heads_near_the_study_tell_the_whole_or_nothing_at_every_byte(tree, tmp_path):
    whole = with_short_uids(tree)
    place = whole.index(b"1.2.3.44")
    known = store_folders._filing_in(whole, tmp_path / "a")
    told = [
        store_folders._filing_in(whole[:length] + CUT, tmp_path / "a")
        for length in range(place - 40, place + 24)
    ]
    assert {None if each is None else tuple(each) for each in told} == {None, tuple(known)}


def test_only_heads_that_were_not_given_are_asked_for_again(store):
    for number in range(3):
        Watched().pipe_file(f"{EXAMS}/{number}.dcm", b"x")
    store.failures = [None, None, *failing(1)]
    rows = list(next(iter(pieces_in_store(EXAMS))))
    assert [row["origin"] for row in rows] == ["0.dcm", "1.dcm", "2.dcm"]
    heads = [path for what, path, _ in store.asked if what == "head"]
    assert heads == ["0.dcm", "1.dcm", "2.dcm", "1.dcm"]


def test_a_copy_ends_as_its_file_does_and_is_removed(store):
    Watched().pipe_file(f"{EXAMS}/报告 1.TXT", STONE.encode())
    with fetching.brought(f"{EXAMS}/报告 1.TXT") as file:
        assert file.name == "file.TXT"
        assert file.read_text("utf-8") == STONE
    assert not file.parent.exists()


def test_one_file_system_serves_all_addresses_of_a_store(store):
    assert located(f"{EXAMS}/a")[0] is located("watched://other/b")[0]


# --------------------------------------------------------------------------- gone on with, shown


class CutOffError(Exception):
    pass


def test_an_audit_of_a_store_that_is_cut_off_goes_on_where_it_was(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(12):
        text = (STONE, NORMAL)[number % 2]
        (tmp_path / "in" / f"{number:02}.txt").write_text(text, "utf-8")
    address = (tmp_path / "in").as_uri()
    run([address], tmp_path / "whole", per_part=2)

    def told(done, parts, part):
        if done == 3:
            raise CutOffError

    with pytest.raises(CutOffError):
        run([address], tmp_path / "r", per_part=2, told=told)
    done = {path.name for path in (tmp_path / "r" / "parts").iterdir() if path.is_dir()}
    assert len(done) >= 3
    seen = []
    plan = run([f"{address}/"], tmp_path / "r", per_part=2, told=lambda *each: seen.append(each))
    assert plan.done
    assert seen[0][0] == len(done)
    assert same_bytes(tmp_path / "whole", tmp_path / "r")
    with pytest.raises(InputError, match="holds an audit with other sources"):
        run([tmp_path / "in"], tmp_path / "r", per_part=2)


def stones(store, count=6):
    for number in range(count):
        text = f"{STONE}\nNo. {number}."
        Watched().pipe_file(f"{EXAMS}/{number}.txt", text.encode())


def page_of(result):
    write_page(result, "en")
    return (result / "index.html").read_text("utf-8")


def kept_plan(result):
    Plan.of(sources([EXAMS]), {}, Setting()).keep(result)


def test_the_page_and_a_sample_show_words_that_lie_in_a_store(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(6):
        (tmp_path / "in" / f"{number}.txt").write_text(f"{STONE}\nNo. {number}.", "utf-8")
    address = (tmp_path / "in").as_uri()
    run([address], tmp_path / "r")
    page = (tmp_path / "r" / "index.html").read_text("utf-8")
    assert page.count("<mark") >= 5
    made = sample(finished(tmp_path / "r"), "stone_without_dilatation", 4, 0, 1, tmp_path / "s")
    assert made.sheet.read_text("utf-8-sig").count("肝内胆管未见扩张") == 4
    shutil.rmtree(tmp_path / "in")
    with pytest.raises(InputError, match="a report can no longer be read; put the files back"):
        sample(finished(tmp_path / "r"), "stone_without_dilatation", 4, 0, 1, tmp_path / "t")


def test_a_page_says_so_where_the_store_is_away_and_asks_it_once(store, tmp_path):
    stones(store)
    result = audited(EXAMS, tmp_path / "r")
    kept_plan(result)
    page = page_of(result)
    assert "On the server, not shown here" not in page
    store.asked.clear()
    store.failures = failing(50)
    page = page_of(result)
    assert page.count("On the server, not shown here") == 5
    assert "肝内胆管结石" not in page.split("On the server")[1]
    assert len(store.asked) == 1
    assert SECRET not in page


def test_a_picture_in_a_store_is_known_by_its_head_when_words_are_looked_for(tree, store):
    put(tree)
    again = Again()
    place = f"{EXAMS}/p/phantom-000.dcm"
    assert again.words(Document(None, place, "")) is None
    assert [what for what, *_ in store.asked] == ["head"]
    assert again.words(Document(None, f"{EXAMS}/note.txt", "")) == STONE
    store.failures = failing(1)
    with pytest.raises(Away):
        again.words(Document(None, place, ""))
    asked = len(store.asked)
    with pytest.raises(Away):
        again.words(Document(None, f"{EXAMS}/note.txt", ""))
    assert len(store.asked) == asked


def test_nothing_is_written_to_a_store(tree, store, tmp_path):
    put(tree)
    before = {name: bytes(file.getbuffer()) for name, file in store.store.items()}
    audited(EXAMS, tmp_path / "r")
    assert {name: bytes(file.getbuffer()) for name, file in store.store.items()} == before
