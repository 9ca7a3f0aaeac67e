"""How well photos of reports are read: each example typed, photographed and read both ways.

OMP_NUM_THREADS=1 python validation/photos.py
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from generator.scoring import same, units
from intake.pages import PHONE, Look, font_file, page, saved, taken

import hepaspot
from hepaspot.errors import EmptyInput
from hepaspot.intake.photo import words_of_photo
from hepaspot.report import fields, read_report

GOAL = 0.95
"""Share of the fields that come out of a photo as they come out of the typed text."""

LOOKS: dict[str, tuple[Look, dict[str, int]]] = {
    "clean scan": (Look(), {}),
    "turned 5° left, JPEG 60": (Look(tilt_deg=5, noise=2), {"quality": 60}),
    "turned 5° right, JPEG 60": (Look(tilt_deg=-5, noise=2), {"quality": 60}),
    "in perspective, on a desk": (Look(lean=0.1, noise=2, desk=70), {"quality": 60}),
    "light from one side": (Look(light=0.3, noise=3), {"quality": 60}),
    "blurred": (Look(blur_px=1.6, noise=2), {"quality": 60}),
    "all of these": (PHONE, {"quality": 60}),
}
FACES = ("sans", "serif")


@dataclass
class Figures:
    """What was compared and what came out otherwise."""

    compared: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    whole: int = 0
    photos: int = 0
    characters: int = 0
    wrong_characters: int = 0
    misses: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        """One row of the table."""
        agreed = 1 - self.missed.total() / max(1, self.compared)
        wrong = self.wrong_characters / max(1, self.characters)
        return f"| {name} | {agreed:.4f} | {self.whole} of {self.photos} | {wrong:.2%} |"


def told_by(text: str) -> dict[str, Any]:
    """Every field of a reading, and the red flags that it raises."""
    exam = read_report(text)
    flags = sorted(flag.id for flag in hepaspot.assess(exam).red_flags)
    return fields(exam) | {"red_flags": flags}


def photographed(text: str, look: str, face: str, folder: Path) -> str:
    """The words of a photo of ``text``; none where none can be made out."""
    seen, options = LOOKS[look]
    picture = taken(page(text, face=face), seen)
    path = saved(picture, folder / ("page.jpg" if options else "page.png"), **options)
    try:
        return words_of_photo(path).text
    except EmptyInput:
        return ""


def compare(figures: Figures, typed: str, read: str, name: str) -> None:
    """Add one photo to the figures."""
    got = told_by(read) if read else fields(hepaspot.Exam())
    missed = 0
    for key, wanted, found in units(told_by(typed), got):
        figures.compared += 1
        if not same(wanted, found):
            missed += 1
            figures.missed[key] += 1
            figures.misses.append(f"{name}: {key}: {wanted!r}, from the photo {found!r}")
    figures.photos += 1
    figures.whole += missed == 0
    figures.characters += len(_plain(typed))
    figures.wrong_characters += _edits(_plain(typed), _plain(read))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _edits(a: str, b: str) -> int:
    """Characters to put in, take out or change (Levenshtein)."""
    row = list(range(len(b) + 1))
    for n, left in enumerate(a, start=1):
        before, row[0] = row[0], n
        for m, right in enumerate(b, start=1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (left != right))
    return row[-1]


def _examples(every: int) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "examples").glob("*.txt"))[::every]:
        yield path.stem, path.read_text(encoding="utf-8")


def main() -> None:
    """Print a table, a row for each way to take a photo, and what came out otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="every n-th example only")
    parser.add_argument("--misses", action="store_true", help="print each of them")
    options = parser.parse_args()
    if any(font_file(language, face) is None for language in ("en", "zh-cn") for face in FACES):
        print("skipped: no font of this system shows Chinese (fonts-noto-cjk does)")
        return
    total = Figures()
    rows = {name: Figures() for name in [*LOOKS, *FACES, "en", "zh"]}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in _examples(options.every):
            for look in LOOKS:
                for face in FACES:
                    read = photographed(text, look, face, Path(folder))
                    for figures in (total, rows[look], rows[face], rows[name[:2]]):
                        compare(figures, text, read, f"{name}, {look}, {face}")
    print("| photo | fields as typed | reports as typed | characters wrong |\n|---|---|---|---|")
    for name, figures in rows.items():
        print(figures.row(name))
    print(total.row("all"))
    print(f"\ngoal {GOAL}; fields missed: {dict(total.missed.most_common())}")
    if options.misses:
        print("\n".join(total.misses))


if __name__ == "__main__":
    main()
