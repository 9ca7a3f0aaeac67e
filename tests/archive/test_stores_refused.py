"""What an audit says of a store that is away, or refuses, or is none; and what it never says."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from archive.archives import STONE, run, table
from archive.watched import EXAMS, SECRET, Watched, audited, emptied, failing
from hypothesis import given
from hypothesis import strategies as st

from hepaspot.archive import fetching, laying_out, stores
from hepaspot.archive.access import Access
from hepaspot.archive.joining import join
from hepaspot.archive.laying_out import lay_out
from hepaspot.archive.parts import run_part
from hepaspot.archive.sources import sources
from hepaspot.archive.store_files import bring, files_in_store
from hepaspot.archive.store_folders import pieces_in_store
from hepaspot.archive.stores import is_in_store, located, shown, without_secret
from hepaspot.errors import (
    InputError,
    MissingExtra,
    MissingInput,
    TooLarge,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.exam import Setting

store = pytest.fixture(emptied)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Waits between tries that nobody has to sit through."""
    monkeypatch.setattr(fetching, "FIRST_WAIT_S", 0.0)


@pytest.mark.parametrize(
    ("error", "tries", "kind", "reason"),
    [
        (
            TimeoutError(SECRET),
            5,
            "InputError",
            "the store cannot be reached (TimeoutError), 5 times; audit again when it is there",
        ),
        (
            RuntimeError(f"key {SECRET}"),
            5,
            "InputError",
            "the store cannot be reached (RuntimeError), 5 times; audit again when it is there",
        ),
        (
            PermissionError(SECRET),
            1,
            "UnreadableInput",
            "the store does not give it; check your rights",
        ),
        (
            FileNotFoundError(SECRET),
            1,
            "MissingInput",
            "is not in the store any more; put it back",
        ),
        (
            ValueError(SECRET),
            1,
            "UnsupportedInput",
            "the library of the store cannot do it (ValueError); check the address",
        ),
    ],
)
def test_a_file_that_cannot_be_fetched_is_set_aside_with_a_reason(
    store, tmp_path, error, tries, kind, reason
):
    for name in ("a.txt", "b.txt"):
        Watched().pipe_file(f"{EXAMS}/{name}", STONE.encode())
    (tmp_path / "parts").mkdir()
    lay_out(sources([EXAMS]), {}, tmp_path, access=Access())
    store.asked.clear()
    store.failures = failing(tries, error)
    run_part(str(tmp_path), 0, Setting())
    join(tmp_path, 1)
    (row,) = table(tmp_path, "errors")
    assert (row["kind"], row["reason"]) == (kind, reason)
    assert len(table(tmp_path, "exams")) == 1
    assert len(store.asked) == tries + 1


def test_a_file_over_the_bound_is_set_aside_and_not_fetched(store, tmp_path, monkeypatch):
    Watched().pipe_file(f"{EXAMS}/a.txt", STONE.encode())
    Watched().pipe_file(f"{EXAMS}/large.txt", STONE.encode() * 9)
    monkeypatch.setattr(stores, "MOST_BYTES", 1000)
    result = audited(EXAMS, tmp_path / "r")
    (row,) = table(result, "errors")
    assert (row["origin"], row["kind"]) == ("large.txt", "TooLarge")
    assert row["reason"].startswith("is larger than ")
    assert [path for what, path, _ in store.asked if what == "file"] == ["a.txt"]
    with pytest.raises(TooLarge, match="is larger than"):
        bring(f"{EXAMS}/large.txt", tmp_path / "large.txt")
    assert (tmp_path / "large.txt").stat().st_size <= 1000


# ------------------------------------------------------------------------------- the addresses


def refused(address, kind, line, tmp_path):
    with pytest.raises(kind, match=line) as told:
        lay_out(sources([address]), {}, tmp_path, access=Access())
    assert "\n" not in str(told.value)


def test_an_address_where_nothing_lies_is_told_in_one_line(tmp_path):
    nothing = (tmp_path / "none").as_uri()
    refused(
        nothing, MissingInput, r"^file:///\S+/none: nothing lies at this address; check", tmp_path
    )
    refused("memory://none/", MissingInput, r"^memory://none: nothing lies at this", tmp_path)
    (tmp_path / "bare").mkdir()
    refused((tmp_path / "bare").as_uri(), MissingInput, "nothing lies at this address", tmp_path)


def test_the_whole_command_tells_so_too(tmp_path):
    line = r"none: nothing lies at this address; check it$"
    with pytest.raises(MissingInput, match=line):
        run([(tmp_path / "none").as_uri()], tmp_path / "r")


def test_a_file_that_is_no_table_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text(STONE, "utf-8")
    line = r"a\.txt: is no table \(\.csv, \.jsonl, \.parquet\); name a table, or the folder of it$"
    refused((tmp_path / "a.txt").as_uri(), InputError, line, tmp_path)


def test_a_store_that_nobody_knows_is_told_in_one_line(tmp_path):
    refused("no-such://a/b", InputError, r"^no-such://: is no store that fsspec knows", tmp_path)
    refused("generic://a/b", InputError, r"^generic://: is no store that fsspec", tmp_path)


@pytest.mark.skipif(find_spec("s3fs") is not None, reason="the library is installed")
def test_a_store_without_its_library_is_told_in_one_line(tmp_path):
    line = r"^s3://: needs a library that is not installed \(Install s3fs .*\); install it$"
    refused("s3://archive/exams/", MissingExtra, line, tmp_path)


@pytest.mark.skipif(find_spec("aiohttp") is not None, reason="the library is installed")
def test_whoever_forgot_to_tell_the_kind_of_a_server_is_reminded(tmp_path):
    line = r"^http://: needs a library .*; install it, or put dicomweb\+ or fhir\+ before the addr"
    refused("http://127.0.0.1:1/fhir", MissingExtra, line, tmp_path)


