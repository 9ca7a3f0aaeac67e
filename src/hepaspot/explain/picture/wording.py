"""What is written below the picture and beside what is drawn; every word is of the catalogues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from hepaspot.exam import Measurement
from hepaspot.explain import figures, scope
from hepaspot.explain.ledger import conclusion
from hepaspot.explain.picture.findings import Findings, SeenFocus
from hepaspot.explain.words import LANGUAGES, Words
from hepaspot.weigh.assessment import Assessment, Conclusion, FocusAssessment

UNITS: Final[Mapping[str, str]] = {"mm": "mm", "{pixels}": "px", "dB": "db"}
"""UCUM units that pictures are measured in, and how they are called."""

WIDE: Final = 1.96
"""Standard deviations on either side that hold 95 % of a normal distribution."""


def notices(words: Words) -> tuple[str, ...]:
    """That nothing here was checked, in every language: a picture travels without its page."""
    own_first = sorted(LANGUAGES, key=lambda language: language != words.language)
    return tuple(Words(language).say("picture.notice") for language in own_first)


def value(measured: Measurement, words: Words) -> str:
    """A measured value with its unit."""
    return words.say("picture.value", value=_figure(measured.value), unit=_unit(measured, words))


def interval(measured: Measurement, words: Words, *, least: float | None = None) -> str:
    """A measured value with the range that holds the true one in 95 % of cases."""
    if measured.sd is None:
        return value(measured, words)
    low, high = (measured.value + sign * WIDE * measured.sd for sign in (-1, 1))
    return words.say(
        "picture.interval",
        value=_figure(measured.value),
        unit=_unit(measured, words),
        low=_figure(low if least is None else max(low, least)),
        high=_figure(high),
    )


def size(seen: SeenFocus, words: Words) -> str | None:
    """The size of a focus as measured in the picture: in mm, or in pixels without scale."""
    if seen.size is None:
        return None
    if seen.size.axes_mm:
        return figures.size(seen.size, words)
    if not seen.size.axes_pixels:
        return None
    axes = " × ".join(f"{axis:.0f}" for axis in seen.size.axes_pixels)
    return words.say("picture.value", value=axes, unit=words.say("picture.unit.px"))


def answer(seen: SeenFocus, words: Words) -> str:
    """The conclusion of one focus, with its probability where one was drawn."""
    if seen.answer is None:
        return words.say("picture.focus.not_weighed")
    parts = [line.text for line in conclusion(seen.answer, seen.focus, words)]
    parts.extend(_probability(seen.answer, words))
    return _together(parts, words)


def facts(seen: SeenFocus, words: Words) -> str:
    """What was measured about one focus in this picture."""
    return _listed(tuple(_facts(seen, words)), words)


def flags(assessment: Assessment, words: Words) -> Iterator[str]:
    """What a reader must not miss whatever the picture shows."""
    if scope.out_of_scope(assessment):
        for caveat in assessment.exam.caveats:
            if caveat.id in scope.OUT_OF_SCOPE:
                yield words.say(f"clinician.scope.{caveat.id}")
    named = dict.fromkeys(words.term("flag", flag.id) for flag in assessment.red_flags)
    if named:
        yield words.say("picture.flags", flags=words.join(tuple(named)))
    if assessment.contradictions:
        yield words.say("picture.contradictions")


def remarks(found: Findings, words: Words) -> Iterator[str]:
    """What limits the reading of this picture, and how its figures are meant."""
    picture = found.picture
    if not found.foci and not found.elsewhere and picture.fan:
        yield words.say("picture.focus.none")
    for note in picture.notes:
        if words.knows(f"picture.note.{note}"):
            yield words.say(f"picture.note.{note}")
    if picture.mm_per_pixel_x is None and found.foci:
        yield words.say("picture.scale.unknown")
    if any(_has_interval(seen) for seen in found.foci):
        yield words.say("picture.interval.note")


def _facts(seen: SeenFocus, words: Words) -> Iterator[str]:
    extent = size(seen, words)
    if extent is not None:
        yield extent
    if seen.shadow is not None:
        state = words.term("state", f"shadow.{seen.shadow.state}")
        behind_is_bright = seen.behind is not None and not seen.is_shadow
        if seen.shadow.measurement is None or behind_is_bright:
            yield words.say("picture.focus.shadow", state=state)
        else:
            drop = interval(seen.shadow.measurement, words)
            yield words.say("picture.focus.shadow_measured", state=state, db=drop)
    if seen.calibre is not None:
        calibre = interval(seen.calibre, words, least=0.0)
        yield words.say("picture.focus.tube", calibre=calibre)
    if seen.focus.pointed_at:
        yield words.say("picture.focus.pointed_at")
    yield from _share_of_frames(seen, words)


def _share_of_frames(seen: SeenFocus, words: Words) -> Iterator[str]:
    details = {d.name: d.measurement.value for o in seen.focus.observations for d in o.details}
    if "frames_seen" in details and "frames_all" in details:
        counts = {"seen": details["frames_seen"], "frames": details["frames_all"]}
        yield words.say("picture.focus.seen", **{k: f"{n:.0f}" for k, n in counts.items()})


def _probability(found: FocusAssessment, words: Words) -> Iterator[str]:
    if found.named is not None or found.conclusion is Conclusion.CANNOT_TELL:
        return
    rounded = figures.of_100(found.probabilities)
    for probability, shown in zip(found.probabilities, rounded, strict=True):
        if probability.entity.value == found.conclusion.value:
            yield words.say(
                "picture.focus.probability",
                mean=figures.number(shown.mean, words),
                low=figures.number(shown.low, words),
                high=figures.number(shown.high, words),
            )


def _has_interval(seen: SeenFocus) -> bool:
    drop = None if seen.shadow is None else seen.shadow.measurement
    told = (drop, seen.calibre)
    return any(measured is not None and measured.sd is not None for measured in told)


def _unit(measured: Measurement, words: Words) -> str:
    unit = UNITS.get(measured.unit)
    return measured.unit if unit is None else words.say(f"picture.unit.{unit}")


def _figure(number: float) -> str:
    """To a tenth; a minus sign that cannot be taken for a dash."""
    return f"{number:.1f}".replace("-0.0", "0.0").replace("-", "−")


def _together(sentences: list[str], words: Words) -> str:
    return ("" if words.language == "zh" else " ").join(sentences)


def _listed(parts: tuple[str, ...], words: Words) -> str:
    return words.say("picture.list").join(parts)
