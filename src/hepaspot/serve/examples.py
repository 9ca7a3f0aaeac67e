"""Examples to try: two reports and a simulated picture; no person stands behind them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hepaspot.serve.holding import hold
from hepaspot.serve.server import Sent

REPORTS: Final = ("report-en", "report-zh")
"""Examples that are words."""

EXAMPLES: Final = (*REPORTS, "picture")
"""All examples, in the order in which they are offered."""


def example(name: str) -> Sent:
    """What a user would send to have an example read."""
    if name in REPORTS:
        return Sent(texts=(_report(name),))
    dicom, words = _simulated()
    return Sent(files=(hold(BytesIO(dicom), "example.dcm"),), texts=(words,))


def _report(name: str) -> str:
    folder = resources.files("hepaspot.serve") / "example_reports"
    return (folder / f"{name}.txt").read_text(encoding="utf-8")


@cache
def _simulated() -> tuple[bytes, str]:
    """The simulated exam of the demo: a calcification that its report calls a stone."""
    from hepaspot.phantom import write_demo

    with TemporaryDirectory() as folder:
        made = write_demo(Path(folder), language="en")
        report = Path(made.dicom).with_suffix(".txt").read_text(encoding="utf-8")
        return Path(made.dicom).read_bytes(), report
