"""The vocabulary: what was seen or read in one examination of the liver.

An `Exam` holds the echogenic foci, the signs that belong to the whole exam (the ducts,
the history), what the author of a report concluded, and where each of these came from.
Everything is frozen and round-trips through JSON; `json_schema` publishes the format.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Self, TypeVar

import msgspec

from hepaspot.errors import SchemaError

SCHEMA_VERSION = "1.3"
"""Version of the JSON form of an `Exam`; the first number changes when a reader must."""


Document = TypeVar("Document")


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A frozen value that round-trips through JSON."""


class Entity(StrEnum):
    """What a bright spot can be."""

    CALCIFICATION = "calcification"
    DUCT_STONE = "duct_stone"
    DUCT_GAS = "duct_gas"
    OTHER = "other"


class Certainty(StrEnum):
    """How surely the author of a report says something."""

    ASSERTED = "asserted"
    HEDGED = "hedged"
    EITHER_OR = "either_or"
    NEGATED = "negated"
    HISTORICAL = "historical"


class Count(StrEnum):
    """One focus, or a group that a report describes together."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class Lobe(StrEnum):
    """Lobe of the liver, as written or as the segment implies."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    CAUDATE = "caudate"


class Section(StrEnum):
    """Part of a report that a passage stands in."""

    FINDINGS = "findings"
    IMPRESSION = "impression"
    HISTORY = "history"


class Words(Value, frozen=True, tag="words", tag_field="kind"):
    """A passage of a text: characters ``start`` up to but not including ``end``."""

    source: str
    start: int
    end: int
    section: Section | None = None


class Region(Value, frozen=True, tag="region", tag_field="kind"):
    """A closed outline in one frame of a picture, as (x, y) in pixels of that frame.

    ``drawn`` is set where its outline was drawn by a person.
    """

    source: str
    frame: int
    outline: tuple[tuple[float, float], ...]
    drawn: bool = False


class ByHand(Value, frozen=True, tag="by_hand", tag_field="kind"):
    """Entered by a person."""

    source: str = "hand"


Provenance = Words | Region | ByHand


class Measurement(Value, frozen=True):
    """A measured value with its unit (UCUM) and one standard deviation of doubt."""

    value: float
    unit: str
    sd: float | None = None


class Detail(Value, frozen=True):
    """One thing measured on the way to a sign, such as ``reach`` or ``drop`` of a shadow."""

    name: str
    measurement: Measurement


class Observation(Value, frozen=True):
    """One sign, seen or read.

    ``likelihood`` spreads over the sign's states: a plain reading puts 1.0 on one state,
    a pixel measurement spreads it by its own doubt. A sign that is not mentioned is no
    observation at all.
    """

    sign: str
    likelihood: dict[str, float]
    provenance: Provenance
    measurement: Measurement | None = None
    details: tuple[Detail, ...] = ()

    @property
    def state(self) -> str:
        """The state that carries the most likelihood."""
        return max(self.likelihood, key=self.likelihood.__getitem__)


class Statement(Value, frozen=True):
    """What the author concluded; checked against the signs, not weighed as one.

    ``name`` is the finer name the author used, such as ``granuloma`` or ``haemangioma``.
    """

    entity: Entity
    certainty: Certainty
    provenance: Provenance
    name: str | None = None


class Place(Value, frozen=True):
    """Where a focus lies, as one passage or one picture says it."""

    provenance: Provenance
    lobe: Lobe | None = None
    segments: tuple[int, ...] = ()
    landmarks: tuple[str, ...] = ()


class SizeBound(StrEnum):
    """How a written size is meant."""

    ABOUT = "about"
    UP_TO = "up_to"
    LESS_THAN = "less_than"
    RANGE = "range"


class Size(Value, frozen=True):
    """A size of a focus, axes in millimetres in the order written.

    A size that is there but unreadable (masked by de-identification) has no axes and
    ``masked`` set; one that no focus in a liver can have is kept with ``plausible`` off.
    ``axes_mm`` of a range are its two ends. A size measured in a picture of unknown scale
    has ``axes_pixels`` alone; ``sd_mm`` is one standard deviation of a measured axis.
    """

    provenance: Provenance
    axes_mm: tuple[float, ...] = ()
    bound: SizeBound | None = None
    masked: bool = False
    plausible: bool = True
    axes_pixels: tuple[float, ...] = ()
    sd_mm: float | None = None


class Focus(Value, frozen=True):
    """One echogenic focus in the liver, or one group described together.

    ``pointed_at`` is set where a caliper or an arrow in the picture marks the focus, or where a
    person pointed it out.
    """

    id: str
    provenance: Provenance
    count: Count | None = None
    number: int | None = None
    places: tuple[Place, ...] = ()
    sizes: tuple[Size, ...] = ()
    host: str | None = None
    observations: tuple[Observation, ...] = ()
    statements: tuple[Statement, ...] = ()
    pointed_at: bool = False

    def observation(self, sign: str) -> Observation | None:
        """The observation of ``sign``, or None where it was not mentioned."""
        return next((o for o in self.observations if o.sign == sign), None)

    @property
    def lobe(self) -> Lobe | None:
        """The lobe over all places: two sides together are both."""
        lobes = {place.lobe for place in self.places if place.lobe is not None}
        if len(lobes) <= 1:
            return next(iter(lobes), None)
        return Lobe.BOTH

    @property
    def segments(self) -> tuple[int, ...]:
        """Couinaud segments over all places, ascending."""
        return tuple(sorted({segment for place in self.places for segment in place.segments}))


