"""Recipes that tests of phantoms share: quiet pictures with one thing in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hepaspot.phantom import FocusPlan, Recipe, Target, simulate

QUIET = Recipe(
    seed=5,
    width=640,
    height=480,
    depth_cm=14.0,
    dynamic_range_db=80.0,
    noise_db=-119.0,
    smoothing_mm=0.1,
    gallbladder=False,
    diaphragm=None,
    portal=False,
    vessels=0,
    text=False,
)
"""Plain liver, next to no noise, and a range in which nothing is cut off."""


def focus(target, size_mm=9.0, attenuation=10.0, contrast=22.0, **more):
    plan = {"depth_cm": 6.0, "lateral": -0.1} | more
    return FocusPlan(
        Target(target),
        size_mm=size_mm,
        contrast_db=contrast,
        attenuation_db_per_cm=attenuation,
        **plan,
    )


def with_focus(*plans, **changes):
    return replace(QUIET, foci=plans, **changes)


def first(recipe):
    """The first frame in grey levels and the truth."""
    frames, truth = simulate(recipe)
    frame = next(iter(frames))
    return (frame if frame.ndim == 2 else frame.max(axis=2)).astype(np.float64), truth


def polar(truth):
    """Depth in mm from the probe and angle in radians of every pixel."""
    y, x = np.mgrid[: truth.height, : truth.width]
    right = (x - truth.fan.apex[0]) * truth.mm_per_pixel_x
    down = (y - truth.fan.apex[1]) * truth.mm_per_pixel_y
    return np.hypot(right, down) - truth.fan.near_radius_mm, np.arctan2(right, down)
