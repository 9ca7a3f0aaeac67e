"""Exams of two pictures and a report, as Hypothesis draws them."""

from __future__ import annotations

from hypothesis import strategies as st

from hepaspot.exam import (
    ByHand,
    Exam,
    Focus,
    Lobe,
    Measurement,
    Observation,
    Picture,
    Place,
    Region,
    Size,
    Source,
    SourceKind,
)
from hepaspot.knowledge import load

coordinates = st.floats(0, 600, width=32)
outlines = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=12).map(tuple)
millimetres = st.floats(0.1, 90).map(lambda value: round(value, 2))


@st.composite
def foci(draw, number: int) -> Focus:
    source = draw(st.sampled_from(["a", "b"]))
    where = draw(st.one_of(st.just(ByHand()), outlines.map(lambda o: Region(source, 0, o))))
    told = []
    for sign, unit in (("echo", "dB"), ("shadow", "dB"), ("duct_local", "mm")):
        state = draw(st.none() | st.sampled_from(load().sign(sign).states))
        if state is not None:
            value = draw(st.none() | millimetres)
            figure = None if value is None else Measurement(value, unit)
            told.append(Observation(sign, {state: 1.0}, where, figure))
    axes = tuple(draw(st.lists(millimetres, max_size=2)))
    place = Place(
        where,
        draw(st.none() | st.sampled_from(Lobe)),
        tuple(draw(st.lists(st.integers(1, 8), max_size=3, unique=True))),
    )
    size = draw(st.sampled_from([Size(where, axes_mm=axes), Size(where, axes_pixels=axes)]))
    return Focus(f"f{number}", where, places=(place,), sizes=(size,), observations=tuple(told))


@st.composite
def exams(draw) -> Exam:
    sources = tuple(
        Source(name, SourceKind.PICTURE, picture=Picture(640, 480)) for name in ("a", "b")
    )
    words = Source("words", SourceKind.REPORT, draw(st.text(max_size=40)), "en")
    return Exam(
        sources=(*sources, words),
        foci=tuple(draw(foci(number)) for number in range(draw(st.integers(0, 3)))),
    )
