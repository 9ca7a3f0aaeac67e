"""Train the liver network and write ``models/liver.onnx``: one command, fixed seeds.

::

    python training/train_liver.py --data ../shared/data/liver-sonograms
"""

from __future__ import annotations

import argparse
import copy
import itertools
import logging
import math
import time
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from augment import Rng, Sample, on_canvas, plain, varied
from export import MODEL, write_onnx
from network import LiverNetwork
from split import Part
from stills import read_stills
from torch import Tensor
from torch.nn import functional

SEED: Final = 20221107
"""Seed of weights, order and variations; any other should do as well."""

EPOCHS: Final = 400
"""Times that each still is seen, varied anew: what half an hour on one core allows."""

BATCH: Final = 16
"""Stills a step."""

PEAK_RATE: Final = 4e-3
"""Learning rate after warming up; it falls to nothing along a cosine."""

WARM_UP: Final = 0.05
"""Share of the steps in which the rate rises."""

DECAY: Final = 0.03
"""Weight decay of AdamW."""

MEMORY: Final = 0.995
"""Share of the averaged weights kept at each step: they average over about 200 steps."""

RANGES_FROM: Final = 100
"""Stills that the ranges of the 8-bit numbers are taken from."""

LOG = logging.getLogger("train_liver")


def main() -> None:
    """Train, tell how it goes, and write the model."""
    parser = argparse.ArgumentParser(description="Train the liver network.")
    parser.add_argument("--data", type=Path, required=True, help="folder of annotated stills")
    parser.add_argument("--out", type=Path, default=MODEL, help="the model to write")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(1)
    network = train(given.data, given.epochs)
    learnt = itertools.islice(read_stills(given.data, Part.LEARN), RANGES_FROM)
    write_onnx(network, given.out, np.stack([plain(on_canvas(still))[0] for still in learnt]))


def train(folder: Path, epochs: int = EPOCHS) -> LiverNetwork:
    """Train on the stills of `Part.LEARN`; the averaged weights are given back."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    learn = [on_canvas(still) for still in read_stills(folder, Part.LEARN)]
    inner = [plain(on_canvas(still)) for still in read_stills(folder, Part.INNER)]
    network = _laid_out(LiverNetwork())
    averaged = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=PEAK_RATE, weight_decay=DECAY)
    steps = epochs * (len(learn) // BATCH)
    rates = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / steps))
    started = time.monotonic()
    for epoch in range(epochs):
        losses = []
        for chosen in _batches(len(learn), rng):
            losses.append(_step(network, optimiser, [learn[i] for i in chosen], rng))
            rates.step()
            _average(
                averaged, network, min(MEMORY, (1 + rates.last_epoch) / (10 + rates.last_epoch))
            )
        if epoch % 10 == 9 or epoch == epochs - 1:
            score = _dice(averaged, inner)
            spent = time.monotonic() - started
            LOG.info(
                "%4d loss %.4f inner Dice %.4f %5.0f s", epoch + 1, np.mean(losses), score, spent
            )
    return averaged


def _laid_out(network: LiverNetwork) -> LiverNetwork:
    """Channels last: twice as fast in half precision on a CPU."""
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


def _rate(done: float) -> float:
    """Share of the peak rate after a share of the steps."""
    if done < WARM_UP:
        return done / WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))


def _batches(count: int, rng: Rng) -> list[np.ndarray]:
    order = rng.permutation(count)
    return [order[at : at + BATCH] for at in range(0, count - BATCH + 1, BATCH)]


def _step(
    network: LiverNetwork, optimiser: torch.optim.Optimizer, samples: list[Sample], rng: Rng
) -> float:
    network.train()
    picture, liver, fan = _stacked([varied(sample, rng) for sample in samples])
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(picture.contiguous(memory_format=torch.channels_last))
    loss = _loss(logits.float(), liver, fan)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


def _stacked(
    rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> tuple[Tensor, Tensor, Tensor]:
    picture, liver, fan = (torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True))
    return picture, liver[:, None], fan[:, None]


def _loss(logits: Tensor, liver: Tensor, fan: Tensor) -> Tensor:
    """Cross-entropy and soft Dice within the fan, on the full grid."""
    logits = functional.interpolate(logits, size=liver.shape[-2:], mode="bilinear")
    entropy = functional.binary_cross_entropy_with_logits(logits, liver, reduction="none")
    likely = torch.sigmoid(logits) * fan
    both = (likely * liver).sum((1, 2, 3))
    dice = (2 * both + 1) / (likely.sum((1, 2, 3)) + liver.sum((1, 2, 3)) + 1)
    return (entropy * fan).sum() / fan.sum() + (1 - dice).mean()


def _average(averaged: LiverNetwork, network: LiverNetwork, memory: float) -> None:
    with torch.no_grad():
        states = zip(averaged.state_dict().values(), network.state_dict().values(), strict=True)
        for kept, new in states:
            if kept.dtype.is_floating_point:
                kept.lerp_(new, 1 - memory)
            else:
                kept.copy_(new)


@torch.no_grad()
def _dice(network: LiverNetwork, rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> float:
    picture, liver, fan = _stacked(rows)
    logits = functional.interpolate(network(picture), size=liver.shape[-2:], mode="bilinear")
    seen = (logits > 0) & (fan > 0)
    both = (seen * liver).sum((1, 2, 3))
    return float((2 * both / (seen.sum((1, 2, 3)) + liver.sum((1, 2, 3)))).mean())


if __name__ == "__main__":
    main()
