"""What the exam says of the ducts inside and outside the liver."""

from __future__ import annotations

from typing import Literal

from hepaspot.exam import Measurement, Observation, plain
from hepaspot.knowledge import RowSetting
from hepaspot.report.ducts import DILATED, NOT_DILATED, DuctFinding
from hepaspot.report.limits import limit_mm
from hepaspot.report.reading import Reading
from hepaspot.report.spans import Spans

_Slot = Literal["intrahepatic", "extrahepatic"]
_BOTH: tuple[_Slot, _Slot] = ("intrahepatic", "extrahepatic")


def duct_observations(reading: Reading, spans: Spans) -> list[Observation]:
    """The state of each slot, by its widest width or else by the words for it."""
    settings = (RowSetting.POST_CHOLECYSTECTOMY,) if _gallbladder_is_out(reading) else ()
    found = []
    for slot in _BOTH:
        findings = [f for f in reading.ducts if _tells_of(slot, f)]
        widths = [f for f in findings if f.width_mm is not None]
        if widths:
            found.append(_by_width(slot, widths, findings, settings, spans))
        elif stated := [f for f in findings if f.state is not None]:
            found.append(_by_words(slot, stated, spans))
    return found


def _gallbladder_is_out(reading: Reading) -> bool:
    return any(h.lex.sign == "history_cholecystectomy" and not h.negated for h in reading.loose)


def _tells_of(slot: _Slot, finding: DuctFinding) -> bool:
    """A wide duct beside a focus makes the ducts of the liver dilated, a narrow one not."""
    if finding.slot != "local" or slot != "intrahepatic":
        return finding.slot == slot
    return finding.state == DILATED or (finding.width_mm or 0.0) > limit_mm(slot)


def _by_width(
    slot: _Slot,
    widths: list[DuctFinding],
    findings: list[DuctFinding],
    settings: tuple[str, ...],
    spans: Spans,
) -> Observation:
    """A number beats an adjective, but any dilated part makes the intrahepatic slot dilated."""
    widest = max(widths, key=lambda f: f.width_mm or 0.0)
    width = widest.width_mm or 0.0
    is_wide = width > limit_mm(slot, *settings)
    if slot == "intrahepatic":
        is_wide = is_wide or any(f.state == DILATED for f in findings)
    return Observation(
        f"duct_{slot}",
        {DILATED if is_wide else NOT_DILATED: 1.0},
        spans.words(widest.start, widest.end),
        Measurement(width, "mm"),
    )


def _by_words(slot: _Slot, stated: list[DuctFinding], spans: Spans) -> Observation:
    dilated = (f for f in stated if f.state == DILATED)
    finding = next(dilated, stated[0])
    return plain(f"duct_{slot}", finding.state or "", spans.words(finding.start, finding.end))
