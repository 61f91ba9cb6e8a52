"""The residual perceptron, the unit that MRPN is named after, and its control."""

from typing import Literal, get_args

import torch
from torch import Tensor, nn

from mrpn.common.errors import ConfigError
from mrpn.network.norm import feature_norm
from mrpn.network.wiring import Norm

Variant = Literal["normalized", "raw", "post", "centred", "relu"]


class ResidualPerceptron(nn.Module):
    """Residually updated features f' of one modality (paper, section 4.1; form reconstructed).

    The paper states a dense unit that computes residuals for normalised data, with Sigmoid instead
    of ReLU. With `g = FeatureNorm(f)`:

    - `normalized`: `f' = g + Sigmoid(Dense(g))`, the default reading;
    - `raw`: `f' = f + Sigmoid(Dense(g))` (ours);
    - `post`: `f' = FeatureNorm(g + Sigmoid(Dense(g)))` (ours);
    - `centred`: `f' = g + 2 Sigmoid(Dense(g)) - 1` (ours);
    - `relu`: `f' = g + ReLU(Dense(g))`, which the paper says is worse.

    Args:
        features: width of f and of f', 1 or more.
        variant: one of the five above.
        norm: batch or layer normalisation.

    Raises:
        ConfigError: an unknown variant.
    """

    def __init__(
        self, features: int, variant: Variant = "normalized", norm: Norm = "batch"
    ) -> None:
        super().__init__()
        if variant not in get_args(Variant):
            known = ", ".join(get_args(Variant))
            raise ConfigError(f"unknown residual perceptron '{variant}': choose from {known}")
        self.variant = variant
        self.norm = feature_norm(features, norm)
        self.dense = nn.Linear(features, features)
        self.post = feature_norm(features, norm) if variant == "post" else None

    def forward(self, f: Tensor, present: Tensor | None = None) -> Tensor:
        """Update features f [B, features]; rows absent from `present` (bool [B]) come out 0."""
        g = self.norm(f, present)
        residual = self.dense(g)
        if self.variant == "relu":
            residual = torch.relu(residual)
        elif self.variant == "centred":
            residual = 2 * torch.sigmoid(residual) - 1
        else:
            residual = torch.sigmoid(residual)
        updated: Tensor = (f if self.variant == "raw" else g) + residual
        if self.post is not None:
            updated = self.post(updated, present)
        return updated if present is None else torch.where(present[:, None], updated, 0.0)


class DensePerceptron(nn.Module):
    """`f' = Sigmoid(Dense(FeatureNorm(f)))`: the residual perceptron without the way past it.

    Ours, as a control: it has the parameters of the default residual perceptron, by name, number
    and start, and the same nonlinearity, so that what N2 gains over N1 with this unit comes of the
    residual form and not of the size.

    Args:
        features: width of f and of f', 1 or more.
        norm: batch or layer normalisation.
    """

    def __init__(self, features: int, norm: Norm = "batch") -> None:
        super().__init__()
        self.norm = feature_norm(features, norm)
        self.dense = nn.Linear(features, features)

    def forward(self, f: Tensor, present: Tensor | None = None) -> Tensor:
        """Update features f [B, features]; rows absent from `present` (bool [B]) come out 0."""
        updated = torch.sigmoid(self.dense(self.norm(f, present)))
        return updated if present is None else torch.where(present[:, None], updated, 0.0)
