"""What a bright spot is before any sign: the most uncertain input, so never a constant.

Several rows for one setting and region are the spread of what is known, and each is run.
A setting or a region that is not stated is every one of them in turn.
"""

from __future__ import annotations

import numpy as np

from hepaspot.errors import InputError
from hepaspot.exam import Setting, SettingKind
from hepaspot.knowledge import Knowledge, Prior
from hepaspot.weigh import draws
from hepaspot.weigh.caps import ENTITIES, Array


def kinds(setting: Setting) -> tuple[SettingKind, ...]:
    """The setting, or both where it is not stated."""
    return tuple(SettingKind) if setting.kind is None else (setting.kind,)


def regions(knowledge: Knowledge, setting: Setting) -> tuple[str, ...]:
    """The region, or all of them where it is not stated.

    Raises
    ------
    InputError
        If no prior is kept for the region.
    """
    if setting.region is None:
        return knowledge.regions
    if setting.region not in knowledge.regions:
        known = ", ".join(knowledge.regions)
        raise InputError(f"setting: region {setting.region!r} is not known; use one of {known}")
    return (setting.region,)


def prior_rows(knowledge: Knowledge, setting: Setting) -> tuple[Prior, ...]:
    """Every prior row that is run for ``setting``."""
    return tuple(
        row
        for kind in kinds(setting)
        for region in regions(knowledge, setting)
        for row in knowledge.priors_for(kind, region)
    )


def log_prior(knowledge: Knowledge, kind: SettingKind, regions: tuple[str, ...]) -> Array:
    """``(regions, entities, 1 + draws)``: index 0 of the last axis is the mean of the rows.

    Regions that share their figures are one.
    """
    alphas = [_alpha(knowledge.priors_for(kind, region)) for region in regions]
    distinct = {repr(alpha.tolist()): alpha for alpha in alphas}
    shares = [_region(knowledge, alpha, name) for name, alpha in distinct.items()]
    return np.log(np.maximum(np.stack(shares), draws.SMALLEST))


def _alpha(rows: tuple[Prior, ...]) -> Array:
    return np.array([[row.alpha.get(entity, 0.0) for entity in ENTITIES] for row in rows])


def _region(knowledge: Knowledge, alpha: Array, name: str) -> Array:
    drawn = draws.sampled(knowledge, alpha, name)
    return np.concatenate([draws.mean(alpha)[:, None], drawn], axis=1)
