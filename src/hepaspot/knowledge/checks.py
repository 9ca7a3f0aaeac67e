"""What makes the tables wrong: ids, sources, entities and signs; then figures and facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from hepaspot.exam import Entity, SettingKind
from hepaspot.knowledge import check_facts, check_figures
from hepaspot.knowledge.book import Knowledge
from hepaspot.knowledge.figures import Accuracy, Sign
from hepaspot.knowledge.model import Row, Source
from hepaspot.knowledge.refusal import known_state, listed, refuse


def check(knowledge: Knowledge) -> None:
    """Refuse tables with a wrong row.

    Raises
    ------
    KnowledgeError
        At the first row that is wrong.
    """
    for judge in JUDGES:
        judge(knowledge)


def _tables(knowledge: Knowledge) -> Iterator[tuple[str, tuple[Row, ...]]]:
    yield "entities.toml", knowledge.entities
    yield "signs.toml", knowledge.signs
    yield "likelihoods.toml", knowledge.likelihoods
    yield "priors.toml", knowledge.priors
    yield "thresholds.toml", knowledge.thresholds
    yield "rules.toml", (*knowledge.rules, *knowledge.groups)
    yield "causes.toml", knowledge.causes
    yield "guidance.toml", knowledge.guidance
    yield "screening.toml", knowledge.screening
    yield "red_flags.toml", knowledge.red_flags
    yield "contradictions.toml", knowledge.contradictions
    yield "alerts.toml", knowledge.alerts
    yield "tests.toml", knowledge.tests
    yield "codes.toml", knowledge.codes


def ids(knowledge: Knowledge) -> None:
    """Every id stands once in its file."""
    _once("sources.toml", knowledge.sources)
    for file, rows in _tables(knowledge):
        _once(file, rows)


def _once(file: str, rows: Iterable[Row | Source]) -> None:
    for row, times in Counter(row.id for row in rows).items():
        if times > 1:
            refuse(file, row, f"stands {times} times; give each row its own id")


def foundations(knowledge: Knowledge) -> None:
    """Every row has known sources, or is marked a convention and says why."""
    known = {source.id for source in knowledge.sources}
    for file, rows in _tables(knowledge):
        for row in rows:
            _founded(file, row.id, row, known)
    for test in knowledge.tests:
        for accuracy in test.accuracy:
            _founded("tests.toml", test.id, accuracy, known)


def _founded(file: str, name: str, row: Row | Accuracy, known: set[str]) -> None:
    if not row.sources and not row.convention:
        refuse(file, name, "has no source; add sources = [...] or convention = true with a note")
    if row.convention and not row.note.strip():
        refuse(file, name, "is a convention without a note; say in note why it was chosen")
    for source in row.sources:
        if source not in known:
            refuse(file, name, f"unknown source {source!r}; add it to sources.toml")


def entities(knowledge: Knowledge) -> None:
    """The entities are those of the exam's vocabulary, each with its row."""
    known = {entity.value for entity in Entity}
    given = {row.id for row in knowledge.entities}
    for extra in sorted(given - known):
        refuse("entities.toml", extra, f"unknown entity; use {listed(known)}")
    for missing in sorted(known - given):
        refuse("entities.toml", missing, "is missing; every entity needs its row")


def signs(knowledge: Knowledge) -> None:
    """Every sign has states, a known group, and a reason where it does not weigh."""
    groups = {group.id for group in knowledge.groups}
    for sign in knowledge.signs:
        if len(set(sign.states)) != len(sign.states) or len(sign.states) < 2:
            refuse("signs.toml", sign.id, "needs two or more different states")
        for state in sign.neutral:
            known_state("signs.toml", sign.id, sign, state)
        if sign.group is not None and sign.group not in groups:
            refuse("signs.toml", sign.id, f"unknown group {sign.group!r}; add it to rules.toml")
        if not sign.weighs and not sign.reason:
            refuse("signs.toml", sign.id, "does not weigh; say why in reason")
        _shared(sign, knowledge.signs)


def _shared(sign: Sign, known: Iterable[Sign]) -> None:
    if sign.rows_of is None:
        return
    if not any(owner.id == sign.rows_of and owner.states == sign.states for owner in known):
        refuse("signs.toml", sign.id, f"rows_of {sign.rows_of!r} is no sign with the same states")


def coverage(knowledge: Knowledge) -> None:
    """A sign that weighs has a row for every entity in every setting it weighs in."""
    for sign in knowledge.signs:
        for setting in _settings(sign):
            for entity in Entity:
                if not knowledge.rows_for(sign.id, entity, setting):
                    refuse(
                        "signs.toml",
                        sign.id,
                        f"weighs, but likelihoods.toml has no row for {entity} at {setting}; "
                        "add one or set weighs = false",
                    )


def _settings(sign: Sign) -> tuple[str, ...]:
    if not sign.weighs:
        return ()
    return (sign.only_in,) if sign.only_in else tuple(SettingKind)


JUDGES: tuple[Callable[[Knowledge], None], ...] = (
    ids,
    foundations,
    check_figures.rules,
    entities,
    signs,
    check_figures.likelihoods,
    check_figures.rivals,
    coverage,
    check_figures.priors,
    check_figures.thresholds,
    check_figures.tests,
    check_facts.red_flags,
    check_facts.conditions,
    check_facts.codes,
)
"""Every check, in order: ids first, and the rules before the figures that they bound."""
