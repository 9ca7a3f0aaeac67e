"""What the author of the report says that something is."""

from __future__ import annotations

from hepaspot.exam import Certainty, Entity, Statement
from hepaspot.report.hits import Hit
from hepaspot.report.spans import Spans


def statement(hit: Hit, spans: Spans) -> Statement:
    """The statement that one mention makes."""
    return Statement(Entity(hit.lex.value), certainty(hit), spans.at(hit), hit.lex.name)


def historical(hit: Hit, spans: Spans) -> Statement:
    """The statement of a mention that is told of the past."""
    return Statement(Entity(hit.lex.value), Certainty.HISTORICAL, spans.at(hit), hit.lex.name)


def certainty(hit: Hit) -> Certainty:
    """How surely a mention is said; a denial outweighs any hedge around it."""
    if hit.negated or hit.refuted:
        return Certainty.NEGATED
    if hit.historical:
        return Certainty.HISTORICAL
    if hit.either:
        return Certainty.EITHER_OR
    return Certainty.HEDGED if hit.hedged else Certainty.ASSERTED
