"""What a person changes in an exam that was read: an answer, a setting, a focus in a picture.

Every function takes an `Exam` and gives another one. What was read stays beside what a person
enters; when it is weighed, the person's word on a sign stands in place of what was read of it,
and a red flag that was read stays up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeVar

import msgspec

from hepaspot.errors import InputError
from hepaspot.exam import (
    ByHand,
    Count,
    Exam,
    Focus,
    Observation,
    Provenance,
    Region,
    Setting,
    plain,
)
from hepaspot.knowledge import Level, load
from hepaspot.looks import looks_of
from hepaspot.merging import merge_exams
from hepaspot.settings import known_setting

Part = TypeVar("Part")

MOST_MARKED: Final = 200
"""Foci of one exam beyond which no more can be marked (convention)."""


def with_answer(exam: Exam, sign: str, state: str | None, *, focus: str | None = None) -> Exam:
    """``exam`` with a person's answer to the question of ``sign``.

    Parameters
    ----------
    exam : Exam
    sign : str
        An id in ``knowledge/signs.toml``.
    state : str or None
        One of its states; None takes an earlier answer back.
    focus : str, optional
        Id of the focus that is meant, for a sign of one focus.

    Raises
    ------
    InputError
        If there is no such sign, state or focus.
    """
    known = next((each for each in load().signs if each.id == sign), None)
    if known is None:
        raise InputError(
            "answer: there is no such sign; give an id that `hepaspot knowledge` lists"
        )
    if state is not None and state not in known.states:
        raise InputError(
            f"answer: {sign} is one of {', '.join(known.states)}, or null; give one of these"
        )
    if (known.level is Level.FOCUS) != (focus is not None):
        whose = "one focus" if known.level is Level.FOCUS else "the whole exam"
        raise InputError(f"answer: {sign} is a sign of {whose}; answer it there")
    if focus is None:
        return _replaced(exam, observations=_answered(exam.observations, sign, state))
    old = focus_called(exam, focus)
    new = _replaced(old, observations=_answered(old.observations, sign, state))
    return _with(exam, old, new)


def with_setting(exam: Exam, setting: Setting) -> Exam:
    """``exam`` with why, where and at which age the person was examined.

    Raises
    ------
    InputError
        If no prior is kept for the region, or the setting is of no known kind.
    """
    regions = load().regions
    if setting.region is not None and setting.region not in regions:
        raise InputError(f"setting: the region is one of {', '.join(regions)}; give one of these")
    return _replaced(exam, setting=known_setting(setting))


def with_marked(exam: Exam, marked: Focus, *, look: int = 0) -> Exam:
    """``exam`` with a focus that a person marked in a picture, or outlined anew.

    One that has the id of a focus takes the place of what the picture said of that: of the look
    number ``look``, from 0, where the picture has several (see `hepaspot.looks`). A new one is
    put together with what the words say of a focus not yet seen, by the rules of
    `hepaspot.merging`; else it stands by itself.

    Raises
    ------
    InputError
        If there are too many foci.
    """
    source = marked.provenance.source
    old = next((focus for focus in exam.foci if focus.id == marked.id), None)
    if old is not None:
        rest = _without_look(old, source, look)
        new = _with_answers(marked, old) if rest.kept is None else _joined(rest, marked)
        return _with(exam, old, new)
    if len(exam.foci) >= MOST_MARKED:
        raise InputError(f"mark: the exam has {MOST_MARKED} foci already; remove one first")
    free = [focus for focus in exam.foci if _may_be_meant(focus, source)]
    merged = merge_exams((Exam(foci=tuple(free)), Exam(foci=(marked,)))).foci
    by_id = {focus.id: focus for focus in merged}
    foci = [by_id.pop(focus.id, focus) for focus in exam.foci]
    return _replaced(exam, foci=(*foci, *by_id.values()))


def without_marked(exam: Exam, focus: str, source: str, *, look: int = 0) -> Exam:
    """``exam`` without one look that the picture ``source`` has at a focus.

    What words or other pictures say of it stays; a focus that nothing else tells of is gone.

    Raises
    ------
    InputError
        If there is no such focus, or the picture says nothing of it.
    """
    old = focus_called(exam, focus)
    if not is_seen(old, source):
        raise InputError("focus: was not found in this picture; choose one that is outlined in it")
    return _with(exam, old, _without_look(old, source, look).kept)


def focus_called(exam: Exam, focus: str) -> Focus:
    """The focus with the id ``focus``.

    Raises
    ------
    InputError
        If there is none.
    """
    found = next((each for each in exam.foci if each.id == focus), None)
    if found is None:
        raise InputError("focus: the exam has none of this id; read the exam again")
    return found


def free_focus_id(exam: Exam) -> str:
    """An id that no focus of ``exam`` has."""
    taken = {focus.id for focus in exam.foci}
    return next(name for n in range(1, len(taken) + 2) if (name := f"marked-{n}") not in taken)


def is_seen(focus: Focus, source: str) -> bool:
    """Whether the picture ``source`` says anything of ``focus``."""
    return any(_of(where, source) for where in (focus.provenance, *_provenances(focus)))


def _may_be_meant(focus: Focus, source: str) -> bool:
    """Whether a spot newly marked in a picture can be ``focus``: unseen in it, or a group."""
    group = focus.count is Count.MULTIPLE and not isinstance(focus.provenance, Region)
    return group or not is_seen(focus, source)


def _answered(
    observations: tuple[Observation, ...], sign: str, state: str | None
) -> tuple[Observation, ...]:
    kept = [o for o in observations if o.sign != sign or not isinstance(o.provenance, ByHand)]
    return tuple(kept) if state is None else (*kept, plain(sign, state, ByHand()))


class _Rest(NamedTuple):
    """What is known of a focus besides one look; ``at`` is where the look's signs stood."""

    kept: Focus | None
    at: int


