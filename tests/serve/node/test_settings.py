"""What a node is told: each fault in one clear line, and all that is in force shown without passwords."""

from __future__ import annotations

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from hepaspot.cli.app import app
from hepaspot.errors import InputError, MissingExtra, MissingInput
from hepaspot.serve.node import configuring
from hepaspot.serve.node.configuring import configured, shown
from hepaspot.serve.node.spool import Spool, key_of

LEAST = 'folder = "spool"\n[[calling]]\nae_title = "CONSOLE"\n'

FULL = """
folder = "spool"
ae_title = "LIVER"
store = "queue.sqlite"
[listen]
host = "0.0.0.0"
port = 11113
tls = { certificate = "a.pem", key = "sub/b.pem", client_ca = "a.pem" }
[[calling]]
ae_title = "US 1"
address = "192.0.2.7"
[[calling]]
ae_title = "PACS"
[reading]
quiet_s = 2.5
workers = 0
language = "zh"
setting = "health-check"
region = "east_asia"
[[send]]
kind = "dicom"
name = "pacs"
host = "pacs.example.org"
port = 104
ae_title = "PACS"
formats = ["sr", "seg"]
commitment = true
[[send]]
kind = "stow"
name = "web"
url = "https://pacs.example.org/dicom-web"
user = "me"
password_file = "a.pem"
tls = { ca = "a.pem" }
[pull]
url = "http://127.0.0.1:8042/dicom-web"
token_file = "a.pem"
[watch]
host = "::1"
"""


@pytest.fixture
def write(tmp_path):
    def written(text):
        (tmp_path / "sub").mkdir(exist_ok=True)
        for name in ("a.pem", "sub/b.pem"):
            (tmp_path / name).write_text("word\n")
        path = tmp_path / "node.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def refused(path, line):
    with pytest.raises(InputError) as caught:
        configured(path)
    told = str(caught.value)
    assert told == f"{path}: {line}"
    assert "\n" not in told


def with_send(text):
    return LEAST + "[[send]]\n" + text


PACS = 'kind = "dicom"\nname = "pacs"\nhost = "h"\nport = 104\nae_title = "P"\n'
WEB = 'kind = "stow"\nname = "web"\nurl = "http://h"\n'


