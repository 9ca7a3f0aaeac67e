"""What each page tells, as ids of messages, and the sources behind single sentences."""

from __future__ import annotations

from typing import Final

from hepaspot.exam import Value
from hepaspot.explain.document import Figure
from hepaspot.explain.words import Words


class Drawing(Value, frozen=True):
    """A drawing, and the ids of its caption, of its description and of the words in it."""

    name: str
    caption: str
    alt: str
    labels: tuple[str, ...]

    def figure(self, words: Words) -> Figure:
        """The drawing with its words in one language."""
        labels = tuple(words.line(label) for label in self.labels)
        return Figure(self.name, words.line(self.caption), words.line(self.alt), labels)


class Topic(Value, frozen=True):
    """The sections of a page in order, each a list of lines; a drawing in one of them."""

    sections: dict[str, tuple[str, ...]]
    drawing: Drawing | None = None
    drawn_in: str = "look"


DIFFERENCE: Final = Drawing(
    "difference",
    "patient.figure.caption",
    "patient.figure.alt",
    tuple(
        f"patient.figure.{label}"
        for label in ("spot", "stone", "quiet", "duct", "wide", "calcium", "stone_word")
    ),
)
"""Spot and stone side by side; the patient's page has it too."""


def _drawing(name: str, *labels: str) -> Drawing:
    words = tuple(f"page.figure.{label}" for label in labels)
    return Drawing(name, f"page.figure.caption.{name}", f"page.figure.alt.{name}", words)


PAGES: Final[dict[str, Topic]] = {
    "calcification": Topic(
        {
            "what": ("spot", "scar.calm", "common", "chance"),
            "cause": ("infection", "many", "lump"),
            "look": ("bright", "duct"),
            "next": ("manual.calm", "illness"),
        },
    ),
    "duct_stones": Topic(
        {
            "what": ("stone", "rare"),
            "cause": ("bile",),
            "look": ("bright", "alike"),
            "next": ("watch", "cancer", "guideline"),
        },
        DIFFERENCE,
    ),
    "duct_gas": Topic(
        {
            "what": ("gas",),
            "cause": ("surgery", "unknown"),
            "look": ("blurred",),
            "next": ("tell",),
        },
        _drawing("gas", "gas", "blurred", "duct"),
    ),
    "wide_ducts": Topic(
        {
            "what": ("width", "main"),
            "cause": ("block", "gallbladder"),
            "look": ("tubes",),
            "next": ("look",),
        },
        _drawing("widths", "vein", "thin", "wide"),
    ),
    "ultrasound": Topic(
        {
            "what": ("sound", "rays", "fasting"),
            "look": ("shadow", "missed"),
            "next": ("small", "more"),
        },
        _drawing("ultrasound", "probe", "spot", "shadow"),
    ),
    "follow_up": Topic(
        {
            "what": ("why", "no_trial", "low_risk.calm", "high_risk"),
            "look": ("error", "gone"),
            "next": ("bring", "early"),
        },
    ),
}
"""Pages by id, in the order in which they are offered."""

SOURCES: Final[dict[str, tuple[str, ...]]] = {
    "page.calcification.what.scar.calm": ("Q1",),
    "page.calcification.what.common": ("B2",),
    "page.calcification.what.chance": ("C1",),
    "page.calcification.cause.infection": ("Q1", "R3"),
    "page.calcification.cause.many": ("G1",),
    "page.calcification.cause.lump": ("G1", "M1"),
    "page.calcification.look.bright": ("C2", "C3"),
    "page.calcification.look.duct": ("C2",),
    "page.calcification.next.manual.calm": ("G1",),
    "page.calcification.next.illness": ("G2",),
    "page.duct_stones.what.rare": ("B1", "K7"),
    "page.duct_stones.cause.bile": ("J7", "K2"),
    "page.duct_stones.look.bright": ("K1", "J4"),
    "page.duct_stones.look.alike": ("J1",),
    "page.duct_stones.next.watch": ("K5",),
    "page.duct_stones.next.cancer": ("K5",),
    "page.duct_stones.next.guideline": ("G3",),
    "page.duct_gas.what.gas": ("R1",),
    "page.duct_gas.cause.surgery": ("P5",),
    "page.duct_gas.look.blurred": ("P1", "J5"),
    "page.wide_ducts.what.width": ("N1",),
    "page.wide_ducts.what.main": ("N1",),
    "page.wide_ducts.cause.gallbladder": ("N3",),
    "page.wide_ducts.next.look": ("G1",),
    "page.ultrasound.what.fasting": ("H4",),
    "page.ultrasound.look.shadow": ("U8",),
    "page.ultrasound.look.missed": ("D9",),
    "page.ultrasound.next.small": ("T1", "U1"),
    "page.follow_up.what.low_risk.calm": ("G2",),
    "page.follow_up.what.high_risk": ("G2",),
    "page.follow_up.look.error": ("U1",),
    "page.follow_up.look.gone": ("HM2",),
}
"""Sources in ``knowledge/`` behind single sentences of the pages."""
