"""The answer: what each focus most likely is, how surely, why, and what would settle it."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

import msgspec

from hepaspot.exam import Entity, Exam, Provenance, Value, decoded, same_version

ASSESSMENT_VERSION = "1.1"
"""Version of the JSON form of an `Assessment`."""


class Probability(Value, frozen=True):
    """Probability of one entity: mean and the ends of the 95 % interval, each 0 to 1."""

    entity: Entity
    mean: float
    low: float
    high: float


class LedgerLine(Value, frozen=True):
    """What one sign moved.

    ``ratio`` is the likelihood ratio of calcification to duct stone (above 1 speaks for
    calcification), with its 95 % interval, after all caps; ``factors`` is the mean
    likelihood of the observed state under each entity; ``rows`` are ids of likelihood
    rows and ``sources`` ids of sources in ``knowledge/``. ``weighs`` is False for a sign
    that is shown but by rule moves nothing, ``reason`` is then an id that says why.
    """

    sign: str
    state: str
    provenance: Provenance
    factors: dict[Entity, float]
    ratio: float
    ratio_low: float
    ratio_high: float
    capped: bool = False
    weighs: bool = True
    reason: str | None = None
    rows: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Conclusion(StrEnum):
    """The one-word answer for a focus."""

    CALCIFICATION = "calcification"
    DUCT_STONE = "duct_stone"
    DUCT_GAS = "duct_gas"
    OTHER = "other"
    CANNOT_TELL = "cannot_tell"


class Category(Value, frozen=True):
    """Screening category and judgement; ``rule`` is an id in ``knowledge/screening.toml``."""

    category: str
    judgement: str
    rule: str
    sources: tuple[str, ...] = ()


class SettleKind(StrEnum):
    """A question to the sonographer, or a further test."""

    SIGN = "sign"
    TEST = "test"


class Settling(Value, frozen=True):
    """One unanswered sign or test and how many bits its answer is expected to bring."""

    kind: SettleKind
    id: str
    gain_bits: float


class CauseHint(Value, frozen=True):
    """A cause worth asking about; ``because`` names the signs or histories that point to it."""

    cause: str
    because: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class RedFlag(Value, frozen=True):
    """A finding that calls for work-up whatever the probabilities say."""

    id: str
    provenance: Provenance
    sources: tuple[str, ...] = ()


class Contradiction(Value, frozen=True):
    """Two passages that do not fit; ``id`` is in ``knowledge/contradictions.toml``."""

    id: str
    first: Provenance
    second: Provenance
    focus: str | None = None


class FocusAssessment(Value, frozen=True):
    """The answer for one focus.

    ``category_needs`` are signs that were not told and without which no screening category
    can be given. ``named`` is what else the author plainly says the focus is (a clip, a
    haemangioma): it is not weighed, but then neither calcification nor stone is concluded.
    ``suspected`` is what else the author thinks that it may be, with the same effect.

    ``leaning`` is the entity that is the most probable in the largest share of all draws, and
    ``leaning_share`` is that share, 0 to 1: how surely the figures put it first, not how
    probable it is. None and 0 where no sign weighs. It leans also where nothing is concluded.
    """

    focus: str
    conclusion: Conclusion
    probabilities: tuple[Probability, ...]
    ledger: tuple[LedgerLine, ...]
    category: Category | None = None
    settling: tuple[Settling, ...] = ()
    causes: tuple[CauseHint, ...] = ()
    category_needs: tuple[str, ...] = ()
    named: str | None = None
    suspected: str | None = None
    leaning: Entity | None = None
    leaning_share: float = 0.0

    def probability(self, entity: Entity) -> Probability:
        """The probability of ``entity``."""
        return next(p for p in self.probabilities if p.entity == entity)


class Assessment(Value, frozen=True):
    """The answer for one exam; ``guidance`` are ids in ``knowledge/guidance.toml``.

    ``priors`` are ids of all prior rows that were run; ``prior`` is the one where there is
    only one. An exam that is out of scope (foetal, animal) has no foci here.
    """

    exam: Exam
    foci: tuple[FocusAssessment, ...] = ()
    category: Category | None = None
    red_flags: tuple[RedFlag, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    guidance: tuple[str, ...] = ()
    prior: str | None = None
    priors: tuple[str, ...] = ()
    schema_version: str = ASSESSMENT_VERSION
    knowledge_version: str = ""

    def to_json(self) -> bytes:
        """The assessment as UTF-8 JSON, its exam included."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        SchemaError
            If ``data`` is not an assessment of this schema version.
        """
        assessment = decoded(data, cls, "assessment")
        same_version("assessment", assessment.schema_version, ASSESSMENT_VERSION)
        return assessment