# ----------------------------------------------------------------------------- each value


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("folder = ", "is no TOML (at its end); correct it"),
        ("folder = 7\nport 8", "is no TOML (line 2, column 6); correct it"),
        (b"folder = '\xff'", "is no TOML (not UTF-8); correct it"),
        ("x = " + "[" * 3000, "is no TOML (too many brackets in each other); correct it"),
        ("", "the file: object missing required field `folder`; correct it"),
        (
            "floder = 1",
            "the file: object contains unknown field `floder` (did you mean folder?); correct it",
        ),
        (
            LEAST + "[reading]\nquite_s = 1",
            "reading: object contains unknown field `quite_s` (did you mean quiet_s?); ",
        ),
        (LEAST + "[sending]", "the file: object contains unknown field `sending` (did you mean se"),
        (
            LEAST + "[destination]",
            "the file: object contains unknown field `destination` (one of fo",
        ),
        ('"a\\nb" = 1', "the file: object contains unknown field `a?b`"),
        (
            with_send(PACS + "comitment = true"),
            "send[0]: object contains unknown field `comitment` (did you mean commitment?); ",
        ),
        (
            with_send(WEB + "comitment = true"),
            "send[0]: object contains unknown field `comitment` (one of name, formats, ",
        ),
        (
            LEAST.replace("[[calling]]", "[calling]"),
            "calling: expected `array`, got `object` (write [[calling]] with two brackets); ",
        ),
        (
            LEAST + "[[listen]]",
            "listen: expected `object`, got `array` (write [listen] with one bracket); ",
        ),
        (
            with_send(PACS + 'formats = "sc"'),
            'send[0].formats: expected `array`, got `str` (write a list such as ["sc"]); ',
        ),
        (
            LEAST + '[reading]\nquiet_s = "60"',
            "reading.quiet_s: expected `float`, got `str` (a number, true or false stands without",
        ),
        (
            with_send(PACS + 'commitment = "yes"'),
            "send[0].commitment: expected `bool`, got `str` (a number, true or false stands with",
        ),
        (LEAST + "[listen]\nport = true", "listen.port: expected `int`, got `bool`; correct it"),
        ("folder = 7", "folder: expected a path; correct it"),
        ('folder = ""', "folder: expected a path; correct it"),
        ('folder = "a\\u0000b"', "folder: expected a path; correct it"),
        (LEAST + "[listen]\nport = 0", "listen.port: expected `int` >= 1; correct it"),
        (LEAST + "[listen]\nport = 70000", "listen.port: expected `int` <= 65535; correct it"),
        (
            LEAST + '[listen]\nport = "29112"',
            "listen.port: expected `int`, got `str` (a number, true or false stands without quotes); ",
        ),
        (LEAST + '[listen]\nhost = ""', "listen.host: expected the name or the address of a machi"),
        (LEAST + "[reading]\nquiet_s = 0", "reading.quiet_s: expected `float` > 0.0; correct it"),
        (LEAST + "[reading]\nquiet_s = nan", "reading.quiet_s: expected `float` > 0.0; correct it"),
        (LEAST + "[reading]\nkeep_h = nan", "reading.keep_h: expected `float` >= 0.0; correct it"),
        (LEAST + "[reading]\ntries = 11", "reading.tries: expected `int` <= 10; correct it"),
        (
            LEAST + '[reading]\nlanguage = "de"',
            "reading.language: invalid enum value 'de' (one of en, zh); correct",
        ),
        (
            LEAST.replace("CONSOLE", "A" * 17),
            "calling[0].ae_title: expected a title of 1 to 16 letters of ASCII, without a backslash",
        ),
        (
            LEAST.replace("CONSOLE", " A"),
            "calling[0].ae_title: expected a title of 1 to 16 letters of ASCII, without a backslash",
        ),
        (
            with_send('name = "a"'),
            "send[0]: object missing required field `kind` (one of dicom, stow); correct it",
        ),
        (
            with_send('kind = "ftp"'),
            "send[0].kind: invalid value 'ftp' (one of dicom, stow); correct it",
        ),
        (
            with_send(WEB.replace("http://h", "ftp://h")),
            "send[0].url: expected an address that starts with http:// or https://, without a user",
        ),
        (
            with_send(WEB.replace("http://h", "http://me:word@h")),
            "send[0].url: expected an address that starts with http:// or https://, without a user",
        ),
        (
            with_send(PACS.replace('"pacs"', '"My PACS"')),
            "send[0].name: expected a name of 1 to 32 small letters, digits, - and _; correct it",
        ),
        (
            with_send(PACS + 'formats = ["zip"]'),
            "send[0].formats[0]: invalid enum value 'zip' (one of pdf, sc, seg, sr); ",
        ),
    ],
)
def test_a_value_that_is_wrong_is_told_with_its_place(write, text, line):
    path = write(text)
    with pytest.raises(InputError) as caught:
        configured(path)
    told = str(caught.value)
    assert told.startswith(f"{path}: {line}")
    assert told.endswith("; correct it")
    assert "\n" not in told


# ------------------------------------------------------------------------ contradictions


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            'folder = "s"',
            "calling: names nobody who may send; name each with [[calling]], or set "
            "listen.anyone = true",
        ),
        (
            LEAST + "[listen]\nanyone = true",
            "calling: names who may send, and listen.anyone lets everyone; leave one of them out",
        ),
        (
            'folder = "s"\n[listen]\nanyone = true\nhost = "0.0.0.0"',
            "listen: 0.0.0.0 without TLS would take exams from anyone; name who may send with "
            "[[calling]], or set listen.tls",
        ),
        (
            LEAST + '[[calling]]\nae_title = "CONSOLE"\naddress = "192.0.2.1"',
            "calling: 'CONSOLE' is named twice; name it once, without an address",
        ),
        (
            LEAST + 'address = "console.example.org"',
            "calling: the address of 'CONSOLE' is none; give it as 192.0.2.1",
        ),
        (
            LEAST + 'address = "0::1"',
            "calling: the address of 'CONSOLE' must be written ::1",
        ),
        (
            with_send(PACS + "[[send]]\n" + WEB.replace("web", "pacs")),
            "send: two destinations are called 'pacs'; call one otherwise",
        ),
        (
            with_send(PACS + "formats = []"),
            "send: pacs gets no formats; name some of sr, sc, pdf, seg",
        ),
        (
            with_send(WEB + 'user = "me"'),
            "send: web: user and password_file belong together; set both or none",
        ),
        (
            with_send(WEB + 'password_file = "a.pem"'),
            "send: web: user and password_file belong together; set both or none",
        ),
        (
            with_send(WEB + 'user = "me"\npassword_file = "a.pem"\ntoken_file = "a.pem"'),
            "send: web: has both a token and a user; set one of them",
        ),
        (
            LEAST + '[pull]\nurl = "http://h"\nuser = "a:b"\npassword_file = "a.pem"',
            "pull: a user's name cannot hold a colon; correct it",
        ),
        (
            with_send(PACS + 'tls = { key = "a.pem" }'),
            "send: pacs: has a key without its certificate; set tls.certificate",
        ),
        (
            LEAST + '[watch]\nhost = "0.0.0.0"',
            "watch: 0.0.0.0 is not this machine's own address; set watch.token_file, or listen on "
            "127.0.0.1",
        ),
        (
            'store = "mysql://me:word@h/d"\n' + LEAST,
            "store: is no URL of PostgreSQL; give the path of a file, or postgresql://...",
        ),
    ],
)
def test_what_contradicts_itself_is_told_with_what_to_do(write, text, line):
    refused(write(text), line)


