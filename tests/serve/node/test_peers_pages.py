"""The pages about the node say what its code does: every key, class, syntax, figure and line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import msgspec
import pytest
from msgspec import inspect
from pydicom.uid import UID
from pynetdicom import AE, build_context
from serve.node.pages import CONFORMANCE, NODE, tables
from serve.node.peers import Node

from hepaspot.cli import noding
from hepaspot.serve.node import admission, receiving, sending, settings, statuses, store_scu
from hepaspot.serve.node.classes import COMPRESSED, PICTURES, PLAIN, REPORTS, SENT

SOURCE = Path(receiving.__file__).parent
RECEIVER = Path(receiving.__file__).read_text("utf-8")

SECTIONS = {
    "(top)": settings.NodeSettings,
    "[listen]": settings.Listen,
    "[listen.tls]": settings.TlsServer,
    "[[calling]]": settings.Caller,
    "[reading]": settings.Reading,
    "[[send]]": settings.Destination,
    '[[send]] with kind = "dicom"': settings.DicomDestination,
    '[[send]] with kind = "stow"': settings.StowDestination,
    "[send.tls], [pull.tls]": settings.TlsClient,
    "[pull]": settings.Pull,
    "[watch]": settings.Watch,
}
WORDS = {
    settings.TITLE: "title",
    settings.NAME: "name",
    settings.HOST: "host",
    settings.URL: "URL",
    settings.WORD: "text",
}


def keys_of(section: type[msgspec.Struct]) -> list[list[str]]:
    """Key, default and bound of every setting of a section that is no section itself."""
    inherited = section.__base__.__struct_fields__
    told = [
        [field.name, default(field), bound(field.type)]
        for field in inspect.type_info(section).fields
        if field.name not in inherited and bound(field.type)
    ]
    return [["kind", "needed", section.__struct_config__.tag], *told] if tagged(section) else told


def tagged(section: type[msgspec.Struct]) -> bool:
    return section.__struct_config__.tag is not None


def default(field: inspect.Field) -> str:
    if field.default is inspect.NODEFAULT:
        return "needed"
    if field.default is None:
        return "none"
    if isinstance(field.default, bool):
        return str(field.default).lower()
    if isinstance(field.default, tuple):
        return ", ".join(field.default)
    return f"{field.default:g}" if isinstance(field.default, float) else str(field.default)


def bound(kind: inspect.Type) -> str:
    """What a value may be; nothing for a section."""
    match kind:
        case inspect.UnionType():
            told = bound(next(e for e in kind.types if not isinstance(e, inspect.NoneType)))
        case inspect.VarTupleType(item_type=inspect.LiteralType()):
            told = bound(kind.item_type)
        case inspect.LiteralType():
            told = ", ".join(str(each) for each in kind.values)
        case inspect.IntType() | inspect.FloatType():
            low = kind.ge if kind.gt is None else f"over {kind.gt:g}"
            told = f"{low:g} or more" if kind.le is None else f"{numeral(low)} to {kind.le:.0f}"
        case inspect.StrType():
            told = WORDS.get(kind.pattern, "text")
        case _:
            kinds = {inspect.BoolType: "true, false", inspect.CustomType: "path"}
            told = kinds.get(type(kind), "")
    return told


def numeral(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


@pytest.mark.parametrize("title", SECTIONS)
def test_the_page_of_the_node_has_each_key_with_its_default_and_bound(title):
    told = [row[:3] for row in tables(NODE)[title]]
    assert told == keys_of(SECTIONS[title])


def test_every_section_of_the_settings_is_on_the_page():
    """Those that only other sections are made of, apart."""
    known = {
        value
        for value in vars(settings).values()
        if isinstance(value, type) and issubclass(value, settings.Section)
    }
    assert known - {settings.Section} == set(SECTIONS.values())


def test_the_page_of_the_node_has_every_event_of_the_journal():
    calls = [
        node.args[0].value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"journal.say", "journal.warn", "journal.fault", "fault"}
        and isinstance(node.args[0], ast.Constant)
    ]
    assert {row[0] for row in tables(NODE)["The journal"]} == set(calls)


def test_the_page_of_the_node_has_every_command():
    told = {row[0].split()[2] for row in tables(NODE)["Commands"]}
    assert told == {each.name or each.callback.__name__ for each in noding.node.registered_commands}


# --------------------------------------------------------------------------- conformance


def rows_of(*uids: str) -> list[list[str]]:
    return [[UID(uid).name, uid] for uid in uids]


def test_the_statement_has_the_classes_that_are_taken():
    told = [row[:2] for row in tables(CONFORMANCE)["SOP classes as SCP"]]
    echo, commitment = "1.2.840.10008.1.1", "1.2.840.10008.1.20.1"
    assert told == rows_of(echo, *PICTURES, *REPORTS, commitment)


def test_the_statement_has_the_classes_that_are_sent():
    told = [row[:2] for row in tables(CONFORMANCE)["SOP classes as SCU"]]
    assert told == rows_of(*SENT.values(), "1.2.840.10008.1.20.1")


def test_the_statement_has_the_transfer_syntaxes_and_for_what_they_are_taken():
    told = tables(CONFORMANCE)["Transfer syntaxes as SCP"]
    pictures = [[*row, "all classes"] for row in rows_of(*PLAIN)]
    pictures += [[*row, "pictures"] for row in rows_of(*COMPRESSED)]
    assert told == pictures


CT, DEFLATED = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1.99"


def negotiated(node: Node, offered: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which classes, each with one transfer syntax, a node accepts."""
    entity = AE("STORESCU")
    contexts = [build_context(uid, syntax) for uid, syntax in offered]
    assoc = entity.associate("127.0.0.1", node.port, contexts, ae_title=node.title)
    assert assoc.is_established
    found = {(str(e.abstract_syntax), str(e.transfer_syntax[0])) for e in assoc.accepted_contexts}
    assoc.release()
    return found


