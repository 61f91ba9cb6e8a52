"""The classifier over training speakers, and its loss with a margin."""

import math
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mrpn.network import MultiTermLoss, Scores, Scoring
from mrpn.network.targets import DEFAULT_TARGET, Target
from mrpn.training.speakers.recipe import Margin


class SpeakerHead(nn.Module):
    """Scores of speakers straight from f, so that f itself tells speakers apart by its direction.

    Linear for "softmax", else scaled cosines between f and one direction for each speaker.

    Args:
        features: width of f.
        speakers: number of training speakers.
        settings: kind and scale.
    """

    def __init__(self, features: int, speakers: int, settings: Margin) -> None:
        super().__init__()
        self.scale = None if settings.kind == "softmax" else settings.scale
        self.linear = nn.Linear(features, speakers, bias=self.scale is None)
        nn.init.xavier_uniform_(self.linear.weight)

    def forward(self, f: Tensor) -> Tensor:
        """Score features [B, features]: [B, speakers]."""
        if self.scale is None:
            scores: Tensor = self.linear(f)
            return scores
        return self.scale * F.linear(F.normalize(f), F.normalize(self.linear.weight))

    @torch.no_grad()
    def as_scoring(self) -> Scoring:
        """Return a Scoring, the head that weights files have, with the same order of speakers.

        Its hidden units are f and -f, of which ReLU passes the positive one, so its scores are
        linear in f: those of this head, but that cosines are multiplied by the length of f.
        """
        speakers, features = self.linear.weight.shape
        scoring = Scoring(features, speakers, 2 * features, dropout=0.0)
        same, weight = torch.eye(features), self.linear.weight.cpu()
        if self.scale is not None:
            weight = self.scale * F.normalize(weight)
        scoring.hidden.weight.copy_(torch.cat([same, -same]))
        scoring.hidden.bias.zero_()
        scoring.scores.weight.copy_(torch.cat([weight, -weight], dim=1))
        scoring.scores.bias.zero_()
        if self.linear.bias is not None:
            scoring.scores.bias.copy_(self.linear.bias)
        return scoring


class MarginLoss(MultiTermLoss):
    """Cross-entropy in which the true speaker's cosine must lead by a margin.

    Args:
        settings: kind, margin and scale; "softmax" is the plain cross-entropy.
        label_smoothing: share of the truth spread over all speakers, 0..1.
    """

    def __init__(self, settings: Margin, label_smoothing: float = 0.0) -> None:
        super().__init__(label_smoothing=label_smoothing)
        self.settings = settings

    def forward(self, scores: Scores, truth: Tensor | dict[str, Tensor]) -> Tensor:  # type: ignore[override]
        """Return the loss of scores without margin, as `SpeakerHead` gives them.

        Args:
            scores: of one class target.
            truth: places of the true speakers, int64 [B].
        """
        if self.settings.kind == "softmax" or isinstance(truth, dict):
            return super().forward(scores, truth)
        true = F.one_hot(truth, scores.fused.shape[1]).bool()
        cosines = scores.fused / self.settings.scale
        lowered = torch.where(true, self._lowered(cosines), cosines) * self.settings.scale
        (target,) = scores.targets
        return super().forward(replace(scores, targets={target: lowered}), truth)

    def _lowered(self, cosines: Tensor) -> Tensor:
        margin = self.settings.margin
        if self.settings.kind == "am":
            return cosines - margin
        # cos(angle + margin); beyond pi, where that would rise again, a line that goes on falling.
        sines = (1 - cosines.square()).clamp(min=1e-6).sqrt()
        moved = cosines * math.cos(margin) - sines * math.sin(margin)
        return torch.where(cosines > -math.cos(margin), moved, cosines - margin * math.sin(margin))


def speaker_target(speakers: int) -> dict[str, Target]:
    """Return the one target of a network that tells so many speakers apart."""
    return {DEFAULT_TARGET: Target(size=speakers)}
