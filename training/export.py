"""Write the network as ONNX, probabilities out, and check that both say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from hepaspot.sonogram.liver import COLUMNS, ROWS
from network import LiverNetwork

MODEL: Final = Path(__file__).parents[1] / "src/hepaspot/sonogram/models/liver.onnx"
"""Where the packaged model lies."""

OPSET: Final = 17
"""ONNX operator set: read by every onnxruntime since 1.12."""

LARGEST_DIFFERENCE: Final = 1e-4
"""Probability by which the two may differ: rounding, no more."""


class _Probability(nn.Module):
    def __init__(self, network: LiverNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        return torch.sigmoid(self.network(picture))


def write_onnx(network: LiverNetwork, path: Path) -> None:
    """Write ``picture (1, 2, ROWS, COLUMNS)`` to ``liver (1, 1, ROWS / 2, COLUMNS / 2)``.

    Raises
    ------
    RuntimeError
        If the written model does not answer as the network does.
    """
    told = _Probability(network).to(memory_format=torch.contiguous_format).eval()
    picture = torch.randn(1, 2, ROWS, COLUMNS, generator=torch.Generator().manual_seed(0))
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        told,
        (picture,),
        str(path),
        input_names=["picture"],
        output_names=["liver"],
        opset_version=OPSET,
        dynamo=False,
    )
    _without_traces(path)
    with torch.no_grad():
        expected = told(picture).numpy()
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {"picture": picture.numpy()})
    if np.abs(answer - expected).max() > LARGEST_DIFFERENCE:
        raise RuntimeError(
            f"{path.name}: it does not answer as the network does; try another opset"
        )


def _without_traces(path: Path) -> None:
    """Leave out names of files and calls that the exporter noted, and check the rest."""
    model = onnx.load(str(path))
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))