def test_what_the_tables_say_is_what_a_peer_can_negotiate(node):
    running = node()
    classes = [row[1] for row in tables(CONFORMANCE)["SOP classes as SCP"][:-1]]
    offered = [(uid, PLAIN[0]) for uid in dict.fromkeys([*classes, *SENT.values(), CT])]
    offered += [(uid, DEFLATED) for uid in classes]
    assert negotiated(running, offered) == {(uid, PLAIN[0]) for uid in classes}
    told = tables(CONFORMANCE)["Transfer syntaxes as SCP"]
    syntaxes = [row[1] for row in told]
    offered = [(uid, e) for uid in (PICTURES[0], REPORTS[0]) for e in (*syntaxes, DEFLATED)]
    expected = {(PICTURES[0], syntax) for syntax in syntaxes}
    expected |= {(REPORTS[0], syntax) for _, syntax, of in told if of == "all classes"}
    assert negotiated(running, offered) == expected


def test_every_status_and_refusal_of_the_receiver_is_explained():
    statuses = {
        value
        for name, value in vars(receiving).items()
        if isinstance(value, int) and re.search(rf"return {name}\b", RECEIVER)
    }
    assert len(statuses) >= 4
    for status in statuses:
        assert f"| {status:04X} |" in CONFORMANCE
    for name in ("CALLING_UNKNOWN", "CALLED_UNKNOWN", "CONGESTED", "TOO_MANY"):
        told = ", ".join(map(str, getattr(admission, name)))
        assert f"| {told} |" in CONFORMANCE


def test_the_numbers_of_the_statement_are_those_of_the_code():
    policies = {row[0]: row[1] for row in tables(CONFORMANCE)["Association policies"]}
    assert policies["Longest PDU received"] == f"{receiving.PDU_BYTES} bytes"
    asked = policies["A peer that connects and asks for nothing"]
    assert asked == f"is let go after {receiving.FIRST_WORD_S:.0f} s"
    assert f"up to {sending.TOGETHER} objects" in CONFORMANCE
    assert store_scu.AFTER_ASKING_S == 2
    assert "waits two seconds for N-EVENT-REPORT" in CONFORMANCE
    assert {0x0001, 0x0107, 0x0116, *range(0xB000, 0xC000)} == statuses.WARNINGS
    assert "warnings 0001, 0107, 0116, Bxxx" in CONFORMANCE
