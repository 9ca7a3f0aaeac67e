"""The same store in PostgreSQL."""

from __future__ import annotations

import io
import ssl
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from hepaspot.errors import (
    HepaspotError,
    InputError,
    MissingInput,
    OutputError,
    UnsupportedInput,
)
from hepaspot.exam import Exam, Source, SourceKind
from hepaspot.serve.store import NewFile, Store

MEBIBYTE = 1 << 20


@pytest.fixture
def url(postgresql):
    return postgresql.new_database()


@pytest.fixture
def store(url):
    opened = Store.open(url)
    yield opened
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


def test_a_store_of_another_form_is_refused(store, url):
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE hepaspot_store SET form = 2")
    with pytest.raises(UnsupportedInput, match="is a store of another version of hepaspot"):
        Store.open(url)


def test_many_that_open_an_empty_database_at_once_make_one_store(url):
    with ThreadPoolExecutor(8) as people:
        opened = list(people.map(lambda _: Store.open(url), range(8)))
    assert [store.find() for store in opened] == [[]] * 8
    for store in opened:
        store.close()


def told_in_one_line(url, line):
    with pytest.raises(OutputError, match=line) as caught:
        Store.open(url)
    assert isinstance(caught.value, HepaspotError)
    assert "\n" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    return str(caught.value)


def test_a_database_that_cannot_be_reached_is_told_without_its_password():
    pytest.importorskip("pg8000", reason="the driver pg8000 is not installed")
    line = r"^PostgreSQL database d at 127\.0\.0\.1: cannot be used; see that the database runs"
    assert "word" not in told_in_one_line("postgresql://user:word@127.0.0.1:1/d", line)


def test_a_database_that_is_not_there_is_told(postgresql):
    told_in_one_line(
        postgresql.url("none"), r"^PostgreSQL database none at .+: cannot be used; see"
    )


def test_a_user_who_may_make_no_tables_is_told(postgresql, url):
    name = url.rpartition("/")[2]
    postgresql.say(name, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    postgresql.say(name, f"CREATE ROLE guest_{name} LOGIN")
    line = r": cannot be used; see that the database runs, has room and lets this user in$"
    told_in_one_line(url.replace("hepaspot@", f"guest_{name}@"), line)


def test_a_server_of_this_machine_is_reached_by_its_socket(postgresql, url):
    where = f"postgresql://hepaspot@/{url.rpartition('/')[2]}?unix_sock={postgresql.socket}"
    opened = Store.open(where)
    assert opened.find() == []
    opened.close()


def test_a_server_that_hangs_up_at_once_is_told(postgresql, url, monkeypatch):
    import pg8000.core

    def hung_up(*where, **how):
        raise ConnectionResetError

    monkeypatch.setattr(pg8000.core, "_make_socket", hung_up)
    told_in_one_line(url, r": cannot be used; see that the database runs")


def test_a_store_is_used_again_after_its_server_was_started_anew(postgresql, store):
    kept = store.keep(told("before"))
    postgresql.stop()
    try:
        with pytest.raises(OutputError, match=r": cannot be used; see that the database runs"):
            store.find()
    finally:
        postgresql.start()
    assert [each.id for each in store.find()] == [kept]


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("postgresql://u:p@w@h/d", r"its URL holds an @ too many; write @ in a password as %40$"),
        ("postgresql://h/d?sslmode=maybe", r"sslmode in its URL must be one of disable, prefer,"),
        ("postgresql://h/d?connect=1", r"its URL has an option that is not known; application_na"),
        (
            "postgresql://h/d?sslmode=verify-full&sslrootcert=none.pem",
            r"sslrootcert in its URL cannot be used; give it as PEM$",
        ),
    ],
)
def test_an_url_that_asks_for_what_there_is_not_is_refused_without_its_words(url, line):
    pytest.importorskip("pg8000", reason="the driver pg8000 is not installed")
    with pytest.raises(InputError, match=r"^the store: " + line):
        Store.open(url)


# ------------------------------------------------------------- how the driver is told of it


@pytest.fixture
def asked(monkeypatch):
    """What the driver is asked for a connection with; it is refused."""
    pg8000 = pytest.importorskip("pg8000", reason="the driver pg8000 is not installed")
    told = {}

    def connect(*words, **named):
        told.update(named)
        raise pg8000.InterfaceError("network error")

    monkeypatch.setattr(pg8000, "connect", connect)
    for name in ("PGPASSWORD", "PGPASSFILE", "PGUSER"):
        monkeypatch.delenv(name, raising=False)

    def ask(url):
        told.clear()
        with pytest.raises(OutputError):
            Store.open(url)
        return told

    return ask


def test_the_password_of_the_environment_is_used_where_the_url_has_none(asked, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "of the environment")
    assert asked("postgresql://u@h/d")["password"] == "of the environment"
    assert asked("postgresql://u:own@h/d")["password"] == "own"


def test_the_password_file_is_used_as_other_programs_use_it(asked, monkeypatch, tmp_path):
    path = tmp_path / "pgpass"
    path.write_text("# h:5432:d:u:none\nother:*:*:*:wrong\nh:5432:d:u:a\\:b\\\\c\n*:*:*:*:last\n")
    monkeypatch.setenv("PGPASSFILE", str(path))
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert asked("postgresql://u@h/d")["password"] == "a:b\\c"
    assert asked("postgresql://u@h:5433/d")["password"] == "last"
    path.chmod(0o644)
    assert asked("postgresql://u@h/d").get("password") is None


def test_the_user_is_that_of_the_url_of_the_environment_or_of_the_system(asked, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "me")
    assert asked("postgresql://h/d")["user"] == "me"
    monkeypatch.setenv("PGUSER", "you")
    assert asked("postgresql://h/d")["user"] == "you"
    assert asked("postgresql://u@h/d")["user"] == "u"


@pytest.mark.parametrize(
    ("mode", "context"), [("", None), ("prefer", None), ("disable", False), ("require", True)]
)
def test_tls_is_asked_for_as_the_url_says(asked, mode, context):
    url = "postgresql://u@h/d" + (mode and f"?sslmode={mode}")
    assert asked(url)["ssl_context"] is context


def test_the_name_of_the_server_is_verified_where_the_url_says_so(asked):
    context = asked("postgresql://u@h/d?sslmode=verify-full")["ssl_context"]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_server_that_does_not_answer_is_not_waited_for_for_ever(asked):
    assert asked("postgresql://u@h/d")["timeout"] == 30
