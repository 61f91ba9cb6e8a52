"""Sequence aggregators A_m by name (the paper's SAC): from a sequence to one vector f_m."""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence, pad_sequence

from mrpn.common.errors import ConfigError
from mrpn.network.registry import Registry
from mrpn.network.sequence import split


class Aggregator(nn.Module):
    """Base of the aggregators: rows of length 0 are passed over and come out 0.

    Args:
        in_features: width of an element.
        features: width of f_m.
    """

    def __init__(self, in_features: int, features: int) -> None:
        super().__init__()
        if min(in_features, features) < 1:
            sizes = f"in_features={in_features}, features={features}"
            raise ConfigError(f"an aggregator needs sizes of 1 or more, not {sizes}")
        self.in_features, self.out_features = in_features, features

    def forward(self, elements: Tensor, lengths: Tensor) -> Tensor:
        """Aggregate flat elements [sum of the lengths, in_features] into f_m [B, features]."""
        if elements.dim() != 2 or elements.shape[1] != self.in_features:
            shape = list(elements.shape)
            raise ConfigError(f"an aggregator of {self.in_features} features was given {shape}")
        rows = split(elements, lengths)
        present = [index for index, row in enumerate(rows) if len(row)]
        if not present:
            return elements.new_zeros(len(rows), self.out_features)
        found = self.aggregate([rows[index] for index in present])
        if len(present) == len(rows):
            return found
        places = torch.tensor(present, device=found.device)
        return found.new_zeros(len(rows), self.out_features).index_copy(0, places, found)

    def aggregate(self, rows: list[Tensor]) -> Tensor:
        """Aggregate P sequences [T_i, in_features], T_i >= 1: [P, features]."""
        raise NotImplementedError


F = TypeVar("F", bound=Callable[..., nn.Module])

aggregators: Registry[Aggregator] = Registry("aggregator")


def register_aggregator(name: str) -> Callable[[F], F]:
    """Return a decorator that adds an `Aggregator` with `in_features` and `features`."""
    return aggregators.register(name)


def aggregator(name: str, **options: Any) -> Aggregator:
    """Make the aggregator called `name`; a ConfigError for an unknown name or option."""
    return aggregators.build(name, **options)


@register_aggregator("lstm")
class LSTMAggregator(Aggregator):
    """The output of an LSTM at the last valid element (the paper's default).

    Args:
        in_features: width of an element.
        features: width of f_m.
        layers: number of stacked LSTMs.
        dropout: share dropped between them in training; 0 with one layer.
    """

    bidirectional = False

    def __init__(
        self, in_features: int, features: int, layers: int = 1, dropout: float = 0.0
    ) -> None:
        super().__init__(in_features, features)
        if layers < 1 or not 0 <= dropout < 1:
            raise ConfigError(f"lstm: layers={layers}, dropout={dropout} are outside their ranges")
        if dropout and layers == 1:
            raise ConfigError("lstm: dropout acts between layers, so it needs two or more")
        state = features
        if self.bidirectional:
            if features % 2:
                raise ConfigError(f"bilstm: features={features} cannot be halved, choose an even")
            state = features // 2
        self.lstm = nn.LSTM(
            in_features, state, layers, dropout=dropout, bidirectional=self.bidirectional
        )

    def aggregate(self, rows: list[Tensor]) -> Tensor:
        """Run over packed sequences, which have no padded steps to pass through."""
        _, (last, _) = self.lstm(pack_sequence(rows, enforce_sorted=False))
        return torch.cat((last[-2], last[-1]), dim=1) if self.bidirectional else last[-1]


@register_aggregator("bilstm")
class BiLSTMAggregator(LSTMAggregator):
    """The final outputs of two LSTMs, one per direction, each over the valid elements.

    Options as for `lstm`; each direction has half of the features, which must be even.
    """

    bidirectional = True


@register_aggregator("transformer")
class TransformerAggregator(Aggregator):
    """The average of a Transformer encoder's valid outputs (paper, section 5.6).

    Sizes and the norms before each unit are ours: they train without a warm-up of the rate.

    Args:
        in_features: width of an element; a dense unit takes it to `features` where they differ.
        features: width of f_m, divisible by `heads`.
        layers: number of encoder layers, 1 or more.
        heads: attention heads.
        dropout: share dropped in training, 0 <= dropout < 1.
    """

    def __init__(
        self,
        in_features: int,
        features: int,
        layers: int = 2,
        heads: int = 4,
        dropout: float = 0.1,
    ) -> None:
        super().__init__(in_features, features)
        if layers < 1 or heads < 1 or not 0 <= dropout < 1:
            given = f"layers={layers}, heads={heads}, dropout={dropout}"
            raise ConfigError(f"transformer: {given} are outside their ranges")
        if features % heads:
            raise ConfigError(f"transformer: features={features} is no multiple of heads={heads}")
        self.dense = _resized(in_features, features)
        # Made one by one: nn.TransformerEncoder would start all layers with the same values.
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                features, heads, 2 * features, dropout, batch_first=True, norm_first=True
            )
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(features)

    def aggregate(self, rows: list[Tensor]) -> Tensor:
        """Attend among valid elements and average their outputs."""
        padded, lengths = _padded(rows)
        steps = torch.arange(padded.shape[1], device=padded.device)
        padding = steps >= lengths[:, None]
        x = self.dense(padded) + positions(steps, self.out_features).to(padded.dtype)
        for layer in self.layers:
            x = layer(x, src_key_padding_mask=padding)
        x = self.norm(x).masked_fill(padding[:, :, None], 0.0)
        averages: Tensor = x.sum(dim=1) / lengths[:, None]
        return averages


@register_aggregator("mean")
class MeanAggregator(Aggregator):
    """The average of the valid elements, the baseline that knows no order (ours).

    A dense unit takes it to `features` where the widths differ.
    """

    def __init__(self, in_features: int, features: int) -> None:
        super().__init__(in_features, features)
        self.dense = _resized(in_features, features)

    def aggregate(self, rows: list[Tensor]) -> Tensor:
        """Average each row over its elements."""
        padded, lengths = _padded(rows)
        averages: Tensor = self.dense(padded.sum(dim=1) / lengths[:, None])
        return averages


def positions(steps: Tensor, features: int) -> Tensor:
    """Return sines and cosines of the steps [T]: [T, features] (Vaswani et al. 2017)."""
    half = torch.arange((features + 1) // 2, device=steps.device)
    angles = steps[:, None] * torch.exp(half * (-2 * math.log(10_000) / features))
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)[:, :features]


def _resized(in_features: int, features: int) -> nn.Module:
    return nn.Identity() if in_features == features else nn.Linear(in_features, features)


def _padded(rows: list[Tensor]) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(row) for row in rows], device=rows[0].device)
    return pad_sequence(rows, batch_first=True), lengths
