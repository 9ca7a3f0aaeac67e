"""Every sentence has its words in both languages, and every id of the tables has a word."""

from __future__ import annotations

import ast
import re
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest

from hepaspot.explain import catalogues
from hepaspot.explain.words import DOMAINS, LANGUAGES, UnknownMessage, Words
from hepaspot.knowledge import load

EXPLAIN = catalogues.LOCALE.parent
PATIENTS = ("patient", "answer", "page")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
FIELD = re.compile(r"{(\w*)}")


def messages(language: str, domain: str) -> dict[str, str | tuple[str, ...]]:
    read = catalogues.read(language, domain)
    return {(m.id if isinstance(m.id, str) else m.id[0]): m.string for m in read if m.id}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_current(language: str, domain: str):
    committed = catalogues.source_of(language, domain).with_suffix(".mo").read_bytes()
    fresh = catalogues.compiled(language, domain)
    assert sentences(committed) == sentences(fresh), "run `make messages`"


def sentences(compiled: bytes) -> dict[object, str]:
    """The messages of a compiled catalogue without its header, which names Babel's version."""
    held = GNUTranslations(BytesIO(compiled))._catalog
    return {rule: words for rule, words in held.items() if rule}


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiling_twice_gives_the_same_bytes(language: str):
    assert catalogues.compiled(language, "page") == catalogues.compiled(language, "page")


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_hold_the_same_messages_with_the_same_fields(domain: str):
    english, chinese = messages("en", domain), messages("zh", domain)
    assert english.keys() == chinese.keys()
    for rule, words in english.items():
        if isinstance(words, str):
            assert sorted(FIELD.findall(words)) == sorted(FIELD.findall(str(chinese[rule]))), rule


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_number_of_a_sentence_is_the_same_in_both_languages(domain: str):
    english, chinese = messages("en", domain), messages("zh", domain)
    for rule, words in english.items():
        numbers = sorted(NUMBER.findall(str(words))), sorted(NUMBER.findall(str(chinese[rule])))
        assert numbers[0] == numbers[1], rule


@pytest.mark.parametrize("domain", PATIENTS)
def test_chinese_for_patients_is_short_and_free_of_english(domain: str):
    for rule, words in messages("zh", domain).items():
        said = FIELD.sub("", "".join(_forms(words)))
        assert set(re.findall("[A-Za-z]{2,}", said)) <= {"CT"}, rule
        assert all(len(sentence) <= 40 for sentence in re.split("[。！？；]", said)), rule


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_or_doubtful(language: str, domain: str):
    read = catalogues.read(language, domain)
    assert not [m.id for m in read if m.id and (m.fuzzy or not all(_forms(m.string)))]


def _forms(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def known_ids() -> list[str]:
    tables = load()
    ids = [f"term.flag.{row.id}" for row in tables.red_flags]
    ids += [f"patient.flag.{row.id}" for row in tables.red_flags]
    ids += [f"term.contradiction.{row.id}" for row in tables.contradictions]
    ids += [f"patient.clash.{row.id}" for row in tables.contradictions]
    ids += [f"term.cause.{row.id}" for row in tables.causes]
    ids += [f"patient.cause.name.{row.id}" for row in tables.causes]
    ids += [f"term.guidance.{row.id}" for row in tables.guidance]
    ids += [f"term.screening.{row.id}" for row in tables.screening]
    ids += [f"term.prior.{row.id}" for row in tables.priors]
    ids += [f"term.region.{region}" for region in tables.regions]
    ids += [f"term.entity.{row.id}" for row in tables.entities]
    for test in tables.tests:
        ids += [f"term.test.{test.id}", f"term.settle.test.{test.id}"]
        ids += [f"patient.ask.test.{test.id}"]
    for sign in tables.signs:
        ids += [f"term.sign.{sign.id}", f"patient.gloss.{sign.id}"]
        ids += [f"term.settle.sign.{sign.id}", f"patient.ask.sign.{sign.id}"]
        ids += [f"term.state.{sign.id}.{state}" for state in sign.states]
        ids += [f"term.reason.{sign.reason}"] if sign.reason else []
    return ids


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_id_of_the_knowledge_tables_has_words(language: str):
    words = Words(language)
    assert not [rule for rule in known_ids() if not words.knows(rule)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finer_name_has_a_word(language: str):
    words = Words(language)
    names = {name for row in load().entities for name in row.names}
    assert not [name for name in names if not words.knows(f"term.name.{name}")]


def named_in_code() -> set[str]:
    found: set[str] = set()
    for file in EXPLAIN.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    for file in EXPLAIN.rglob("*.j2"):
        found.update(re.findall(r'"([a-z.]+)"', file.read_text(encoding="utf-8")))
    rules = {text for text in found if re.fullmatch(rf"({'|'.join(DOMAINS)})(\.\w+)+", text)}
    return {rule for rule in rules if not rule.endswith(".j2")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_that_the_code_names_is_there(language: str):
    missing = {rule for rule in named_in_code() if not _there(language, rule)}
    assert not missing


def _there(language: str, rule: str) -> bool:
    return rule in messages(language, rule.partition(".")[0])


def test_a_message_that_is_not_there_is_a_mistake_in_the_code():
    with pytest.raises(UnknownMessage, match=r"no message 'patient\.nothing' in locale/en"):
        Words("en").say("patient.nothing")


def test_a_word_that_the_tables_gained_is_shown_as_it_is():
    assert Words("zh").term("flag", "brand_new_flag") == "brand new flag"


def test_plural_forms_follow_the_language():
    assert Words("en").count("clinician.focus.more", 1).startswith("1 further focus is")
    assert Words("en").count("clinician.focus.more", 3).startswith("3 further foci are")
    assert Words("zh").count("clinician.focus.more", 1).startswith("另有 1 个")


def test_compiled_catalogues_need_nothing_but_the_standard_library(tmp_path: Path):
    target = tmp_path / "term.mo"
    target.write_bytes(catalogues.compiled("en", "term"))
    with target.open("rb") as file:
        assert GNUTranslations(file).gettext("term.entity.duct_gas") == "gas in the ducts"
