"""The tables together, and the questions that are asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from hepaspot.exam import Entity, Value
from hepaspot.knowledge.figures import (
    Duct,
    DuctThreshold,
    Group,
    LikelihoodRow,
    Prior,
    RowSetting,
    Rule,
    RuleId,
    Sign,
    Test,
)
from hepaspot.knowledge.model import (
    Alert,
    Cause,
    Code,
    Contradiction,
    EntityRow,
    Guidance,
    RedFlag,
    ScreeningRule,
    Source,
)


class Knowledge(Value, frozen=True, kw_only=True):
    """Everything that steers an answer, as read from the tables.

    ``version`` is a short hash of the tables' content.
    """

    version: str
    sources: tuple[Source, ...]
    entities: tuple[EntityRow, ...]
    signs: tuple[Sign, ...]
    likelihoods: tuple[LikelihoodRow, ...]
    priors: tuple[Prior, ...]
    thresholds: tuple[DuctThreshold, ...]
    rules: tuple[Rule, ...]
    groups: tuple[Group, ...]
    causes: tuple[Cause, ...]
    guidance: tuple[Guidance, ...]
    screening: tuple[ScreeningRule, ...]
    red_flags: tuple[RedFlag, ...]
    contradictions: tuple[Contradiction, ...]
    alerts: tuple[Alert, ...]
    tests: tuple[Test, ...]
    codes: tuple[Code, ...]

    def source(self, source_id: str) -> Source:
        """The source with this id; KeyError where there is none."""
        return _by_id(self.sources, source_id)

    def sign(self, sign_id: str) -> Sign:
        """The sign with this id; KeyError where there is none."""
        return _by_id(self.signs, sign_id)

    def group(self, group_id: str) -> Group:
        """The group of correlated signs with this id; KeyError where there is none."""
        return _by_id(self.groups, group_id)

    def rule(self, rule_id: RuleId) -> float:
        """The number of one rule."""
        return _by_id(self.rules, rule_id).value

    def row(self, row_id: str) -> LikelihoodRow:
        """The likelihood row with this id; KeyError where there is none."""
        return _by_id(self.likelihoods, row_id)

    def sign_rows(self, sign: str) -> tuple[LikelihoodRow, ...]:
        """Every likelihood row of a sign (or of the sign whose rows it shares)."""
        owner = self.sign(sign).rows_of or sign
        return tuple(row for row in self.likelihoods if row.sign == owner)

    def rows_for(self, sign: str, entity: Entity, *settings: str) -> tuple[LikelihoodRow, ...]:
        """The rival rows of a sign for one entity, in the first setting that has any.

        Parameters
        ----------
        sign, entity
            The sign and what the focus is taken to be.
        settings
            `RowSetting` values, the most particular first; ``any`` is tried last by itself.

        Returns
        -------
        tuple of LikelihoodRow
            Rivals, each to be run; empty for a sign that does not weigh there.
        """
        rows = [row for row in self.sign_rows(sign) if row.entity == entity]
        for setting in (*settings, RowSetting.ANY):
            if found := tuple(row for row in rows if row.setting == setting):
                return found
        return ()

    def priors_for(self, setting: str, region: str | None = None) -> tuple[Prior, ...]:
        """The priors of a setting; of every region where none is given."""
        return tuple(
            prior
            for prior in self.priors
            if prior.setting == setting and region in (None, prior.region)
        )

    @property
    def regions(self) -> tuple[str, ...]:
        """Region ids, in the order of the priors."""
        return tuple(dict.fromkeys(prior.region for prior in self.priors))

    def thresholds_for(self, duct: Duct, *settings: str) -> tuple[DuctThreshold, ...]:
        """The calibre limits in force for a duct, in the first setting that has any."""
        rows = [row for row in self.thresholds if row.duct == duct and not row.alternative]
        for setting in (*settings, RowSetting.ANY):
            if found := tuple(row for row in rows if row.setting == setting):
                return found
        return ()

    def codes_for(self, concept: str) -> tuple[Code, ...]:
        """The codes of one concept, such as ``entity:duct_stone``; empty where none was seen."""
        return tuple(code for code in self.codes if code.concept == concept)


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_R = TypeVar("_R", bound=_Identified)


def _by_id(rows: Iterable[_R], wanted: str) -> _R:
    for row in rows:
        if row.id == wanted:
            return row
    raise KeyError(wanted)
