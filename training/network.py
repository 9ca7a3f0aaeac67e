"""The network: a small U-Net that looks at the whole fan and answers at half its grid."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTHS: Final = (24, 40, 72, 112, 160)
"""Channels from the half grid (64 x 80) down to 4 x 5: what runs in a few ms on one core."""

BOTTOM_DROPOUT: Final = 0.1
"""Share of the deepest channels left out at each step, against learning stills by heart."""


class LiverNetwork(nn.Module):
    """``(N, 2, 128, 160)`` grey and fan to ``(N, 1, 64, 80)`` logits of being liver."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(2, WIDTHS[0], 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(WIDTHS[0]),
            nn.ReLU(inplace=True),
        )
        narrower = (WIDTHS[0], *WIDTHS[:-1])
        self.down = nn.ModuleList(map(_block, narrower, WIDTHS))
        self.up = nn.ModuleList(
            _block(below + here, here)
            for below, here in zip(WIDTHS[:0:-1], WIDTHS[-2::-1], strict=True)
        )
        self.drop = nn.Dropout2d(BOTTOM_DROPOUT)
        self.head = nn.Conv2d(WIDTHS[0], 1, 1)

    def forward(self, picture: Tensor) -> Tensor:
        """Logits, before the sigmoid."""
        here = self.stem(picture)
        passed = []
        for level, block in enumerate(self.down):
            if level:
                here = functional.max_pool2d(here, 2)
            here = block(here)
            passed.append(here)
        here = self.drop(passed.pop())
        for block in self.up:
            wide = functional.interpolate(here, scale_factor=2.0, mode="nearest")
            here = block(torch.cat([wide, passed.pop()], dim=1))
        logits: Tensor = self.head(here)
        return logits


def _block(before: int, after: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (before, after):
        layers += [
            nn.Conv2d(channels, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)
