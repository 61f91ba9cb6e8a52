"""The parts of a network, run apart: encoders once per element, all else once per window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mrpn.network import Branch, MultiModalNetwork

Logits = NDArray[np.float64]
# Elements in one pass of an encoder, and windows in one pass of what follows.
_ELEMENTS, _ROWS = 32, 64


@dataclass(frozen=True)
class Scored:
    """The scores of one window.

    Attributes:
        fused: of all modalities that it has, float64 [classes].
        alone: of each of these with the others missing, by modality.
    """

    fused: Logits
    alone: dict[str, Logits]


class Scorer:
    """Runs a network's encoders on single elements and the rest of it on their features.

    The same numbers as the whole network gives, up to rounding. Source: ours.

    Args:
        network: with a single class target; put in test mode.
    """

    def __init__(self, network: MultiModalNetwork) -> None:
        self.network = network.eval()
        self.modalities = network.modalities
        self.device = next(network.parameters()).device

    @torch.inference_mode()
    def encode(self, modality: str, elements: Tensor) -> Tensor:
        """Return the features of elements [N, ...] of one modality, on the CPU: [N, width]."""
        branch = self._branch(modality)
        parts = [
            branch.encoder(part.to(self.device)).float().cpu()
            for part in torch.split(elements, _ELEMENTS)
            if len(part)
        ]
        return torch.cat(parts) if parts else torch.zeros(0, branch.aggregator.in_features)

    def score(self, rows: Sequence[Mapping[str, Tensor]]) -> list[Scored]:
        """Return the scores of windows.

        Args:
            rows: of each window the features [T, width] by modality, in order of time; T = 0 or no
                entry is a missing modality.
        """
        found: list[Scored] = []
        for start in range(0, len(rows), _ROWS):
            found += self._scored(rows[start : start + _ROWS])
        return found

    @torch.inference_mode()
    def _scored(self, rows: Sequence[Mapping[str, Tensor]]) -> list[Scored]:
        features: dict[str, Tensor] = {}
        present: dict[str, Tensor] = {}
        for name in self.modalities:
            branch = self._branch(name)
            empty = torch.zeros(0, branch.aggregator.in_features)
            parts = [row.get(name, empty) for row in rows]
            lengths = torch.tensor([len(part) for part in parts])
            features[name] = branch.aggregator(torch.cat(parts).to(self.device), lengths)
            present[name] = (lengths > 0).to(self.device)
        fused = self._fused(features, present)
        alone = {
            name: self._fused(
                {other: f if other == name else f * 0 for other, f in features.items()},
                {other: there & (other == name) for other, there in present.items()},
            )
            for name in self.modalities
        }
        return [
            Scored(
                fused[index],
                {name: values[index] for name, values in alone.items() if present[name][index]},
            )
            for index in range(len(rows))
        ]

    def _fused(self, features: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Logits:
        return self.network.score(features, present).fused.double().cpu().numpy()

    def _branch(self, modality: str) -> Branch:
        return cast(Branch, self.network.branches[modality])