def _without_look(focus: Focus, source: str, look: int) -> _Rest:
    """What else is known of ``focus`` but one look of a picture; None where that is nothing."""
    looks = looks_of(focus, source)
    if len(looks) <= 1:
        gone = {id(o) for o in focus.observations if _of(o.provenance, source)}
    elif look < len(looks):
        gone = {id(o) for o in looks[look].observations}
    else:
        raise InputError("focus: the picture has no such look at it; read the exam again")
    outline = looks[look].outline if len(looks) > 1 else None

    def is_gone(where: Provenance) -> bool:
        return _of(where, source) if outline is None else where == outline

    kept = _replaced(
        focus,
        places=tuple(p for p in focus.places if not is_gone(p.provenance)),
        sizes=tuple(s for s in focus.sizes if not is_gone(s.provenance)),
        observations=tuple(o for o in focus.observations if id(o) not in gone),
        statements=tuple(s for s in focus.statements if not is_gone(s.provenance)),
    )
    first = next((n for n, o in enumerate(focus.observations) if id(o) in gone), 0)
    if not is_gone(focus.provenance):
        return _Rest(kept, first)
    other = next((where for where in _provenances(kept) if isinstance(where, Region)), None)
    return _Rest(None if other is None else _replaced(kept, provenance=other), first)


def _with_answers(marked: Focus, old: Focus) -> Focus:
    """``marked`` with what a person answered about the focus whose place it takes."""
    by_hand = [o for o in old.observations if isinstance(o.provenance, ByHand)]
    return _replaced(marked, observations=(*marked.observations, *by_hand))


def _joined(rest: _Rest, marked: Focus) -> Focus:
    """A focus with what a picture says anew, in the place of what it said."""
    kept = rest.kept
    assert kept is not None  # noqa: S101 (asked before)
    before, after = kept.observations[: rest.at], kept.observations[rest.at :]
    return _replaced(
        kept,
        places=(*kept.places, *marked.places),
        sizes=(*kept.sizes, *marked.sizes),
        observations=(*before, *marked.observations, *after),
        pointed_at=True,
    )


def _provenances(focus: Focus) -> Iterator[Provenance]:
    """Where each part of ``focus`` comes from."""
    yield from (part.provenance for part in focus.sizes)
    yield from (part.provenance for part in focus.observations)
    yield from (part.provenance for part in focus.places)
    yield from (part.provenance for part in focus.statements)


def _of(provenance: Provenance, source: str) -> bool:
    return isinstance(provenance, Region) and provenance.source == source


def _with(exam: Exam, old: Focus, new: Focus | None) -> Exam:
    """``exam`` with ``new`` in the place of ``old``."""
    foci = (new if focus is old else focus for focus in exam.foci)
    return _replaced(exam, foci=tuple(focus for focus in foci if focus is not None))


def _replaced(part: Part, **changes: object) -> Part:
    return msgspec.structs.replace(part, **changes)  # type: ignore[type-var]
