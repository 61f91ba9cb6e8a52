"""Normalisation of features, where some rows may lack a modality."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from mrpn.common.errors import ConfigError
from mrpn.network.wiring import Norm


class FeatureNorm(nn.Module):
    """Batch normalisation over a feature vector (paper, section 4.1), blind to what is absent.

    Parameters, buffers and statistics are those of `torch.nn.BatchNorm1d`: the biased variance
    normalises, the unbiased one is kept. Absent values take no part in the statistics and come
    out 0 (ours). In training, a feature with fewer than two present rows has no variance: it is
    normalised by the running statistics, which it leaves unchanged, so that a batch of one is
    legal (ours).

    Args:
        features: width of the vector, 1 or more.
        eps: added to the variance.
        momentum: share of a new batch in the running statistics, 0..1.
    """

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.features, self.eps, self.momentum = features, eps, momentum
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, values: Tensor, present: Tensor | None = None) -> Tensor:
        """Normalise values [B, features]; `present` is bool [B] or [B, features], all if None.

        Returns:
            [B, features], 0 where absent.
        """
        values, mask = _masked(values, present, self.features)
        if self.training:
            mean, variance = self._batch_statistics(values, mask)
        else:
            mean, variance = self.running_mean, self.running_var
        normal = (values - mean) * torch.rsqrt(variance + self.eps)
        return torch.where(mask, normal * self.weight + self.bias, 0.0)

    def _batch_statistics(self, values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and biased variance per feature, and their trace in the running statistics.

        Masks instead of branches: a GPU need not wait to hear how many rows there are.
        """
        count = mask.sum(0)
        mean = values.sum(0) / count.clamp(min=1)
        squares = torch.where(mask, values - mean, 0.0).square().sum(0)
        variance = squares / count.clamp(min=1)
        known = count >= 2
        with torch.no_grad():
            rate = self.momentum * known.to(values.dtype)
            unbiased = squares / (count - 1).clamp(min=1)
            self.running_mean += rate * (mean - self.running_mean)
            self.running_var += rate * (unbiased - self.running_var)
            self.num_batches_tracked += known.any()
        mean = torch.where(known, mean, self.running_mean)
        return mean, torch.where(known, variance, self.running_var)


class FeatureLayerNorm(nn.Module):
    """Layer normalisation in the place of a FeatureNorm (ours, for ablation).

    Of a row with all its features it is `torch.nn.LayerNorm`. Absent features take no part in
    their row's mean and variance, and come out 0. Training and test mode are one function.

    Args:
        features: width of the vector, 1 or more.
        eps: added to the variance.
    """

    def __init__(self, features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.features, self.eps = features, eps
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))

    def forward(self, values: Tensor, present: Tensor | None = None) -> Tensor:
        """Normalise values [B, features]; as `FeatureNorm.forward`."""
        values, mask = _masked(values, present, self.features)
        count = mask.sum(1, keepdim=True).clamp(min=1)
        centred = torch.where(mask, values - values.sum(1, keepdim=True) / count, 0.0)
        variance = centred.square().sum(1, keepdim=True) / count
        normal = centred * torch.rsqrt(variance + self.eps)
        return torch.where(mask, normal * self.weight + self.bias, 0.0)


def feature_norm(features: int, kind: Norm = "batch") -> FeatureNorm | FeatureLayerNorm:
    """Make the norm of that kind over a vector of `features`."""
    return FeatureNorm(features) if kind == "batch" else FeatureLayerNorm(features)


def _masked(values: Tensor, present: Tensor | None, features: int) -> tuple[Tensor, Tensor]:
    """Return values [B, features] with 0 where absent, and which are present, of that shape."""
    if values.dim() != 2 or values.shape[1] != features:
        shape = list(values.shape)
        raise ConfigError(f"a FeatureNorm of {features} features was given {shape}")
    if present is None:
        present = torch.ones(len(values), dtype=torch.bool, device=values.device)
    mask = present if present.dim() == 2 else present[:, None].expand_as(values)
    return torch.where(mask, values, 0.0), mask


class MapNorm(nn.BatchNorm2d):
    """`BatchNorm2d` for which a training batch of a single 1x1 map is legal.

    One value has no variance: as in `FeatureNorm`, the running statistics are then used and left
    unchanged (ours; PyTorch raises).
    """

    def forward(self, input: Tensor) -> Tensor:
        """Normalise maps [N, C, H, W]."""
        if self.training and input.shape[0] * input.shape[2] * input.shape[3] < 2:
            running = (self.running_mean, self.running_var)
            return functional.batch_norm(input, *running, self.weight, self.bias, eps=self.eps)
        return super().forward(input)
