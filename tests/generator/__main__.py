"""Score the reader on made-up reports: ``python -m tests.generator --language zh --misses 20``."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import Any

from . import generate
from .scoring import Miss, Score, score


def say(line: str) -> None:
    """Write one line to standard output."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print samples, or the accuracy by field and the misses."""
    asked = _arguments()
    pairs = generate(asked.language, asked.seed, asked.n)
    if asked.samples:
        for text, truth in pairs[: asked.samples]:
            say(f"{text}\n{json.dumps(truth, ensure_ascii=False)}\n")
        return
    result = score(pairs, _read)
    say(result.table())
    for miss in _varied(result, asked.misses, asked.field):
        say(f"\n{miss}")


def _read(text: str) -> dict[str, Any]:
    from hepaspot.report import fields, read_report

    return dict(fields(read_report(text)))


def _varied(result: Score, most: int, only: str | None) -> list[Miss]:
    """At most ``most`` misses, spread over the reports: the first of each report counts first."""
    seen: Counter[str] = Counter()
    ranked = []
    for miss in result.misses:
        if only is None or only in miss.key:
            ranked.append((seen[miss.text], miss))
            seen[miss.text] += 1
    return [miss for _, miss in sorted(ranked, key=lambda pair: pair[0])[:most]]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.generator")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-n", type=int, default=2000)
    parser.add_argument("--misses", type=int, default=10, help="how many misses to print")
    parser.add_argument("--field", help="print only misses of fields that contain this")
    parser.add_argument("--samples", type=int, default=0, help="print reports and truth instead")
    return parser.parse_args()


if __name__ == "__main__":
    main()
