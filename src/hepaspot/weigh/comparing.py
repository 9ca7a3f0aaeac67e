"""Two exams of one person: which focus is which, and what is different.

Nothing here says why. A focus that the later exam does not tell is not seen again, which is
not the same as gone: a report leaves out, a picture shows one part of the liver, and a spot
can be missed on one day. A sign of a focus that one of the two does not tell is no change.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from hepaspot.exam import Exam, Focus, Observation, Value
from hepaspot.knowledge import RuleId, load
from hepaspot.weigh.comparing_sizes import doubt_mm, like_sizes, size_mm
from hepaspot.weigh.comparing_spots import Likeness, Spot, is_group, same_spots
from hepaspot.weigh.evidence import is_in, merged

NO_STATE = frozenset({"change"})
"""Signs that are themselves what an author says of an earlier exam."""


class Change(StrEnum):
    """What became of the largest size of a focus.

    ``stable`` is within ``size_stable_mm`` of ``knowledge/rules.toml``, or within the doubt of
    two measured sizes where that is more. ``larger_or_another`` and ``smaller_or_another`` are
    beyond ``same_spot_ratio``, where no other focus could be meant: one spot that is far larger
    or smaller, or two.
    """

    STABLE = "stable"
    LARGER = "larger"
    SMALLER = "smaller"
    LARGER_OR_ANOTHER = "larger_or_another"
    SMALLER_OR_ANOTHER = "smaller_or_another"
    NOT_COMPARABLE = "not_comparable"


OR_ANOTHER = {
    Change.LARGER: Change.LARGER_OR_ANOTHER,
    Change.SMALLER: Change.SMALLER_OR_ANOTHER,
}
"""What is told instead where the sizes alone make it doubtful that it is one spot."""


class SignChange(Value, frozen=True):
    """A sign in another state than before.

    A state is None where that exam does not tell the sign, which only signs of the whole exam
    are listed for.
    """

    sign: str
    earlier: str | None
    later: str | None


class Pair(Value, frozen=True):
    """A focus of the earlier exam and the focus of the later one that is the same spot.

    ``sure`` is off where another focus could be meant as well, where one of the two is a group
    and the other a single focus, or where one is so much larger that it may be another spot;
    ``change`` says so where that is the only doubt.
    A group has a pair with each single focus that may be one of it. ``difference_mm`` is later
    less earlier. Sizes are None where they cannot be compared: one is unknown, masked, an upper
    bound only, only in pixels, or none that a focus can have.
    """

    earlier: str
    later: str
    sure: bool
    change: Change
    earlier_mm: float | None = None
    later_mm: float | None = None
    difference_mm: float | None = None
    signs: tuple[SignChange, ...] = ()


class Comparison(Value, frozen=True):
    """What is different between an earlier and a later exam of one person.

    ``new`` and ``not_seen_again`` are ids of foci that have no partner in the other exam;
    ``signs`` are those of the whole exam: in another state, newly told, or told no more.
    """

    pairs: tuple[Pair, ...] = ()
    new: tuple[str, ...] = ()
    not_seen_again: tuple[str, ...] = ()
    signs: tuple[SignChange, ...] = ()


def compare(earlier: Exam, later: Exam) -> Comparison:
    """Tell what is different between two exams of one person.

    Parameters
    ----------
    earlier, later : Exam
        Each with everything that belongs to it, report and pictures merged.

    Returns
    -------
    Comparison
        The same whatever the order of the foci, which stand by their ids. Exchanging the two
        exams exchanges larger with smaller and new with not seen again.
    """
    likeness = _likeness()
    first, second = _ordered(earlier.foci), _ordered(later.foci)
    spots = same_spots(first, second, likeness)
    return Comparison(
        pairs=tuple(
            _pair(first[spot.earlier], second[spot.later], likeness, spot) for spot in spots
        ),
        new=_left(second, {spot.later for spot in spots}),
        not_seen_again=_left(first, {spot.earlier for spot in spots}),
        signs=_exam_signs(earlier, later),
    )


def _likeness() -> Likeness:
    knowledge = load()
    return Likeness(
        stable_mm=knowledge.rule(RuleId.SIZE_STABLE_MM),
        ratio=knowledge.rule(RuleId.SAME_SPOT_RATIO),
    )


def _ordered(foci: Iterable[Focus]) -> list[Focus]:
    """By id, ``F2`` before ``F10``, so that the order in a report decides nothing."""
    return sorted(foci, key=lambda focus: (len(focus.id), focus.id))


def _left(foci: list[Focus], paired: set[int]) -> tuple[str, ...]:
    return tuple(focus.id for place, focus in enumerate(foci) if place not in paired)


def _pair(earlier: Focus, later: Focus, likeness: Likeness, spot: Spot) -> Pair:
    sure, signs = spot.sure, _focus_signs(earlier, later)
    sizes = like_sizes(earlier, later)
    if sizes is None or is_group(earlier) != is_group(later):
        return Pair(earlier.id, later.id, sure, Change.NOT_COMPARABLE, signs=signs)
    before, after = size_mm(sizes[0]), size_mm(sizes[1])
    difference = round(after - before, 3)  # 6.3 less 4.3 is 2, not a whit less
    change = _change(difference, max(likeness.stable_mm, doubt_mm(*sizes)))
    told = OR_ANOTHER.get(change, change) if spot.alone else change
    return Pair(earlier.id, later.id, sure, told, before, after, difference, signs)


def _change(difference_mm: float, allowed_mm: float) -> Change:
    if abs(difference_mm) <= allowed_mm:
        return Change.STABLE
    return Change.LARGER if difference_mm > 0 else Change.SMALLER


def _focus_signs(earlier: Focus, later: Focus) -> tuple[SignChange, ...]:
    """Signs that both tell, in another state."""
    before, after = _told(earlier.observations), _told(later.observations)
    both = sorted(before.keys() & after.keys())
    return tuple(SignChange(s, before[s], after[s]) for s in both if before[s] != after[s])


def _exam_signs(earlier: Exam, later: Exam) -> tuple[SignChange, ...]:
    """Signs that either tells, in another state or not told by the other."""
    before, after = _told(earlier.observations), _told(later.observations)
    changes = (SignChange(s, before.get(s), after.get(s)) for s in sorted({*before, *after}))
    return tuple(change for change in changes if change.earlier != change.later)


def _told(observations: Iterable[Observation]) -> dict[str, str]:
    """Sign to the state that carries more than half; what is undecided is not told."""
    known = merged(observations).items()
    return {sign: o.state for sign, o in known if is_in(o, o.state) and sign not in NO_STATE}