def test_a_store_that_cannot_be_reached_is_told_in_one_line(tmp_path):
    line = (
        r"^ftp://…@127\.0\.0\.1:1/exams: the store cannot be reached \(ConnectionRefusedError\); "
        r"try again when it is there$"
    )
    refused("ftp://guest@127.0.0.1:1/exams/", InputError, line, tmp_path)
    line = r"^ftp://127\.0\.0\.1:1/a\.csv: the store cannot be reached \(Conn.*\); try again"
    refused("ftp://127.0.0.1:1/a.csv", InputError, line, tmp_path)


def test_a_store_that_does_not_let_us_in_is_told_in_one_line(store):
    Watched().pipe_file(f"{EXAMS}/a.txt", b"x")
    store.failures = [PermissionError(SECRET)]
    line = r"^watched://archive/exams: the store does not give it; check your rights$"
    with pytest.raises(UnreadableInput, match=line):
        files_in_store(EXAMS)
    store.failures = [RuntimeError(SECRET)]
    line = r"^watched://archive/exams: the store cannot be reached \(RuntimeError\); try again when"
    with pytest.raises(InputError, match=line):
        files_in_store(EXAMS)


def test_a_folder_that_cannot_be_listed_is_not_left_out(tmp_path, monkeypatch):
    (tmp_path / "in" / "inner").mkdir(parents=True)
    (tmp_path / "in" / "inner" / "a.txt").write_text(STONE, "utf-8")
    system, _ = located(tmp_path.as_uri())
    known = system.ls

    def ls(path, **how):
        if path.endswith("inner"):
            raise TimeoutError(SECRET)
        return known(path, **how)

    monkeypatch.setattr(system, "ls", ls)
    with pytest.raises(InputError, match=r"the store cannot be reached \(TimeoutError\); try"):
        files_in_store((tmp_path / "in").as_uri())


def test_two_stores_in_one_address_are_refused():
    with pytest.raises(InputError, match="its address holds ::, which fsspec takes for two"):
        located("simplecache::memory://a/b.txt")


WORDS = st.text("abcXYZ019+/=-_.~%", min_size=1, max_size=12)


@given(user=WORDS, password=WORDS.map(lambda text: f"{SECRET}{text}"), table_=st.booleans())
def test_a_password_is_refused_and_never_told(user, password, table_):
    end = "/a.csv" if table_ else ""
    address = f"s3://{user.replace('/', '')}:{password}@archive/exams{end}"
    with pytest.raises(InputError, match=r"^s3://…@archive/exams\S*: holds a password") as told:
        sources([address])
    assert SECRET not in str(told.value)
    assert shown(address) == f"s3://…@archive/exams{end}"


def test_a_signature_is_refused_and_never_told():
    with pytest.raises(InputError, match=r"^https://h/exams\?…: holds a password or a sig") as told:
        sources([f"https://h/exams?sig={SECRET}"])
    assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("s3://archive/exams/", "s3://archive/exams"),
        ("s3://archive//", "s3://archive"),
        ("memory://", "memory://"),
        ("file:///", "file:///"),
        ("http://127.0.0.1:9000/a@b/", "http://127.0.0.1:9000/a@b"),
        (
            "abfs://exams@account.dfs.core.windows.net/a",
            "abfs://exams@account.dfs.core.windows.net/a",
        ),
        ("s3://archive/2024-0?.csv", "s3://archive/2024-0?.csv"),
    ],
)
def test_an_address_without_a_secret_is_kept_as_it_is(named, kept):
    assert without_secret(named) == kept
    assert [each.where for each in sources([named])] == [kept]
    assert is_in_store(named)


def test_a_name_that_fsspec_takes_for_two_stores_is_set_aside(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(STONE, "utf-8")
    (tmp_path / "in" / "12::30.dcm").write_bytes(b"x")
    result = audited((tmp_path / "in").as_uri(), tmp_path / "r")
    (row,) = table(result, "errors")
    assert (row["origin"], row["kind"]) == ("12::30.dcm", "UnsupportedInput")
    assert len(table(result, "exams")) == 1


def test_a_store_that_gives_no_part_of_a_file_is_refused_whole(store):
    Watched().pipe_file(f"{EXAMS}/a.dcm", b"x")
    store.failures = [None, NotImplementedError(SECRET)]
    line = r"^the library of the store cannot do it \(NotImplementedError\); check the address$"
    with pytest.raises(UnsupportedInput, match=line):
        list(next(iter(pieces_in_store(EXAMS))))


def test_a_store_that_stays_away_while_it_is_laid_out_is_told_in_one_line(store):
    for number in range(3):
        Watched().pipe_file(f"{EXAMS}/{number}.dcm", b"x")
    store.failures = [None, *failing(15)]
    line = r"^the store cannot be reached \(OSError\), 5 times; audit again when it is there$"
    with pytest.raises(InputError, match=line):
        list(next(iter(pieces_in_store(EXAMS))))
    assert len(store.asked) == 1 + 5 * 3


def test_tables_of_two_stores_of_a_kind_are_not_mixed_up(store, tmp_path, monkeypatch):
    Watched().pipe_file(f"{EXAMS}/a.csv", b"exam,text\nE1,x\n")
    monkeypatch.setattr(laying_out, "located", lambda address: (Watched(address), ""))
    named = sources([f"{EXAMS}/a.csv", f"{EXAMS}/b.csv"])
    with pytest.raises(
        InputError, match=r"^watched://: tables of two such stores cannot be read at"
    ):
        lay_out(named, {}, tmp_path, access=Access())
