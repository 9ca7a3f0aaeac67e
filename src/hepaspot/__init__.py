"""Tells harmless liver calcification from intrahepatic duct stone.

Three functions are all a newcomer needs::

    import hepaspot

    exam = hepaspot.read("report.txt")
    assessment = hepaspot.assess(exam)
    print(hepaspot.explain(assessment))

Decision support and research software, not a medical device.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from hepaspot._version import __version__

if TYPE_CHECKING:
    from hepaspot.errors import (
        EmptyInput,
        HepaspotError,
        InputError,
        KnowledgeError,
        MissingExtra,
        MissingInput,
        OutputError,
        ScanWithoutText,
        SchemaError,
        TooLarge,
        UnreadableInput,
        UnsupportedInput,
    )
    from hepaspot.exam import (
        ByHand,
        Caveat,
        Certainty,
        Count,
        Detail,
        Entity,
        Exam,
        Focus,
        Lobe,
        Measurement,
        Observation,
        Picture,
        Place,
        Provenance,
        Region,
        ScaleOrigin,
        Section,
        Setting,
        SettingKind,
        Size,
        SizeBound,
        Source,
        SourceKind,
        Statement,
        Words,
    )
    from hepaspot.explain import explain
    from hepaspot.reading import read
    from hepaspot.weigh import assess
    from hepaspot.weigh.assessment import (
        Assessment,
        Category,
        CauseHint,
        Conclusion,
        Contradiction,
        FocusAssessment,
        LedgerLine,
        Probability,
        RedFlag,
        SettleKind,
        Settling,
    )

__all__ = [
    "Assessment",
    "ByHand",
    "Category",
    "CauseHint",
    "Caveat",
    "Certainty",
    "Conclusion",
    "Contradiction",
    "Count",
    "Detail",
    "EmptyInput",
    "Entity",
    "Exam",
    "Focus",
    "FocusAssessment",
    "HepaspotError",
    "InputError",
    "KnowledgeError",
    "LedgerLine",
    "Lobe",
    "Measurement",
    "MissingExtra",
    "MissingInput",
    "Observation",
    "OutputError",
    "Picture",
    "Place",
    "Probability",
    "Provenance",
    "RedFlag",
    "Region",
    "ScaleOrigin",
    "ScanWithoutText",
    "SchemaError",
    "Section",
    "Setting",
    "SettingKind",
    "SettleKind",
    "Settling",
    "Size",
    "SizeBound",
    "Source",
    "SourceKind",
    "Statement",
    "TooLarge",
    "UnreadableInput",
    "UnsupportedInput",
    "Words",
    "__version__",
    "assess",
    "explain",
    "read",
]

_ROOMS = ("errors", "exam", "weigh.assessment")
_FUNCTIONS = {"read": "reading", "assess": "weigh", "explain": "explain"}


def __getattr__(name: str) -> object:
    """Load a name of the public face on first use: ``import hepaspot`` stays instant."""
    if name not in __all__:
        raise AttributeError(f"module 'hepaspot' has no attribute {name!r}")
    rooms = (_FUNCTIONS[name],) if name in _FUNCTIONS else _ROOMS
    value = next(
        getattr(module, name)
        for module in (import_module(f"hepaspot.{room}") for room in rooms)
        if hasattr(module, name)
    )
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


class _Face(ModuleType):
    """Keeps ``hepaspot.explain`` the function, whoever imports the room of that name."""

    def __setattr__(self, name: str, value: object) -> None:
        # The import system puts a room on its package as soon as it is loaded.
        if name == "explain" and isinstance(value, ModuleType):
            value = value.explain
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face