@pytest.mark.parametrize(
    ("title", "more", "is_told"),
    [
        ("CONSOLE", "", True),
        ("P", "", False),
        ("CONSOLE", '[[calling]]\nae_title = "P"\n', False),
    ],
)
def test_a_pacs_that_could_not_say_what_it_keeps_is_told(write, title, more, is_told):
    sent = PACS + "commitment = true\n"
    path = write(f'folder = "s"\n[[calling]]\nae_title = "{title}"\n{more}[[send]]\n{sent}')
    code, shown_again, told = command("config", path)
    assert code == 0
    assert "commitment = true" in shown_again
    line = (
        f"{path}: send: pacs is to say what it keeps, and 'P' is not under [[calling]]; name it "
        "there, unless it calls by another title that is\n"
    )
    assert told == (line if is_told else "")


def test_a_file_that_is_named_and_is_not_there_is_told(write, tmp_path):
    path = write(LEAST + '[watch]\ntoken_file = "sub/none"')
    refused(path, f"watch.token_file: {tmp_path}/sub/none is no file; check the path")
    path = write(with_send(WEB + 'tls = { ca = "sub" }'))
    refused(path, f"send[0].tls.ca: {tmp_path}/sub is no file; check the path")


def test_a_configuration_that_is_not_there_or_cannot_be_read_is_told(tmp_path):
    path = tmp_path / "node.toml"
    with pytest.raises(MissingInput, match=r"node\.toml: there is no such file; check the path$"):
        configured(path)
    path.mkdir()
    line = r"node\.toml: cannot be read \(is a directory\); check your rights$"
    with pytest.raises(InputError, match=line):
        configured(path)


# ---------------------------------------------------------------------------- what is meant


def test_a_whole_number_is_taken_for_a_time(write):
    assert configured(write(LEAST + "[reading]\nquiet_s = 60")).reading.quiet_s == 60.0


@given(
    section=st.sampled_from(["reading", "listen", "watch"]),
    key=st.text(st.characters(min_codepoint=32, max_codepoint=255), min_size=1),
    value=st.sampled_from([1, "x", True, [1], [{}], {}]),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_wrong_with_a_key_is_told_in_one_line(write, section, key, value):
    for place in ({section: {key: value}}, {key: value}, {section: value}):
        with pytest.raises(InputError) as caught:  # of a right one, that nobody may send
            configured(write(tomli_w.dumps({"folder": "s", **place})))
        assert len(str(caught.value).splitlines()) == 1


def test_relative_paths_start_at_the_folder_of_the_file(write, tmp_path, monkeypatch):
    path = write(FULL)
    monkeypatch.chdir("/")
    told = configured(path)
    assert told.folder == tmp_path / "spool"
    assert told.database == str(tmp_path / "queue.sqlite")
    assert told.listen.tls.key == tmp_path / "sub/b.pem"
    assert told.send[1].password_file == told.pull.token_file == tmp_path / "a.pem"
    monkeypatch.chdir(tmp_path)
    assert configured(path.relative_to(tmp_path)) == told


def test_the_queue_is_in_the_folder_unless_another_place_is_named(write, tmp_path):
    assert configured(write(LEAST)).database == str(tmp_path / "spool/node.sqlite")
    url = "postgresql://me@h/d"
    assert configured(write(f'store = "{url}"\n' + LEAST)).database == url


def test_all_formats_that_some_destination_wants_are_made(write):
    assert configured(write(FULL)).formats == ("sr", "seg", "sc")
    assert configured(write(LEAST)).formats == ("sr",)


@pytest.mark.parametrize("text", [LEAST, FULL], ids=["least", "full"])
def test_what_is_shown_means_the_same_wherever_it_is_put(write, text, tmp_path):
    told = configured(write(text))
    other = tmp_path / "elsewhere.toml"
    other.write_text(shown(told))
    assert configured(other) == replace(told, store=told.database)
    assert shown(configured(other)) == shown(told)


def test_every_default_is_shown(write):
    told = shown(configured(write(LEAST)))
    for line in ("port = 11112", "quiet_s = 60.0", "keep_h = 24.0", 'language = "en"'):
        assert line in told


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    password=st.text(
        st.characters(codec="utf-8", exclude_characters="&", min_codepoint=33), min_size=6
    ).map(lambda word: "Zq7" + word)
)
def test_no_password_in_an_url_is_shown(write, password):
    for url in (
        f"postgresql://me:{password}@h:5432/d",
        f"postgresql://me@h/d?password={password}",
        f"postgresql+psycopg://h/d?sslmode=require&sslpassword={password}",
    ):
        told = shown(configured(write(tomli_w.dumps({"store": url}) + LEAST)))
        assert "Zq7" not in told
        assert "***" in told


