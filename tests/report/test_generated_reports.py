"""Made-up reports with known truth, and texts made to hurt."""

from __future__ import annotations

import pytest
from generator import generate
from generator.adversarial import adversarial_texts
from generator.scoring import score

from hepaspot.report import fields, read_report

REPORTS = 2_000
SEED = 20_240
LEAST_ACCURACY = 0.995
"""Share of all expected fields that must come out as written."""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_made_up_reports_are_read_as_written(language):
    result = score(generate(language, SEED, REPORTS), lambda text: fields(read_report(text)))
    misses = "\n".join(str(miss) for miss in result.misses[:10])
    assert result.accuracy >= LEAST_ACCURACY, f"{result.table()}\n{misses}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_same_seed_makes_the_same_reports(language):
    assert generate(language, 3, 20) == generate(language, 3, 20)
    assert generate(language, 3, 20) != generate(language, 4, 20)


def test_a_missing_or_an_extra_focus_costs_all_its_fields():
    focus = {"entity": "calcification", "lobe": "left"}
    truth = {"foci": [focus], "refuted": []}
    assert score([("", truth)], lambda _: truth).accuracy == 1
    assert score([("", truth)], lambda _: {"foci": [], "refuted": []}).accuracy == 1 - 2 / 3
    assert (
        score([("", truth)], lambda _: {"foci": [focus] * 2, "refuted": []}).accuracy == 1 - 2 / 5
    )


@pytest.mark.parametrize("name", adversarial_texts(1))
def test_a_text_made_to_hurt_is_read_without_an_error(name):
    fields(read_report(adversarial_texts(2_000)[name]))
