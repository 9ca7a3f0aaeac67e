"""What one picture shows of a focus: one look at it, or several where words tell of a group."""

from __future__ import annotations

from typing import Final, NamedTuple

from hepaspot.exam import Focus, Observation, Region, Size

FIRST_SIGN: Final = "echo"
"""The sign that every look at a focus begins with; its outline is that of the focus."""


class Look(NamedTuple):
    """One outlined bright spot of a picture.

    Attributes
    ----------
    outline : Region
    size : Size or None
        As measured in it.
    observations : tuple of Observation
        What was seen of it.
    """

    outline: Region
    size: Size | None
    observations: tuple[Observation, ...]

    def observation(self, sign: str) -> Observation | None:
        """What was seen of ``sign``, or None."""
        return next((seen for seen in self.observations if seen.sign == sign), None)


def looks_of(focus: Focus, source: str) -> tuple[Look, ...]:
    """Every look that the picture ``source`` has at ``focus``, in the order of the exam.

    What was seen is told look by look, each from its echo on; only a focus merged with the words
    of a group has several.
    """
    seen = [o for o in focus.observations if _outlined(o.provenance, source)]
    starts = [n for n, o in enumerate(seen) if o.sign == FIRST_SIGN]
    if not starts:
        return _only(focus, source, tuple(seen))
    ends = [*starts[1:], len(seen)]
    return tuple(
        _look(focus, seen[start].provenance, tuple(seen[start:end]))
        for start, end in zip(starts, ends, strict=True)
    )


def _only(focus: Focus, source: str, seen: tuple[Observation, ...]) -> tuple[Look, ...]:
    """The look at a focus whose echo was not told."""
    places = (focus.provenance, *(size.provenance for size in focus.sizes))
    outline = next((place for place in places if _outlined(place, source)), None)
    return () if outline is None else (_look(focus, outline, seen),)


def _look(focus: Focus, outline: object, seen: tuple[Observation, ...]) -> Look:
    assert isinstance(outline, Region)  # noqa: S101 (chosen as one)
    size = next((size for size in focus.sizes if size.provenance == outline), None)
    return Look(outline, size, seen)


def _outlined(where: object, source: str) -> bool:
    return isinstance(where, Region) and where.source == source and bool(where.outline)
