"""What is wrong in an exam, from what its report was to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from hepaspot.archive.synthetic.facts import CONFUSED, Ducts, Kind, Told, Way
from hepaspot.archive.synthetic.passages import Passage, Passages, Role

STABLE_MM: Final = 2
"""Two sizes of a spot that differ by no more are the same (convention of the field): mm."""

NAMES: Final = (Role.NAME_IN_FINDINGS, Role.NAME_IN_IMPRESSION)


class Wrong(NamedTuple):
    """One contradiction, with every passage that may be named for either side of it.

    ``second`` is of the earlier exam where there is ``since``.
    """

    kind: str
    first: tuple[Passage, ...]
    second: tuple[Passage, ...] = ()
    since: bool = False


class Written(NamedTuple):
    """A report, and where its passages are."""

    told: Told
    passages: Passages

    def at(self, *roles: Role) -> tuple[Passage, ...]:
        """Passages of these roles, in the order of the roles."""
        return tuple(passage for role in roles for passage in self.passages.get(role, ()))


def wrong_in(now: Written, before: Written | None) -> list[Wrong]:
    """All that is wrong in an exam, by itself and beside the exam before."""
    found = [*_with_ducts(now), *_between_sections(now)]
    return found + list(_since(now, before)) if before is not None else found


def _with_ducts(now: Written) -> Iterator[Wrong]:
    told = now.told
    names = told.names()
    ducts = now.at(Role.DUCTS)
    if told.ducts is Ducts.WIDE:
        if Kind.CALCIFICATION in names and Kind.STONE not in names:
            yield Wrong("calcification_with_dilatation", now.at(*NAMES), ducts)
        if not told.concludes:
            yield Wrong("dilatation_not_concluded", ducts)
    elif told.ducts is not None and Kind.STONE in names:
        yield Wrong("stone_without_dilatation", now.at(*NAMES), ducts)
    elif told.ducts is None and told.spot is not None and told.spot.kind is not Kind.HAEMANGIOMA:
        yield Wrong("duct_statement_missing", now.at(Role.SPOT))


def _between_sections(now: Written) -> Iterator[Wrong]:
    told = now.told
    first, second = now.at(NAMES[0]), now.at(NAMES[1])
    if told.findings is Way.DENIED:
        yield Wrong("impression_denied_in_findings", second, now.at(Role.DENIED_IN_FINDINGS))
        return
    if told.impression is Way.DENIED:
        yield Wrong("stone_denied_elsewhere", first, now.at(Role.DENIED_IN_IMPRESSION))
    elif len(told.names()) > 1:
        yield Wrong("name_mismatch", first, second)
    place = told.impression_place
    if place is None or told.spot is None or told.impression is not Way.NAMED:
        return
    places = now.at(Role.PLACE_IN_FINDINGS), now.at(Role.PLACE_IN_IMPRESSION)
    if place.side != told.spot.place.side:
        yield Wrong("side_mismatch", *places)
    elif len({place.segment, told.spot.place.segment} - {None}) > 1:
        yield Wrong("segment_mismatch", *places)


def _since(now: Written, before: Written) -> Iterator[Wrong]:
    told, then = now.told, before.told
    if told.ducts is Ducts.WIDE and then.ducts is Ducts.NARROW:
        passages = now.at(Role.DUCTS), before.at(Role.DUCTS)
        yield Wrong("dilated_since_prior", *passages, since=True)
    if told.spot is None or then.spot is None:
        return
    has_sizes = told.tells_size and then.tells_size
    if has_sizes and max(told.spot.axes_mm) - max(then.spot.axes_mm) > STABLE_MM:
        yield Wrong("larger_since_prior", now.at(Role.SIZE), before.at(Role.SIZE), since=True)
    if _renamed(told, then):
        yield Wrong("name_changed_since_prior", now.at(*NAMES), before.at(*NAMES), since=True)


def _renamed(told: Told, then: Told) -> bool:
    """Whether one thing told both times has another name, and nothing else is different."""
    names = told.names(), then.names()
    if any(len(each) != 1 or not each <= {*CONFUSED} for each in names) or names[0] == names[1]:
        return False
    shadows = {each.spot.shadow for each in (told, then) if each.spot and each.spot.shadow}
    return told.ducts is then.ducts and len(shadows) < 2
