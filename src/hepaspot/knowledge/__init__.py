"""The figures and guidance that steer an answer, each with its source.

`load` gives the packaged tables, `load_from` those of a folder, `load_with_overlay` the packaged
ones with figures of one archive beside them. A row without a source or a convention mark is
refused.
"""

from hepaspot.knowledge.book import Knowledge
from hepaspot.knowledge.figures import (
    Accuracy,
    Basis,
    Duct,
    DuctThreshold,
    Group,
    Level,
    LikelihoodRow,
    Prior,
    Rate,
    RowSetting,
    Rule,
    RuleId,
    Sign,
    Test,
)
from hepaspot.knowledge.load import load, load_from
from hepaspot.knowledge.model import (
    Cause,
    Code,
    Conditional,
    Contradiction,
    EntityRow,
    Guidance,
    Quality,
    RedFlag,
    Row,
    ScreeningRule,
    Seen,
    Source,
)
from hepaspot.knowledge.overlay import is_local, load_with_overlay

__all__ = [
    "Accuracy",
    "Basis",
    "Cause",
    "Code",
    "Conditional",
    "Contradiction",
    "Duct",
    "DuctThreshold",
    "EntityRow",
    "Group",
    "Guidance",
    "Knowledge",
    "Level",
    "LikelihoodRow",
    "Prior",
    "Quality",
    "Rate",
    "RedFlag",
    "Row",
    "RowSetting",
    "Rule",
    "RuleId",
    "ScreeningRule",
    "Seen",
    "Sign",
    "Source",
    "Test",
    "is_local",
    "load",
    "load_from",
    "load_with_overlay",
]
