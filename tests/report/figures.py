"""Prints how many golden lines and blind reports are read right in every field.

PYTHONPATH=tests python -m report.figures
"""

from __future__ import annotations

import sys

from report.lines import LANGUAGES, differences, lines

from hepaspot.report import read_report


def main() -> None:
    """Print one line a file."""
    for folder in ("golden", "blind"):
        for language in LANGUAGES:
            every = lines(folder, language)
            right = sum(not differences(line.expect, read_report(line.text)) for line in every)
            share = right / len(every)
            sys.stdout.write(f"{folder} {language}: {right} of {len(every)} ({share:.1%})\n")


if __name__ == "__main__":
    main()