# ---------------------------------------------------------------------------- command line


def command(*words):
    done = CliRunner().invoke(app, ["node", *map(str, words)])
    return done.exit_code, done.stdout, done.stderr


def test_the_configuration_in_force_is_printed(write):
    path = write(FULL)
    assert command("config", path) == (0, shown(configured(path)), "")


@pytest.mark.parametrize("words", [["config"], ["run"], ["work"], ["queue"], ["retry"], ["audit"]])
def test_every_command_refuses_a_wrong_configuration_with_its_line_and_3(write, words):
    path = write("folder = 7")
    code, out, err = command(*words, path)
    assert (code, out) == (3, "")
    assert err == f"hepaspot: {path}: folder: expected a path; correct it\n"


def test_a_configuration_that_is_not_there_ends_with_4(tmp_path):
    code, _, err = command("run", tmp_path / "none.toml")
    assert (code, err) == (
        4,
        f"hepaspot: {tmp_path}/none.toml: there is no such file; check the path\n",
    )


def test_a_missing_extra_is_told_with_what_to_install(write, monkeypatch):
    monkeypatch.setattr(configuring, "NEEDED", ("none_of_these",))
    with pytest.raises(MissingExtra, match=r'pip install "hepaspot\[node\]"$'):
        configuring.need_node()
    code, _, err = command("config", write(LEAST))
    assert code == 3
    assert err.startswith("hepaspot: the node: needs what is not installed")


def test_the_queue_and_the_trail_of_a_new_node_are_empty_and_whole(write):
    path = write(LEAST)
    assert command("queue", path) == (0, "", "")
    assert command("audit", path) == (0, "", "")
    assert command("retry", path) == (0, "0 will be tried again\n", "")


def test_a_dead_letter_that_is_not_there_is_told(write):
    code, _, err = command("retry", write(LEAST), "17")
    assert code == 3
    assert err == "hepaspot: 17: is no dead letter; hepaspot node queue --dead lists them\n"


def test_a_trail_that_was_changed_is_told_and_ends_with_1(write):
    from sqlalchemy import update

    from hepaspot.serve.node.queue import WorkQueue
    from hepaspot.serve.node.queue.tables import AuditRow

    path = write(LEAST)
    queue = WorkQueue.open(configured(path).database)
    for number in range(3):
        queue.note("sent", f"{number}", "pacs", "taken")
    with queue._engine.begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.id == 2).values(peer="web"))
    queue.close()
    code, out, err = command("audit", path)
    assert (code, len(out.splitlines())) == (1, 3)
    assert err == "hepaspot: the trail was changed at or before entry 2\n"


def test_the_queue_lists_the_lines_of_one_study(write):
    path = write(LEAST + '[pull]\nurl = "http://127.0.0.1:9"')
    for uid in ("1.2.3", "1.2.4"):
        command("fetch", path, uid)
    line = f"pull\t1.2.3\twaiting\t0\t{key_of('1.2.3')}\t\n"
    assert command("queue", path, "--study", "1.2.3") == (0, line, "")
    assert command("queue", path, "--study", "1.2.5") == (0, "", "")
    assert command("queue", path, "--study", "1.2.3", "--dead") == (0, "", "")
    code, _, err = command("queue", path, "--study", "CONSOLE")
    assert code == 3
    assert err.startswith("hepaspot: the Study Instance UID: is none")


def test_a_fetch_without_a_server_to_fetch_from_is_refused(write):
    code, _, err = command("fetch", write(LEAST), "1.2.3")
    assert code == 3
    assert err.endswith("node.toml: has no [pull]; name a DICOMweb server in it\n")


def test_a_fetch_is_queued_once(write):
    path = write(LEAST + '[pull]\nurl = "http://127.0.0.1:9"')
    away = "; the node is not running\n"
    assert command("fetch", path, "1.2.3") == (0, f"queued{away}", "")
    assert command("fetch", path, "1.2.3") == (0, f"waits already{away}", "")
    with Spool(configured(path).folder).owned():
        assert command("fetch", path, "1.2.4") == (0, "queued\n", "")
    assert command("fetch", path, "1.2.5") == (0, f"queued{away}", "")
    code, _, err = command("fetch", path, "1.2.x")
    assert code == 3
    assert err.startswith("hepaspot: the Study Instance UID: is none")
