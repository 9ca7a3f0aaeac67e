"""Write the network as ONNX in 8-bit weights, and check that it still says the same.

The mirrored picture goes through beside the picture, and both answers are averaged within
the model: so a mirrored picture gives the mirrored liver, exactly but for rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
import torch
from network import LiverNetwork
from numpy.typing import NDArray
from onnxruntime.quantization import (  # type: ignore[import-untyped]
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import (  # type: ignore[import-untyped]
    quant_pre_process,
)
from torch import Tensor, nn

from hepaspot.sonogram.liver import COLUMNS, ROWS

MODEL: Final = Path(__file__).parents[1] / "src/hepaspot/sonogram/models/liver.onnx"
"""Where the packaged model lies."""

OPSET: Final = 17
"""ONNX operator set: read by every onnxruntime since 1.12."""

ROUNDING: Final = 1e-4
"""Probability by which the float model may differ from the network anywhere."""

COARSENESS: Final = 0.02
"""Mean difference in probability that 8 bits may make; 0.01 is measured, of no weight in Dice."""

Pictures = NDArray[np.float32]
"""``(n, 2, ROWS, COLUMNS)``."""


class _BothWays(nn.Module):
    """Probabilities, averaged over the picture and its mirror image."""

    def __init__(self, network: LiverNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        straight, mirrored = self.network(torch.cat([picture, picture.flip(3)])).chunk(2)
        return torch.sigmoid((straight + mirrored.flip(3)) / 2)


class _Pictures(CalibrationDataReader):  # type: ignore[misc]  # it has no types
    def __init__(self, pictures: Pictures) -> None:
        self._feeds: Iterator[dict[str, Pictures]] = ({"picture": row[None]} for row in pictures)

    def get_next(self) -> dict[str, Pictures] | None:
        return next(self._feeds, None)


def write_onnx(network: LiverNetwork, path: Path, pictures: Pictures) -> None:
    """Write ``picture (1, 2, ROWS, COLUMNS)`` to ``liver (1, 1, ROWS / 2, COLUMNS / 2)``.

    Parameters
    ----------
    network : LiverNetwork
    path : Path
    pictures : (n, 2, ROWS, COLUMNS) float32
        Stills that were learnt from: they set the ranges of the 8-bit numbers.

    Raises
    ------
    RuntimeError
        If what was written does not answer as the network does.
    """
    told = _BothWays(network).to(memory_format=torch.contiguous_format).eval()  # type: ignore[call-overload]
    with torch.no_grad():
        expected = np.concatenate([told(torch.from_numpy(row[None])).numpy() for row in pictures])
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        exact, merged = Path(folder) / "exact.onnx", Path(folder) / "merged.onnx"
        _export(told, exact)
        _require(np.abs(answers(exact, pictures) - expected).max() < ROUNDING, exact)
        quant_pre_process(str(exact), str(merged))
        quantize_static(
            str(merged),
            str(path),
            _Pictures(pictures),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    _tidy(path)
    _require(np.abs(answers(path, pictures) - expected).mean() < COARSENESS, path)


def answers(path: Path, pictures: Pictures) -> Pictures:
    """``(n, 1, ROWS / 2, COLUMNS / 2)``: what a written model says."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"picture": row[None]})[0] for row in pictures])


def _export(told: nn.Module, path: Path) -> None:
    torch.onnx.export(
        told,
        (torch.zeros(1, 2, ROWS, COLUMNS),),
        str(path),
        input_names=["picture"],
        output_names=["liver"],
        opset_version=OPSET,
        dynamo=False,
    )


def _require(same: bool, path: Path) -> None:
    if not same:
        raise RuntimeError(f"{path.name}: it does not answer as the network does; see export.py")


def _tidy(path: Path) -> None:
    """Leave out what the tools noted of themselves, and check the rest."""
    model = onnx.load(str(path))
    del model.metadata_props[:]
    used = {node.domain for node in model.graph.node}
    kept = [each for each in model.opset_import if each.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))
