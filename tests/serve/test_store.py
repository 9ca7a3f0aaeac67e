"""Exams that are kept: found again, and gone for good when deleted."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import threading
import tracemalloc
from contextlib import closing
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_exam import exams

from hepaspot.errors import MissingInput, TooLarge
from hepaspot.exam import Exam, Source, SourceKind
from hepaspot.serve.store import NewFile, Store
from hepaspot.serve.store.labels import file_name, folded, person_label
from hepaspot.serve.store.rows import CHUNK_BYTES


@pytest.fixture
def store(tmp_path):
    with_files = Store.open(tmp_path / "kept" / "exams.db")
    yield with_files
    with_files.close()


def told(text, name=None):
    return Exam(sources=(Source("report", SourceKind.REPORT, text, name=name),))


def file(name="clip.dcm", data=b"x", kind="application/dicom"):
    return NewFile(name, kind, io.BytesIO(data))


def ids(summaries):
    return [summary.id for summary in summaries]


def raw_bytes(folder):
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_what_is_kept_comes_back_as_it_was(store):
    exam = told("肝右叶强回声 5 mm", "report.txt")
    before = datetime.now(UTC)
    kept = store.keep(
        exam, b'{"moved": 1}', [file(data=b"abc")], person="A 7", examined_on=date(2024, 2, 29)
    )
    back = store.get(kept)
    assert (back.id, back.exam, back.edits) == (kept, exam, b'{"moved": 1}')
    assert (back.person, back.note, back.examined_on) == ("A 7", "", date(2024, 2, 29))
    assert before <= back.kept_at == back.changed_at <= datetime.now(UTC)
    (only,) = back.files
    assert (only.name, only.media_type, only.size_bytes) == ("clip.dcm", "application/dicom", 3)
    assert store.files(kept) == back.files


@settings(max_examples=30, deadline=None)
@given(exams, st.binary(max_size=300), st.lists(st.binary(max_size=300), max_size=3))
def test_any_exam_edits_and_files_come_back_byte_for_byte(tmp_path_factory, exam, edits, contents):
    store = Store.open(tmp_path_factory.mktemp("any") / "exams.db")
    kept = store.keep(exam, edits, [file(str(n), data) for n, data in enumerate(contents)])
    back = store.get(kept)
    assert (back.exam, back.edits) == (exam, edits)
    assert [b"".join(store.open_file(f.id)) for f in back.files] == contents
    store.close()


def test_what_is_kept_is_there_when_the_store_is_opened_again(store, tmp_path):
    kept = store.keep(told("echogenic focus"), person="A 7")
    store.close()
    again = Store.open(str(tmp_path / "kept" / "exams.db"))
    assert again.get(kept).person == "A 7"
    again.close()


def test_ids_cannot_be_guessed(store):
    kept = {store.keep(Exam()) for _ in range(50)}
    assert len(kept) == 50
    assert all(len(id) == 16 for id in kept)


def test_another_reading_takes_the_place_of_the_first_and_is_found(store):
    kept = store.keep(told("first words"), b"[]", [file("scan.png")], person="A 7", note="urgent")
    store.update(kept, told("second words"), b"[1]")
    back = store.get(kept)
    assert (back.exam, back.edits) == (told("second words"), b"[1]")
    assert back.changed_at > back.kept_at
    assert store.find("first") == []
    assert ids(store.find("second urgent scan.png a 7")) == [kept]


@pytest.mark.parametrize("missing", ["", "no-such-id", "' OR 1=1 --"])
def test_what_is_not_kept_is_told_in_one_line_without_its_id(store, missing):
    for ask in (
        store.get,
        store.open_file,
        lambda missing: store.update(missing, Exam(), b""),
    ):
        with pytest.raises(
            MissingInput, match=r"^the store: there is no such exam or file; it may"
        ):
            ask(missing)
    assert store.files(missing) == ()
    assert store.delete(missing) is False


# ------------------------------------------------------------------------------------- files


class Endless:
    """As many bytes as asked for, made on the way."""

    def __init__(self, size):
        self.left = size
        self.largest = 0

    def read(self, size):
        self.largest = max(self.largest, size)
        size = min(size, self.left)
        self.left -= size
        return bytes(size)


def test_a_large_clip_is_never_in_memory_as_a_whole(store):
    size = 40 * CHUNK_BYTES + 5
    tracemalloc.start()
    clip = Endless(size)
    kept = store.keep(Exam(), b"", [NewFile("clip.mp4", "video/mp4", clip)])
    read = sum(len(piece) for piece in store.open_file(store.files(kept)[0].id))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (read, clip.largest) == (size, CHUNK_BYTES)
    assert peak < 8 * CHUNK_BYTES


def test_a_stream_that_gives_little_at_a_time_is_kept_whole(store):
    class Trickle(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 3))

    kept = store.keep(Exam(), b"", [NewFile("a", "b/c", Trickle(b"0123456789"))])
    (only,) = store.files(kept)
    assert b"".join(store.open_file(only.id)) == b"0123456789"


def test_a_file_deleted_during_a_download_ends_it_with_a_line(store):
    kept = store.keep(Exam(), b"", [file(data=bytes(3 * CHUNK_BYTES))])
    pieces = store.open_file(store.files(kept)[0].id)
    assert len(next(pieces)) == CHUNK_BYTES
    store.delete(kept)
    with pytest.raises(MissingInput, match="it may have been deleted"):
        next(pieces)


def test_a_keeping_that_fails_leaves_nothing_behind(store, tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise ConnectionResetError
            return super().read(size)

    marker = b"Zhang-San-1987"
    files = [file("first.dcm", marker * 100_000), NewFile("second", "b/c", Broken(marker * 90_000))]
    with pytest.raises(ConnectionResetError):
        store.keep(told(marker.decode()), marker, files, person=marker.decode())
    assert (store.find(), store.people()) == ([], [])
    assert marker not in raw_bytes(tmp_path / "kept")


@pytest.mark.parametrize(
    ("given_name", "kept_name"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\scans\Zhang.dcm", "Zhang.dcm"),
        ("a\0b\n\x1b[31mc.png", "ab[31mc.png"),
        ("肝.dcm", "肝.dcm"),
        ("", "file"),
        ("x" * 300 + ".dcm", "x" * 251 + ".dcm"),
    ],
)
def test_a_file_keeps_its_name_without_folders_and_controls(given_name, kept_name):
    assert file_name(given_name) == kept_name


# ------------------------------------------------------------------------------------ search


def test_a_search_looks_into_label_note_file_names_and_report(store):
    kept = store.keep(
        told("In segment VII an ECHOGENIC focus", "r.txt"),
        b"",
        [file("Clip-7.dcm")],
        person="Müller",
        note="Second look",
    )
    other = store.keep(told("Normal liver"), person="Nobody Else")
    for words in ("müller", "MÜLLER", "second LOOK", "clip-7", "echogenic", "segment vii müller"):
        assert ids(store.find(words)) == [kept], words
    assert ids(store.find("echogenic normal")) == []
    assert ids(store.find()) == [other, kept]


def test_chinese_is_found_whatever_its_width(store):
    kept = store.keep(told("肝右叶见一强回声,大小约5mm(S7)"), person="张三")
    for words in ("强回声", "张三", "5mm", "S7", "回声 肝右叶"):
        assert ids(store.find(words)) == [kept], words


@pytest.mark.parametrize("wild", ["%", "_", "/", "\\", "a%b", "*", "'", '"', "[a-z]"])
def test_a_sign_with_a_meaning_to_databases_is_only_itself(store, wild):
    kept = store.keep(told(f"so {wild} so"))
    store.keep(told("so a0b so"))
    assert ids(store.find(wild)) == [kept]


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(max_size=30), min_size=1, max_size=4), data=st.data())
def test_every_part_of_a_word_finds_its_exam(tmp_path_factory, texts, data):
    store = Store.open(tmp_path_factory.mktemp("find") / "exams.db")
    kept = [store.keep(told(text)) for text in texts]
    text = data.draw(st.sampled_from(texts))
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    terms = folded(part).split()
    expected = [k for k, t in zip(kept, texts, strict=True) if all(w in folded(t) for w in terms)]
    assert set(ids(store.find(part))) == set(expected)
    store.close()


def test_a_list_comes_in_pages_the_last_kept_first(store):
    kept = [store.keep(Exam(), person="A") for _ in range(5)][::-1]
    assert ids(store.find(limit=2)) == kept[:2]
    assert ids(store.find(limit=2, offset=2)) == kept[2:4]
    assert ids(store.find(limit=None)) == kept
    assert store.find(limit=0) == []


def test_a_line_of_the_list_tells_what_is_kept(store):
    kept = store.keep(told("x"), b"", [file("b.dcm"), file("a.png")], person="A 7", note="n")
    (line,) = store.find()
    assert (line.id, line.person, line.note, line.foci) == (kept, "A 7", "n", 0)
    assert line.files == ("b.dcm", "a.png")
    assert line.kept_at.tzinfo is UTC


def test_a_search_that_is_too_long_is_refused_without_its_words(store):
    with pytest.raises(TooLarge, match=r"^the search: is longer than 200 characters; shorten it$"):
        store.find("x" * 201)


# ------------------------------------------------------------------------------------ people


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("  Zhang   San\t1987 ", "Zhang San 1987"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\u3000\u5f20\u4e09\n", "\u5f20\u4e09"),
        ("a\0b", "ab"),
        ("half \ud83d", "half ?"),
        ("  ", ""),
    ],
)
def test_a_label_is_one_line_with_single_spaces(store, typed, label):
    assert person_label(typed) == label
    assert store.get(store.keep(Exam(), person=typed)).person == label


@settings(deadline=None)
@given(st.text(max_size=150))
def test_a_label_made_fit_stays_as_it_is(typed):
    assert person_label(person_label(typed)) == person_label(typed)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ({"person": "x" * 201}, r"^the label of a person: is longer than 200 characters; shorten"),
        ({"note": "x" * 10_001}, r"^the note: is longer than 10000 characters; shorten it$"),
    ],
)
def test_a_label_or_note_that_is_too_long_is_refused(store, what, line):
    with pytest.raises(TooLarge, match=line):
        store.keep(Exam(), **what)
    assert store.find() == []


def test_the_exams_of_a_person_come_by_the_day_of_examination(store):
    old = store.keep(Exam(), person="A  7", examined_on=date(2019, 5, 1))
    today = store.keep(Exam(), person="A 7")
    older = store.keep(Exam(), person=" A 7", examined_on=date(2018, 5, 1))
    store.keep(Exam(), person="A 70")
    assert ids(store.of_person("A 7 ")) == [today, old, older]
    assert store.people() == ["A 7", "A 70"]


def test_exams_of_nobody_are_not_those_of_one_person(store):
    kept = store.keep(Exam())
    assert store.of_person(" ") == []
    assert store.people() == []
    assert ids(store.find(person="")) == [kept]


# ------------------------------------------------------------------------- gone for good


def fill(store, marker):
    exam = told(f"{marker} in the report", f"{marker}.txt")
    files = [file(f"{marker}.dcm", f"{marker} header".encode() * 40_000)]
    return store.keep(exam, f'"{marker}"'.encode(), files, person=marker, note=f"{marker}!")


def traces(folder, marker):
    raw = raw_bytes(folder).lower()
    return marker.lower().encode() in raw


def test_nothing_of_a_deleted_exam_is_left_in_any_file(store, tmp_path):
    others = [fill(store, f"Marker-{n:03d}") for n in range(30)]
    gone = fill(store, "Zhang-San-1987")
    store.update(gone, told("Zhang-San-1987 read again"), b"Zhang-San-1987")
    assert traces(tmp_path / "kept", "Zhang-San-1987")
    for other in others[::2]:
        store.delete(other)
    assert store.delete(gone) is True
    assert store.delete(gone) is False
    assert not traces(tmp_path / "kept", "Zhang-San-1987")
    for n, other in enumerate(others):
        assert traces(tmp_path / "kept", f"Marker-{n:03d}") is (n % 2 == 1)
        assert bool(store.find(f"marker-{n:03d}")) is (n % 2 == 1), other


def test_the_file_is_written_anew_since_overwriting_rows_misses_copies_in_moved_pages(
    store, tmp_path
):
    stays = fill(store, "stays")
    path = tmp_path / "kept" / "exams.db"
    size = path.stat().st_size
    store.delete(store.keep(Exam(), b"", [file(data=bytes(4 * CHUNK_BYTES))]))
    assert path.stat().st_size < size + CHUNK_BYTES
    assert (tmp_path / "kept" / "exams.db-wal").stat().st_size < 10_000
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert other.execute("SELECT deletions = wiped FROM hepaspot_store").fetchone() == (1,)
    assert store.get(stays).person == "stays"


def test_what_another_reading_replaces_is_overwritten(store, tmp_path):
    kept = store.keep(told("Zhang-San-1987 " * 2000))
    store.update(kept, told("x"), b"")
    store.close()
    assert not traces(tmp_path / "kept", "Zhang-San-1987")


def test_deleting_everything_leaves_an_empty_store(store, tmp_path):
    for n in range(3):
        fill(store, f"Zhang-San-{n}")
    assert store.delete_all() == 3
    assert (store.find(), store.people(), store.delete_all()) == ([], [], 0)
    assert not traces(tmp_path / "kept", "Zhang-San")
    assert store.get(fill(store, "new")).person == "new"


def test_what_an_interrupted_deletion_left_goes_when_the_store_is_opened(
    store, tmp_path, monkeypatch
):
    from hepaspot.serve.store import keeping

    gone = fill(store, "Zhang-San-1987")
    with monkeypatch.context() as interrupted:
        interrupted.setattr(keeping, "wipe", lambda engine: True)
        store.delete(gone)
    assert traces(tmp_path / "kept", "Zhang-San-1987")
    again = Store.open(tmp_path / "kept" / "exams.db")
    assert not traces(tmp_path / "kept", "Zhang-San-1987")
    again.close()


# ------------------------------------------------------------------------ who may read it


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_only_its_owner_may_read_the_store(tmp_path):
    os.umask(before := os.umask(0))
    os.umask(0)
    try:
        store = Store.open(tmp_path / "new" / "deep" / "exams.db")
        store.keep(Exam())
        made = [*(tmp_path / "new").rglob("*")]
        rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made}
    finally:
        os.umask(before)
    assert {rights.pop("deep"), stat.S_IMODE((tmp_path / "new").stat().st_mode)} == {0o700}
    assert rights == {"exams.db": 0o600, "exams.db-wal": 0o600, "exams.db-shm": 0o600}
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
def test_an_empty_file_becomes_a_store_for_its_owner_and_a_store_keeps_its_rights(tmp_path):
    path = tmp_path / "exams.db"
    path.touch(0o644)
    Store.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    Store.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_readers_and_writers_in_many_threads_do_not_disturb_each_other(store):
    faults, kept = [], []

    def work(number):
        try:
            for turn in range(6):
                marker = f"worker {number} turn {turn}"
                id = store.keep(told(marker), marker.encode(), [file(data=marker.encode())])
                back = store.get(id)
                assert back.edits == marker.encode()
                assert b"".join(store.open_file(back.files[0].id)) == marker.encode()
                store.update(id, back.exam, b"changed")
                assert store.find(f"{marker} clip")
                if turn % 3:
                    assert store.delete(id)
                else:
                    kept.append(id)
        except Exception as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(ids(store.find(limit=None))) == sorted(kept)


def test_an_exam_of_another_schema_is_refused_with_its_line(store):
    from hepaspot.errors import SchemaError

    kept = store.keep(msgspec.structs.replace(told("secret"), schema_version="99.0"))
    with pytest.raises(SchemaError, match=r"schema version 99\.0"):
        store.get(kept)
    assert ids(store.find("secret")) == [kept]