class SettingKind(StrEnum):
    """Why the person was examined; decides the prior."""

    HEALTH_CHECK = "health_check"
    SYMPTOMATIC = "symptomatic"


class Setting(Value, frozen=True):
    """Where and why the exam was made; ``region`` is an id in ``knowledge/priors.toml``."""

    kind: SettingKind | None = None
    region: str | None = None
    age_years: float | None = None


class SourceKind(StrEnum):
    """What an exam was read from."""

    REPORT = "report"
    PICTURE = "picture"
    HAND = "hand"


class ScaleOrigin(StrEnum):
    """Where the millimetres of a picture come from."""

    REGION = "region"
    PIXEL_SPACING = "pixel_spacing"
    DEPTH = "depth"


class Picture(Value, frozen=True):
    """What is known of one picture: its size, its scale, and what outlines it has.

    ``frame`` is the frame that the outlines of the exam were drawn in (the best one of a
    clip); ``fan`` and ``liver`` are closed outlines in it, as (x, y) in pixels. ``notes``
    are ids of what limits the reading (``no_scale``, ``liver_not_outlined``, ...).
    """

    width: int
    height: int
    frames: int = 1
    frame: int = 0
    mm_per_pixel_x: float | None = None
    mm_per_pixel_y: float | None = None
    scale_origin: ScaleOrigin | None = None
    fan: tuple[tuple[float, float], ...] = ()
    liver: tuple[tuple[float, float], ...] = ()
    notes: tuple[str, ...] = ()


class Source(Value, frozen=True):
    """One document or picture; ``text`` is kept so that its words can be shown.

    ``name`` is the file as the user named it. ``of_liver`` tells whether the words of a report name
    the liver or a part of it; None where no words were read.
    """

    id: str
    kind: SourceKind
    text: str | None = None
    language: str | None = None
    name: str | None = None
    picture: Picture | None = None
    of_liver: bool | None = None


class Caveat(Value, frozen=True):
    """Something that limits the reading: scope (foetal, animal) or a part not seen."""

    id: str
    provenance: Provenance


class Exam(Value, frozen=True):
    """One examination of one person's liver, from words, pictures or both."""

    schema_version: str = SCHEMA_VERSION
    setting: Setting = Setting()
    sources: tuple[Source, ...] = ()
    foci: tuple[Focus, ...] = ()
    observations: tuple[Observation, ...] = ()
    statements: tuple[Statement, ...] = ()
    caveats: tuple[Caveat, ...] = ()

    @property
    def is_of_another_part(self) -> bool:
        """Whether all that was read are reports that do not name the liver."""
        return bool(self.sources) and all(each.of_liver is False for each in self.sources)

    def observation(self, sign: str) -> Observation | None:
        """The exam-wide observation of ``sign``, or None where it was not mentioned."""
        return next((o for o in self.observations if o.sign == sign), None)

    def merge(self, *others: Exam) -> Exam:
        """Put this exam and others of the same examination together.

        Parameters
        ----------
        *others : Exam
            What other reports or pictures of the same examination say.

        Returns
        -------
        Exam
            Everything that each of them holds. Foci that are one and the same are one focus
            with all that was said of it; by which rules stands in `hepaspot.merging`.
        """
        from hepaspot.merging import merge_exams

        return merge_exams((self, *others))

    def to_json(self) -> bytes:
        """The exam as UTF-8 JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        SchemaError
            If ``data`` is not an exam of this schema version.
        """
        exam = decoded(data, cls, "exam")
        same_version("exam", exam.schema_version, SCHEMA_VERSION)
        return exam


def decoded(data: bytes | str, kind: type[Document], name: str) -> Document:
    """Read ``data`` as JSON of a ``kind``, called ``name`` in what a user is told.

    Raises
    ------
    SchemaError
        Without a word of ``data``, since the library's own message may quote a patient.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        _, marked, where = str(error).rpartition(" - at ")
        fault = "it is not JSON of the published schema"
        if marked:
            fault = f"a value of the wrong kind at {where}"
        raise SchemaError(f"{name} JSON: {fault}; write it with to_json") from None


def same_version(name: str, written: str, read: str) -> None:
    """Refuse a document whose first version number is not the one read here."""
    if written.split(".", 1)[0] != read.split(".", 1)[0]:
        raise SchemaError(
            f"{name} JSON has schema version {written}, this hepaspot reads {read}; "
            "convert it with the version that wrote it"
        )


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of an `Exam`."""
    schema = msgspec.json.schema(Exam)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def plain(sign: str, state: str, provenance: Provenance) -> Observation:
    """An observation that is sure of its state, as words are."""
    return Observation(sign, {state: 1.0}, provenance)


def states(observations: Iterable[Observation]) -> dict[str, str]:
    """Sign to most likely state."""
    return {observation.sign: observation.state for observation in observations}
