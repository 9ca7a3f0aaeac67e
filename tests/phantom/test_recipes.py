"""Recipes can be drawn at random, and what no scanner does is refused."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest

pytest.importorskip("cv2", reason="phantoms are simulated with the extra 'picture'")

from phantom.recipes import focus, with_focus

from hepaspot.errors import InputError
from hepaspot.phantom import Recipe, Target, random_recipes


def test_recipes_hold_every_kind_and_one_several_and_no_foci():
    recipes = random_recipes(120, 1)
    assert {recipe.target for recipe in recipes} == set(Target)
    assert {len(recipe.foci) for recipe in recipes} == {0, 1, 2, 3}
    assert any(r.haze_db for r in recipes)
    assert any(r.ribs for r in recipes)
    assert {r.calipers is None for r in recipes} == {True, False}


def test_recipes_vary_size_depth_gain_attenuation_and_noise():
    recipes = random_recipes(120, 1)
    sizes = [plan.size_mm for recipe in recipes for plan in recipe.foci]
    assert min(sizes) >= 2.0
    assert max(sizes) <= 10.0
    assert min(sizes) < 3.0
    assert max(sizes) > 9.0
    for name in ("gain_db", "depth_cm", "background_db_per_cm_mhz", "noise_db", "frequency_mhz"):
        assert len({getattr(recipe, name) for recipe in recipes}) > 15


def test_a_longer_list_starts_with_the_shorter_one():
    assert random_recipes(9, 4)[:4] == random_recipes(4, 4)
    assert random_recipes(4, 4) != random_recipes(4, 5)


def test_no_two_recipes_share_a_seed():
    seeds = [recipe.seed for seed in (0, 1) for recipe in random_recipes(50, seed)]
    assert len(set(seeds)) == len(seeds)


def test_one_kind_can_be_asked_for():
    assert {recipe.target for recipe in random_recipes(6, 2, target="gas")} == {Target.GAS}
    none = random_recipes(3, 2, target=Target.NONE)
    assert all(not recipe.foci and recipe.calipers is None for recipe in none)


def test_foci_stand_apart_so_that_no_shadow_falls_on_another():
    for recipe in random_recipes(200, 6, target="calcification"):
        beams = sorted(plan.lateral for plan in recipe.foci)
        assert all(b - a > 0.3 for a, b in pairwise(beams))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: random_recipes(-1), "count and seed must be at least 0"),
        (lambda: random_recipes(1, target="cyst"), "no target 'cyst'; give one of calcification"),
        (lambda: Recipe(1, depth_cm=90), "depth_cm is 90; give one from 6 to 26"),
        (lambda: Recipe(1, width=10), "width is 10; give one from 200 to 2048"),
        (lambda: with_focus(focus("gas", 90.0)), "size_mm of a focus is 90"),
        (lambda: with_focus(focus("gas", depth_cm=13.9)), "depth_cm of a focus is 13.9"),
        (lambda: with_focus(focus("none")), "a focus of target none; leave it out"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_importing_phantoms_loads_nothing_heavy():
    code = (
        "import sys, hepaspot.phantom as p; p.random_recipes; "
        "print([m for m in ('cv2', 'pydicom', 'onnxruntime', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
