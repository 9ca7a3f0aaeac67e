"""The rows that hold figures: signs, likelihoods, priors, limits, accuracies.

How a figure becomes a distribution stands here and nowhere else: counts are discounted to
``effective_n`` cases and `JEFFREYS` is added to each.
"""

from __future__ import annotations

from enum import StrEnum

from hepaspot.exam import Entity, Value
from hepaspot.knowledge.model import Row

JEFFREYS = 0.5
"""Added to the count of every state (Jeffreys prior), so that nothing is 0 or 1 for certain."""


class Level(StrEnum):
    """What a sign belongs to: one focus, or the whole exam."""

    FOCUS = "focus"
    EXAM = "exam"


class RowSetting(StrEnum):
    """Which people a likelihood row or a prior speaks for."""

    ANY = "any"
    HEALTH_CHECK = "health_check"
    SYMPTOMATIC = "symptomatic"
    POST_CHOLECYSTECTOMY = "post_cholecystectomy"


class Basis(StrEnum):
    """Seen in the source, derived from it by arithmetic, or a modelling judgement."""

    SEEN = "S"
    DERIVED = "D"
    JUDGEMENT = "J"


class Duct(StrEnum):
    """Which part of the bile ducts a calibre limit is for."""

    INTRAHEPATIC = "intrahepatic"
    EXTRAHEPATIC = "extrahepatic"


class Sign(Row, frozen=True, kw_only=True):
    """One sign and its states.

    ``group`` is the id of the `Group` of correlated signs it belongs to. ``neutral`` are
    states that weigh nothing between calcification and duct stone (they may still weigh
    towards gas or other). ``only_in`` limits the weighing to one setting. ``rows_of``
    names the sign whose likelihood rows this one shares. A sign that does not weigh has a
    ``reason``, an id that ``explain/`` words.
    """

    level: Level
    states: tuple[str, ...]
    weighs: bool
    group: str | None = None
    neutral: tuple[str, ...] = ()
    only_in: RowSetting | None = None
    rows_of: str | None = None
    reason: str | None = None


class LikelihoodRow(Row, frozen=True, kw_only=True):
    """How often each state of a sign is seen when the focus is one entity.

    ``counts`` are cases by state (all states of the sign) and add up to ``n``.
    ``effective_n`` is the number of cases that they are discounted to, None for no discount.
    Rows that name each other in ``conflicts_with`` are rival answers to one question: each
    is to be run, never their silent average.
    """

    sign: str
    entity: Entity
    setting: RowSetting
    counts: dict[str, float]
    n: float
    basis: Basis
    effective_n: float | None = None
    conflicts_with: tuple[str, ...] = ()

    @property
    def alpha(self) -> dict[str, float]:
        """Dirichlet parameters by state: discounted count plus `JEFFREYS`."""
        scale = 1.0 if self.effective_n is None else self.effective_n / self.n
        return {state: count * scale + JEFFREYS for state, count in self.counts.items()}

    @property
    def mean(self) -> dict[str, float]:
        """Expected share of each state; the shares add up to 1."""
        alpha = self.alpha
        total = sum(alpha.values())
        return {state: a / total for state, a in alpha.items()}


class Prior(Row, frozen=True, kw_only=True):
    """What a bright spot is before any sign, in one setting and region.

    ``shares`` are weights of any total. Several priors of one setting and region are the
    spread of what is known: all are to be run.
    """

    setting: RowSetting
    region: str
    shares: dict[Entity, float]
    effective_n: float

    @property
    def alpha(self) -> dict[Entity, float]:
        """Dirichlet parameters by entity; they add up to ``effective_n``."""
        total = sum(self.shares.values())
        return {entity: s * self.effective_n / total for entity, s in self.shares.items()}

    @property
    def mean(self) -> dict[Entity, float]:
        """Share of each entity; the shares add up to 1."""
        total = sum(self.shares.values())
        return {entity: share / total for entity, share in self.shares.items()}


class RuleId(StrEnum):
    """The numbers that bound weighing and comparing; ``rules.toml`` must give each of them."""

    SINGLE_LR_MIN = "single_lr_min"
    SINGLE_LR_MAX = "single_lr_max"
    HEALTH_CHECK_DILATATION_LR_MAX = "health_check_dilatation_lr_max"
    NO_DILATATION_LR_MIN = "no_dilatation_lr_min"
    SHADOW_IGNORED_BELOW_MM = "shadow_ignored_below_mm"
    CONVENTION_N_MAX = "convention_n_max"
    INTERVAL = "interval"
    LEANING_SHARE = "leaning_share"
    DRAWS = "draws"
    SEED = "seed"
    SIZE_STABLE_MM = "size_stable_mm"
    SAME_SPOT_RATIO = "same_spot_ratio"


class Rule(Row, frozen=True, kw_only=True):
    """One number that bounds weighing or comparing. Likelihood ratios are duct stone to calcification."""

    value: float
    unit: str = "1"


class Group(Row, frozen=True, kw_only=True):
    """Signs that go together, and the likelihood ratio that they may reach jointly.

    The joint ratio lies between ``1 / lr_max`` and ``lr_max``.
    """

    lr_max: float


class DuctThreshold(Row, frozen=True, kw_only=True):
    """Calibre above which a duct is dilated.

    An ``alternative`` limit is kept for the reader and is not applied.
    """

    duct: Duct
    setting: RowSetting = RowSetting.ANY
    limit_mm: float | None = None
    portal_ratio: float | None = None
    per_decade_mm: float = 0.0
    from_age_years: float | None = None
    alternative: bool = False

    def limit_mm_at(self, age_years: float | None) -> float | None:
        """The limit in mm at an age; without an age, that of the young."""
        if self.limit_mm is None or age_years is None or self.from_age_years is None:
            return self.limit_mm
        return self.limit_mm + max(0.0, age_years - self.from_age_years) / 10 * self.per_decade_mm


class Rate(Value, frozen=True, kw_only=True):
    """A sensitivity or specificity: ``k`` of ``n``, or a range from ``low`` to ``high``."""

    k: float | None = None
    n: float | None = None
    effective_n: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def mean(self) -> float:
        """The rate, Jeffreys-smoothed where it is a count, 0 to 1."""
        if self.k is not None and self.n is not None:
            scale = 1.0 if self.effective_n is None else self.effective_n / self.n
            return (self.k * scale + JEFFREYS) / (self.n * scale + 2 * JEFFREYS)
        return ((self.low or 0.0) + (self.high or 0.0)) / 2


class Accuracy(Value, frozen=True, kw_only=True):
    """How well a test finds ``target``, from one source or one convention."""

    target: Entity
    sensitivity: Rate
    specificity: Rate
    sources: tuple[str, ...] = ()
    convention: bool = False
    note: str = ""


class Test(Row, frozen=True, kw_only=True):
    """A further test: the signs that it answers and how accurate it is.

    Several accuracies are rivals: each is to be run.
    """

    __test__ = False

    answers: tuple[str, ...] = ()
    accuracy: tuple[Accuracy, ...] = ()
