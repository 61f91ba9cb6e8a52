"""A network as an ONNX file: pictures and segments in, probabilities out, any batch and lengths."""

import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from mrpn.common.errors import ConfigError, MrpnError
from mrpn.common.files import atomic_path, write_text
from mrpn.network import Branch
from mrpn.network.aggregators import (
    BiLSTMAggregator,
    LSTMAggregator,
    MeanAggregator,
)
from mrpn.recognition.recognizer import Recognizer
from mrpn.weights import evidence

OPSET = 17
LENGTH = "_length"


class Exportable(nn.Module):
    """A network over padded sequences with their lengths, in operations that ONNX knows.

    Inputs, by modality in sorted order: `<modality>` [B, T, ...], T >= 1, and `<modality>_length`
    [B], 0 where it is missing. Outputs: scores and calibrated probabilities, [B, classes]. What
    stands in the padding changes nothing. Source: ours.

    Args:
        recognizer: whose network it is; its parts are shared.

    Raises:
        ConfigError: an aggregator other than lstm and mean.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        super().__init__()
        self.network = recognizer.network
        self.modalities = recognizer.scorer.modalities
        calibration = recognizer.answering.calibration
        doubts = {} if calibration is None else calibration.doubts
        self._temperatures = {name: doubt.temperature for name, doubt in doubts.items()}
        for name in self.modalities:
            aggregator = self._branch(name).aggregator
            known = (LSTMAggregator, MeanAggregator)
            if not isinstance(aggregator, known) or isinstance(aggregator, BiLSTMAggregator):
                kind = type(aggregator).__name__
                raise ConfigError(f"{kind} cannot be written as ONNX; lstm and mean can")

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores and probabilities."""
        f: dict[str, Tensor] = {}
        present: dict[str, Tensor] = {}
        for place, name in enumerate(self.modalities):
            values, lengths = inputs[2 * place], inputs[2 * place + 1]
            branch = self._branch(name)
            encoded = branch.encoder(values.flatten(0, 1)).unflatten(0, values.shape[:2])
            there = lengths > 0
            found = _aggregated(branch.aggregator, encoded, lengths.clamp(min=1))
            f[name], present[name] = torch.where(there[:, None], found, 0.0), there
        scores = self.network.score(f, present).fused
        return scores, (scores / self._temperature(present)).softmax(dim=1)

    def _temperature(self, present: Mapping[str, Tensor]) -> Tensor:
        first = next(iter(present.values()))
        found = torch.ones_like(first, dtype=torch.float32)
        for name, temperature in self._temperatures.items():
            fits = torch.ones_like(first)
            for modality, there in present.items():
                fits = fits & (there if modality in name.split("+") else ~there)
            found = torch.where(fits, temperature, found)
        return found[:, None]

    def _branch(self, name: str) -> Branch:
        return cast(Branch, self.network.branches[name])


def export_onnx(recognizer: Recognizer, path: Path) -> None:
    """Write a recognizer's network as ONNX, and how its inputs are made beside it as JSON.

    Args:
        recognizer: on the processor.
        path: of the .onnx file; the description has the same name with .json.

    Raises:
        ConfigError: another suffix, or as `Exportable`.
    """
    if path.suffix != ".onnx":
        raise ConfigError(f"{path}: a network is exported as .onnx")
    module = Exportable(recognizer).eval()
    inputs: list[Tensor] = []
    names: list[str] = []
    axes: dict[str, dict[int, str]] = {"scores": {0: "batch"}, "probabilities": {0: "batch"}}
    for name in module.modalities:
        shape = recognizer.preprocessing.shapes()[name]
        inputs += [torch.randn(2, 3, *shape), torch.tensor([3, 2])]
        names += [name, name + LENGTH]
        axes |= {name: {0: "batch", 1: f"{name}_time"}, name + LENGTH: {0: "batch"}}
    with atomic_path(path) as partial, warnings.catch_warnings():
        # The exporter of traced graphs, which writes LSTMs of any length as one operation.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(inputs),
            str(partial),
            input_names=names,
            output_names=["scores", "probabilities"],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    write_text(path.with_suffix(".json"), json.dumps(describe(recognizer), indent=2) + "\n")


def describe(recognizer: Recognizer) -> dict[str, object]:
    """Return what a user of the exported network has to know, as plain values."""
    shapes = recognizer.preprocessing.shapes()
    calibration = recognizer.answering.calibration
    return {
        "classes": list(recognizer.classes),
        "inputs": {name: ["batch", "time", *shapes[name]] for name in recognizer.scorer.modalities},
        "lengths": [name + LENGTH for name in recognizer.scorer.modalities],
        "preprocessing": recognizer.preprocessing.model_dump(mode="json"),
        "evidence": evidence(recognizer.scorer.modalities),
        "calibration": None if calibration is None else calibration.model_dump(mode="json"),
    }


def quantise(path: Path, out: Path) -> None:
    """Write an ONNX file with its weights in 8 bits, activations quantised as they come.

    Raises:
        MrpnError: the package `onnx` is not installed.
    """
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError as error:
        raise MrpnError("int8 needs the package onnx: pip install mrpn[export]") from error
    with atomic_path(out) as partial, _without_advice():
        quantize_dynamic(str(path), str(partial), weight_type=QuantType.QUInt8)


@contextmanager
def _without_advice() -> Iterator[None]:
    """Keep the quantiser from advising a step that this network does not need."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)


def _aggregated(aggregator: nn.Module, values: Tensor, lengths: Tensor) -> Tensor:
    """Aggregate padded elements [B, T, width] of lengths 1 and more, as the aggregator does."""
    # Counted in the input, since the exporter would otherwise fix the number of steps.
    steps = (0 * values[0, :, 0] + 1).cumsum(dim=0) - 1
    valid = steps[None] < lengths[:, None]
    if isinstance(aggregator, LSTMAggregator):
        return _lstm(aggregator, values, lengths)
    total = torch.where(valid[:, :, None], values, 0.0).sum(dim=1)
    return cast(Tensor, cast(MeanAggregator, aggregator).dense(total / lengths[:, None]))


def _lstm(aggregator: LSTMAggregator, values: Tensor, lengths: Tensor) -> Tensor:
    """Return the output at the last valid element; what follows it is run over and not read."""
    lstm = aggregator.lstm
    # Made of the input, since the exporter would otherwise fix the number of rows in it.
    rows = 0 * values[:, 0, :1][None]
    start = rows.expand(lstm.num_layers, -1, lstm.hidden_size)
    outputs, _ = lstm(values.transpose(0, 1), (start, start))
    last = (lengths - 1)[None, :, None].expand(1, -1, outputs.shape[2])
    return cast(Tensor, outputs.gather(0, last)[0])
