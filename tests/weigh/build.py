"""Exams put together by hand, as short as the point of a test allows."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import settings
from hypothesis import strategies as st

from hepaspot.exam import (
    Caveat,
    Certainty,
    Entity,
    Exam,
    Focus,
    Lobe,
    Observation,
    Place,
    Section,
    Setting,
    SettingKind,
    Size,
    Statement,
    Words,
    plain,
)
from hepaspot.knowledge import Level, load

HEALTH_CHECK = Setting(SettingKind.HEALTH_CHECK, "east_asia")
SYMPTOMATIC = Setting(SettingKind.SYMPTOMATIC, "east_asia")
law = settings(deadline=None)
"""Marks a property; the first example draws the tables, so that time says nothing."""

FINDINGS, IMPRESSION = Section.FINDINGS, Section.IMPRESSION
SIGNS = {sign.id: sign for sign in load().signs}
FROM_FIELDS = ("lobe", "count", "size", "depth", "upstream")
SEEN = [sign for sign in SIGNS if sign not in FROM_FIELDS]


def words(start: int = 0, section: Section | None = FINDINGS) -> Words:
    return Words("report", start, start + 4, section)


def seen(sign: str, state: str, start: int = 0) -> Observation:
    return plain(sign, state, words(start))


def blurred(sign: str, **likelihood: float) -> Observation:
    return Observation(sign, likelihood, words())


def said(
    entity: Entity,
    certainty: Certainty = Certainty.ASSERTED,
    section: Section | None = FINDINGS,
    start: int = 40,
    name: str | None = None,
) -> Statement:
    return Statement(entity, certainty, words(start, section), name)


def at(
    lobe: Lobe | None, *segments: int, section: Section | None = FINDINGS, start: int = 60
) -> Place:
    return Place(words(start, section), lobe, segments)


def a_focus(
    observations: Iterable[Observation] = (),
    statements: Iterable[Statement] = (),
    places: Iterable[Place] = (),
    size_mm: float | None = None,
    host: str | None = None,
    id: str = "f1",
) -> Focus:
    sizes = () if size_mm is None else (Size(words(), (size_mm,)),)
    return Focus(
        id,
        words(),
        places=tuple(places),
        sizes=sizes,
        host=host,
        observations=tuple(observations),
        statements=tuple(statements),
    )


def an_exam(
    *signs: Observation,
    focus: Focus | None = None,
    setting: Setting = HEALTH_CHECK,
    statements: Iterable[Statement] = (),
    caveats: Iterable[str] = (),
) -> Exam:
    """An exam with one focus; every sign goes where it belongs."""
    base = focus or a_focus()
    own = [o for o in signs if SIGNS[o.sign].level is Level.FOCUS]
    return Exam(
        setting=setting,
        foci=(a_copy(base, own),),
        observations=tuple(o for o in signs if o not in own),
        statements=tuple(statements),
        caveats=tuple(Caveat(caveat, words()) for caveat in caveats),
    )


def a_copy(focus: Focus, more: Iterable[Observation]) -> Focus:
    return Focus(
        focus.id,
        focus.provenance,
        focus.count,
        focus.number,
        focus.places,
        focus.sizes,
        focus.host,
        (*focus.observations, *more),
        focus.statements,
    )


def states_of(signs: Iterable[str]) -> st.SearchStrategy[dict[str, str]]:
    """Any of the signs, each in any of its states, or not told."""
    return st.fixed_dictionaries({}, optional={s: st.sampled_from(SIGNS[s].states) for s in signs})


def observations(
    signs: Iterable[str] = SEEN, without: Iterable[str] = ()
) -> st.SearchStrategy[list[Observation]]:
    left = [sign for sign in signs if sign not in without]
    return states_of(left).map(lambda told: [seen(sign, state) for sign, state in told.items()])


def spreads(sign: str) -> st.SearchStrategy[Observation]:
    """An observation that spreads over the states of ``sign`` in any way."""
    weights = {state: st.floats(0.01, 1.0) for state in SIGNS[sign].states}
    return st.fixed_dictionaries(weights).map(lambda w: Observation(sign, w, words()))


settings_given = st.sampled_from(
    [
        Setting(kind, region)
        for kind in (None, *SettingKind)
        for region in (None, "east_asia", "elsewhere")
    ]
)
