"""An archive of which the truth is known, and reviewers who say what they are told to."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from archive.archives import CALCIFIED, CLEAN, NORMAL, STONE, table, write_csv

from hepaspot.archive.asking.result import audited
from hepaspot.archive.asking.sampling import sample
from hepaspot.archive.auditing import Order, audit
from hepaspot.archive.sources import sources
from hepaspot.exam import Setting, SettingKind

ALERT = "stone_without_dilatation"
KINDS = (NORMAL, STONE, CLEAN, CALCIFIED, NORMAL)


def records(count):
    """Exams of a person each but for the last ten, who come again."""
    return [
        {
            "exam": f"E{number:05}",
            "person": f"P{number if number < count - 10 else number - 10}",
            "date": f"20{15 + number % 9}-03-{1 + number % 28:02}",
            "site": f"S{number % 3}",
            "age": 30 + number % 40,
            "text": f"{KINDS[number % 5]}\nNo. {number}.",
        }
        for number in range(count)
    ]


def audited_archive(folder, count=100):
    """A finished audit at a health check in East Asia."""
    source = write_csv(folder / "reports.csv", records(count))
    setting = Setting(kind=SettingKind.HEALTH_CHECK, region="east_asia")
    order = Order(sources([str(source)]), {}, setting, per_part=40)
    result = folder / "result"
    audit(order, result, lambda done, parts, part: None)
    return audited(result)


def copied(result, folder):
    """Another result with the same tables, and no review of it."""
    shutil.copytree(result.folder, folder, ignore=shutil.ignore_patterns("reviews"))
    return audited(folder)


def drawn(result, folder, *, alert=ALERT, count=12, clean=18, seed=5):
    """A sheet, and what its key tells of each row."""
    made = sample(result, alert, count, clean, seed, Path(folder))
    return made, key_of(made)


def key_of(made):
    return json.loads(made.key.read_text())


def rows_of(sheet):
    with Path(sheet).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fill(sheet, answer, target=None, *, encoding="utf-8-sig", delimiter=","):
    """Fill a sheet in: ``answer`` takes a row and gives its cells; None leaves the row out."""
    rows = rows_of(sheet)
    told = [{**row, **cells} for row in rows if (cells := answer(row)) is not None]
    target = target or Path(sheet).with_name("filled.csv")
    with target.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(told)
    return target


def truthful(alert=ALERT, proven="yes"):
    """A reviewer who finds what is there, and names every spot by its words."""

    def answer(row):
        stone = "肝内胆管结石" in row["report"]
        calcified = "calcification" in row["report"]
        spot = "duct_stone" if stone else "calcification" if calcified else "no_spot"
        wrong = "calcification_with_dilatation" if "are dilated" in row["report"] else "none"
        return {"problems": alert if stone else wrong, "spot": spot, "proven": proven}

    return answer


def with_alert(result, alert=ALERT):
    return {row["exam"] for row in table(result.folder, "exams") if alert in row["alerts"]}
