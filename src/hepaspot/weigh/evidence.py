"""What was observed about one focus, one line a sign, ready to be weighed.

Signs of the focus, signs that follow from its place, number and size, and signs of the
whole exam come together here. A sign that was not mentioned does not appear at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hepaspot.exam import (
    ByHand,
    Certainty,
    Exam,
    Focus,
    Observation,
    Provenance,
    SizeBound,
    Words,
    plain,
)

LIVE = (Certainty.ASSERTED, Certainty.HEDGED, Certainty.EITHER_OR)
"""How surely a name is said that the author holds to be possible now."""

CHOLECYSTECTOMY = "history_cholecystectomy"
LOCAL_DUCT = "duct_local"
INTRAHEPATIC_DUCT = "duct_intrahepatic"
SURE = 0.8
"""Share of one state from which a sign counts as told surely (convention)."""

DUCT_SIGNS = (LOCAL_DUCT, "upstream", INTRAHEPATIC_DUCT)
"""Signs that tell whether ducts upstream of a focus are dilated; the first one told decides."""


def observations_of(exam: Exam, focus: Focus, *, small_mm: float) -> dict[str, Observation]:
    """Sign to its one observation for ``focus``, the exam-wide signs included."""
    fields = _from_fields(focus, small_mm)
    return merged((*exam.observations, *focus.observations, *fields))


def upstream(exam: Exam, focus: Focus | None = None) -> Observation | None:
    """The observation that tells whether ducts upstream of ``focus`` are dilated.

    The duct beside the focus beats the intrahepatic ducts at large.
    """
    own = focus.observations if focus is not None else ()
    signs = merged((*own, *exam.observations))
    sign = deciding_duct_sign(signs)
    return None if sign is None else signs[sign]


def deciding_duct_sign(signs: Mapping[str, Observation]) -> str | None:
    """Which sign tells of the ducts upstream: the nearest one that is told surely enough.

    A faint look at the duct beside the focus does not silence plain words about the ducts.
    """
    told = [sign for sign in DUCT_SIGNS if sign in signs]
    sure = [sign for sign in told if max(shares(signs[sign]).values()) >= SURE]
    return next(iter(sure or told), None)


def is_in(observation: Observation | None, state: str) -> bool:
    """Whether ``state`` carries more than half of what was observed."""
    return observation is not None and shares(observation).get(state, 0.0) > 0.5


def shares(observation: Observation) -> dict[str, float]:
    """The likelihood over states, scaled to sum to 1."""
    total = sum(observation.likelihood.values())
    if total <= 0:
        return {state: 1.0 / len(observation.likelihood) for state in observation.likelihood}
    return {state: weight / total for state, weight in observation.likelihood.items()}


def merged(observations: Iterable[Observation]) -> dict[str, Observation]:
    """Sign to one observation: what is said twice counts once, conflict cancels out.

    What a person entered by hand stands in place of what was read of the same sign.
    """
    by_sign: dict[str, list[Observation]] = {}
    for observation in observations:
        by_sign.setdefault(observation.sign, []).append(observation)
    return {sign: _one(_by_hand(said) or said) for sign, said in by_sign.items()}


def _by_hand(said: list[Observation]) -> list[Observation]:
    return [observation for observation in said if isinstance(observation.provenance, ByHand)]


def _one(said: list[Observation]) -> Observation:
    if len(said) == 1:
        return said[0]
    said = sorted(said, key=lambda o: reading_order(o.provenance))
    each = [shares(observation) for observation in said]
    states = sorted({state for share in each for state in share})
    likelihood = {s: sum(share.get(s, 0.0) for share in each) / len(each) for s in states}
    return Observation(said[0].sign, likelihood, said[0].provenance, said[0].measurement)


def reading_order(provenance: Provenance) -> tuple[int, str, int]:
    """Sort key: words in reading order, then pictures, then what was typed in."""
    if isinstance(provenance, Words):
        return (0, provenance.source, provenance.start)
    if isinstance(provenance, ByHand):
        return (2, provenance.source, 0)
    return (1, provenance.source, provenance.frame)


def _from_fields(focus: Focus, small_mm: float) -> Iterator[Observation]:
    placed = [place for place in focus.places if place.lobe is not None]
    if focus.lobe is not None:
        yield plain("lobe", focus.lobe.value, placed[0].provenance)
    if focus.count is not None:
        yield plain("count", focus.count.value, focus.provenance)
    yield from _size(focus, small_mm)
    for place in focus.places:
        if "subcapsular" in place.landmarks:
            yield plain("depth", "subcapsular", place.provenance)
            return


def _size(focus: Focus, small_mm: float) -> Iterator[Observation]:
    measured = [size for size in focus.sizes if size.axes_mm and size.plausible]
    if not measured:
        return
    largest = max(measured, key=lambda size: max(size.axes_mm))
    largest_mm = max(largest.axes_mm)
    bounded_above = largest.bound in (SizeBound.LESS_THAN, SizeBound.UP_TO)
    small = largest_mm < small_mm or (bounded_above and largest_mm <= small_mm)
    yield plain("size", "lt_5mm" if small else "ge_5mm", largest.provenance)
