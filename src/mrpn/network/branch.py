"""One modality's way from a sequence to its features."""

from typing import Self

import torch
from torch import Tensor, nn

from mrpn.common.errors import ConfigError
from mrpn.network.aggregators import Aggregator
from mrpn.network.sequence import Sequence


class Branch(nn.Module):
    """Features `f_m = A_m(F_m(x_m))` of one modality (paper, section 4.1).

    The encoder sees valid elements alone, and may run under autocast; the aggregator always runs
    in full precision. A batch without a single element runs neither.

    Args:
        encoder: F_m, [N, ...] to [N, out_features], with that attribute.
        aggregator: A_m, for elements of that width.

    Attributes:
        out_features: width of f_m.
        frozen: whether the branch takes no part in training.
        encoder_frozen: whether its encoder takes none.
        encoded: whether sequences come as a frozen encoder made them: [B, T, F_m's width].
    """

    def __init__(self, encoder: nn.Module, aggregator: Aggregator) -> None:
        super().__init__()
        width = getattr(encoder, "out_features", None)
        if not isinstance(width, int):
            raise ConfigError(f"encoder {type(encoder).__name__} lacks its width, out_features")
        if width != aggregator.in_features:
            widths = f"{width} features, its aggregator reads {aggregator.in_features}"
            raise ConfigError(f"the encoder of a branch gives {widths}")
        self.encoder, self.aggregator = encoder, aggregator
        self.out_features = aggregator.out_features
        self.frozen = self.encoder_frozen = self.encoded = False

    def freeze(self) -> Self:
        """Take the branch out of training for good: no gradient, no statistics, no dropout."""
        self.frozen = True
        self.requires_grad_(False)
        return self.eval()

    def freeze_encoder(self) -> Self:
        """Take the encoder alone out of training for good."""
        self.encoder_frozen = True
        self.encoder.requires_grad_(False)
        return self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Switch between training and test mode; what is frozen stays in test mode."""
        super().train(mode and not self.frozen)
        if self.encoder_frozen:
            self.encoder.eval()
        return self

    def forward(self, sequence: Sequence) -> Tensor:
        """Return f_m [B, out_features]; 0 for rows that lack the modality."""
        if self.frozen and any(part.training for part in self.modules()):
            # A part of it was switched from outside, past this branch's own `train`.
            self.eval()
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            elements = sequence.flat()
            if not len(elements):
                return self._nothing(sequence)
            encoded: Tensor = elements if self.encoded else self.encoder(elements)
            with torch.autocast(encoded.device.type, enabled=False):
                if encoded.dtype in (torch.bfloat16, torch.float16):
                    encoded = encoded.float()
                features: Tensor = self.aggregator(encoded, sequence.lengths)
        return features

    def _nothing(self, sequence: Sequence) -> Tensor:
        own = next(self.parameters(), None)
        dtype = torch.get_default_dtype() if own is None else own.dtype
        rows = len(sequence.lengths)
        return torch.zeros(rows, self.out_features, dtype=dtype, device=sequence.values.device)
