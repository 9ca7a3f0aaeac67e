"""Means and draws of shares that are known from several rival sources.

Each rival is a Dirichlet. The mean is that of all rivals in equal parts; a draw follows one
of them, each rival equally often, so that their disagreement is part of every interval.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from hepaspot.knowledge import Knowledge, RuleId

Array = NDArray[np.float64]

SMALLEST = 1e-12
"""Floor of a share, 1: keeps a logarithm finite."""


def mean(alpha: Array) -> Array:
    """``(parts,)``: expected shares over rivals ``(rivals, parts)``; they add up to 1."""
    return np.asarray((alpha / alpha.sum(axis=1, keepdims=True)).mean(axis=0))


def sampled(knowledge: Knowledge, alpha: Array, *names: str) -> Array:
    """``(parts, draws)``: draws over rivals ``(rivals, parts)``; each draw adds up to 1.

    What is ``names``d gets a generator of its own: one more sign changes no other's draws.
    """
    seed = int(knowledge.rule(RuleId.SEED))
    rng = np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])
    rival = rng.permutation(np.arange(int(knowledge.rule(RuleId.DRAWS))) % len(alpha))
    parts = np.maximum(rng.standard_gamma(alpha[rival]), SMALLEST)
    return np.asarray((parts / parts.sum(axis=1, keepdims=True)).T)
