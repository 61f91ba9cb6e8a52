"""The multi-term loss."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from mrpn.common.errors import ConfigError
from mrpn.network.scores import Scores
from mrpn.network.targets import Target, as_targets

IGNORED = -100


class MultiTermLoss(nn.Module):
    """One term for the fused scores and one per modality, each for every target.

    For one class target: `L1 = CE(p, softmax(s)) + sum_m w_m CE(p, softmax(s_m))`; without side
    scores it is L0 (paper, section 4.1; w_m = 1 and the general form of section 4.3 are
    reconstructed). Regression targets have the mean squared error. Each term is the mean over the
    rows that count: not those whose truth is missing (-100 for a class, NaN for a number), nor, in
    a side term, those that lack the modality, nor, in the fused term, those that lack them all.
    A term without rows is 0.

    Args:
        targets: by name, as the network has them (`network.targets`); None for a network with one
            class target, whatever its name.
        weights: w_m by modality; 1 for modalities that are not named.
        label_smoothing: share of the truth spread over all classes, 0..1.

    Raises:
        ConfigError: a weight or smoothing outside its range.
    """

    def __init__(
        self,
        targets: Mapping[str, Target] | None = None,
        weights: Mapping[str, float] | None = None,
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        self.targets = None if targets is None else as_targets(targets)
        self.weights = dict(weights or {})
        for name, weight in self.weights.items():
            if not (weight >= 0 and math.isfinite(weight)):
                raise ConfigError(f"loss weight of '{name}' is {weight}: give a number from 0 up")
        if not 0 <= label_smoothing <= 1:
            raise ConfigError(f"label_smoothing={label_smoothing}: give a share from 0 to 1")
        self.label_smoothing = label_smoothing

    def forward(self, scores: Scores, truth: Tensor | Mapping[str, Tensor]) -> Tensor:
        """Return the weighted sum of the terms, a scalar.

        Args:
            scores: of a network, in training (with side scores) or not (without).
            truth: classes int64 [B] or numbers [B, size] ([B] where size is 1); by target where
                there are several.

        Raises:
            ConfigError: truth that does not fit the scores, or a weight of an unknown modality.
        """
        return self.total(self.terms(scores, truth))

    def terms(self, scores: Scores, truth: Tensor | Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the terms apart, unweighted scalars.

        They are named "fused" and by modality; with several targets, "fused.<target>" and
        "<modality>.<target>".
        """
        targets = self._targets(scores)
        if isinstance(truth, Tensor):
            if len(targets) != 1:
                raise ConfigError(f"several targets ({', '.join(targets)}): give truth by name")
            truth = dict.fromkeys(targets, truth)
        if scores.sides:
            for name in self.weights.keys() - scores.sides.keys():
                known = ", ".join(scores.sides)
                raise ConfigError(f"loss weight of unknown modality '{name}': there is {known}")
        anything = None
        if scores.present:
            anything = torch.stack(tuple(scores.present.values())).any(dim=0)
        terms = {}
        for source, by_target in {"fused": scores.targets, **scores.sides}.items():
            rows = anything if source == "fused" else scores.present.get(source)
            for name, target in targets.items():
                if name not in truth or name not in by_target:
                    raise ConfigError(f"target '{name}' lacks its truth or its scores")
                term = self._term(target, by_target[name], truth[name], rows)
                terms[_key(source, name, targets)] = term
        return terms

    def total(self, terms: Mapping[str, Tensor]) -> Tensor:
        """Return the weighted sum of terms made by `terms`."""
        parts = []
        for key, term in terms.items():
            source, _, name = key.partition(".")
            weight = 1.0 if source == "fused" else self.weights.get(source, 1.0)
            if self.targets is not None:
                name = name or next(iter(self.targets))
                weight *= self.targets[name].weight
            parts.append(weight * term)
        return torch.stack(parts).sum()

    def _targets(self, scores: Scores) -> dict[str, Target]:
        if self.targets is not None:
            return self.targets
        (name,) = scores.targets if len(scores.targets) == 1 else (None,)
        if name is None:
            raise ConfigError("several targets: give them to the loss, MultiTermLoss(targets)")
        size = scores.targets[name].shape[1]
        if size < 2:
            raise ConfigError(f"target '{name}' is no class: give MultiTermLoss(network.targets)")
        return {name: Target(size=size)}

    def _term(self, target: Target, scores: Tensor, truth: Tensor, rows: Tensor | None) -> Tensor:
        if truth.shape[:1] != scores.shape[:1]:
            raise ConfigError(f"{len(scores)} rows of scores, but truth of {list(truth.shape)}")
        scores = scores.float() if scores.dtype != torch.float64 else scores
        if target.kind == "regression":
            return _squared_error(scores, truth, rows)
        if truth.dim() != 1 or truth.is_floating_point():
            raise ConfigError(f"the truth of classes is int64 [B], not {list(truth.shape)}")
        truth = truth.long() if rows is None else torch.where(rows, truth, IGNORED).long()
        total = functional.cross_entropy(
            scores,
            truth,
            ignore_index=IGNORED,
            reduction="sum",
            label_smoothing=self.label_smoothing,
        )
        return total / (truth != IGNORED).sum().clamp(min=1)


def _squared_error(scores: Tensor, truth: Tensor, rows: Tensor | None) -> Tensor:
    truth = truth[:, None] if truth.dim() == 1 else truth
    if truth.shape != scores.shape:
        raise ConfigError(f"truth of {list(truth.shape)} for scores of {list(scores.shape)}")
    known = ~truth.isnan()
    if rows is not None:
        known = known & rows[:, None]
    errors = torch.where(known, scores - torch.where(known, truth, 0.0), 0.0)
    return errors.square().sum() / known.sum().clamp(min=1)


def _key(source: str, target: str, targets: Mapping[str, Target]) -> str:
    return source if len(targets) == 1 else f"{source}.{target}"
