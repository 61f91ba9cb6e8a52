"""Mixup: clips of a batch mixed in pairs (Zhang et al. 2018; for sequences: ours)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mrpn.network import Sequence


@dataclass(frozen=True)
class Mixture:
    """A batch whose clips are mixed with others of it.

    Args:
        inputs: the mixed sequences by modality, as long as the clips' own.
        partners: place in the batch of each clip's partner, int64 [B]; its own where it has none.
        share: of the clip itself in its mixture, 0.5..1.
    """

    inputs: dict[str, Sequence]
    partners: Tensor
    share: float


def mix(inputs: Mapping[str, Sequence], alpha: float, rng: np.random.Generator) -> Mixture:
    """Mix every clip of a batch with another one, element by element, in one share for all.

    The clip that has the greater share gives the length; a shorter partner begins again, so that
    the share is the same in every element. Partners are mixed in every modality. Where two do not
    have the same modalities, neither element nor truth could be mixed alike in all of them, so
    such a clip stays as it is.

    Args:
        inputs: sequences by modality, of B rows each.
        alpha: of the Beta distribution of shares; small ones leave most clips nearly alone.
        rng: the source of share and partners.
    """
    share = float(rng.beta(alpha, alpha))
    share = max(share, 1 - share)
    lengths = torch.stack([sequence.lengths for sequence in inputs.values()])
    partners = torch.from_numpy(rng.permutation(lengths.shape[1]))
    own = torch.arange(len(partners))
    alike = ((lengths > 0) == (lengths[:, partners] > 0)).all(dim=0)
    partners = torch.where(alike, partners, own)
    return Mixture({n: _mixed(s, partners, share) for n, s in inputs.items()}, partners, share)


def _mixed(sequence: Sequence, partners: Tensor, share: float) -> Sequence:
    values, lengths = sequence.values, sequence.lengths
    turns = torch.arange(values.shape[1]) % lengths[partners].clamp(min=1)[:, None]
    others = values[partners.to(values.device)[:, None], turns.to(values.device)]
    return Sequence(torch.lerp(others, values, share), lengths)
