"""The same store in PostgreSQL, where one is at hand: its URL in HEPASPOT_TEST_POSTGRESQL."""

from __future__ import annotations

import io
import os
from datetime import date

import pytest

from hepaspot.errors import HepaspotError, MissingInput, OutputError, UnsupportedInput
from hepaspot.exam import Exam, Source, SourceKind
from hepaspot.serve.store import NewFile, Store
from hepaspot.serve.store.tables import Table

URL = os.environ.get("HEPASPOT_TEST_POSTGRESQL", "")
pytestmark = pytest.mark.skipif(
    not URL, reason="HEPASPOT_TEST_POSTGRESQL names no database to test with"
)
MEBIBYTE = 1 << 20


@pytest.fixture
def store():
    pytest.importorskip("psycopg", reason="the driver psycopg is not installed")
    opened = Store.open(URL)
    opened.delete_all()
    yield opened
    Table.metadata.drop_all(opened._engine)
    opened.close()


def told(text):
    return Exam(sources=(Source("report", SourceKind.REPORT, text),))


def test_keeping_finding_changing_and_deleting(store):
    data = bytes(range(256)) * 10_000
    kept = store.keep(
        told("肝右叶强回声\0 100%_\\"),
        b"\0edits",
        [NewFile("Clip.dcm", "application/dicom", io.BytesIO(data))],
        person="张 三",
        examined_on=date(2024, 2, 29),
    )
    store.keep(told("another"), person="B")
    back = store.get(kept)
    assert (back.edits, back.examined_on) == (b"\0edits", date(2024, 2, 29))
    assert back.exam == told("肝右叶强回声\0 100%_\\")
    pieces = list(store.open_file(back.files[0].id))
    assert (b"".join(pieces), len(pieces[0])) == (data, MEBIBYTE)
    for words in ("强回声 CLIP", "张 三", "100%_\\"):
        assert [summary.id for summary in store.find(words)] == [kept]
    assert store.people() == ["B", "张 三"]
    store.update(kept, told("second"), b"more")
    assert [summary.id for summary in store.of_person("张  三")] == [kept]
    assert store.find("强回声") == []
    assert store.delete(kept) is True
    assert store.delete(kept) is False
    with pytest.raises(MissingInput):
        store.open_file(back.files[0].id)
    assert store.delete_all() == 1


def test_a_keeping_that_fails_leaves_nothing_behind(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.keep(told("x"), b"", [NewFile("a", "b/c", Broken())])
    assert store.find() == []


def test_a_store_of_another_form_is_refused(store):
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE hepaspot_store SET form = 2")
    with pytest.raises(UnsupportedInput, match="is a store of another version of hepaspot"):
        Store.open(URL)


def test_a_database_that_cannot_be_reached_is_told_without_its_password():
    pytest.importorskip("psycopg", reason="the driver psycopg is not installed")
    line = r"^PostgreSQL database d at 127\.0\.0\.1: cannot be used; see that the database runs"
    with pytest.raises(OutputError, match=line) as caught:
        Store.open("postgresql+psycopg://user:word@127.0.0.1:1/d?connect_timeout=2")
    assert isinstance(caught.value, HepaspotError)
    assert "word" not in str(caught.value)
    assert caught.value.__context__ is None
