"""Verification: whether two utterances are of one speaker, by the cosine of their features."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrpn.training.randomness import generator

# Prior of a target trial in the detection cost, and a cost of 1 for either mistake.
PRIOR = 0.05

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trials:
    """All pairs of different utterances.

    Args:
        one, other: places of the two utterances, int [N].
        first, second: places of their speakers, int [N].
        scores: cosines of their features [N].
    """

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    first: NDArray[np.intp]
    second: NDArray[np.intp]
    scores: Floats

    @property
    def targets(self) -> NDArray[np.bool_]:
        """Which pairs are of one speaker [N]."""
        same: NDArray[np.bool_] = self.first == self.second
        return same


def all_pairs(features: Floats, speakers: NDArray[np.intp]) -> Trials:
    """Return all pairs of utterances with features [U, F] of speakers [U]; zeros are like none."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.maximum(lengths, 1e-12)
    one, other = np.triu_indices(len(features), k=1)
    return Trials(one, other, speakers[one], speakers[other], (unit @ unit.T)[one, other])


def error_curve(
    scores: Floats, targets: NDArray[np.bool_], weights: Floats
) -> tuple[Floats, Floats]:
    """Return misses and false alarms, shares 0..1, from the strictest threshold to the loosest.

    Args:
        scores: [N], equal ones pass a threshold together.
        targets: [N].
        weights: how often each trial counts [N].
    """
    order = np.argsort(-scores, kind="stable")
    return _sorted_curve(targets[order], weights[order], _ends(scores[order]))


def _ends(scores: Floats) -> NDArray[np.intp]:
    """Return the last place of each run of equal scores, which are sorted."""
    return np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)


def _sorted_curve(
    targets: NDArray[np.bool_], weights: Floats, ends: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    passed = [np.cumsum(np.where(kind, weights, 0.0)) for kind in (targets, ~targets)]
    shares = [np.append(0.0, sums[ends] / sums[-1]) for sums in passed]
    return 1 - shares[0], shares[1]


def equal_error(misses: Floats, alarms: Floats) -> float:
    """Return the rate at which misses and false alarms are equal, between points by a line."""
    after = int(np.argmax(alarms >= misses))
    gap = misses - alarms
    share = gap[after - 1] / (gap[after - 1] - gap[after])
    return float(alarms[after - 1] + share * (alarms[after] - alarms[after - 1]))


def least_cost(misses: Floats, alarms: Floats, prior: float = PRIOR) -> float:
    """Return the least detection cost over all thresholds, 1 for a system that knows nothing."""
    return float((prior * misses + (1 - prior) * alarms).min() / min(prior, 1 - prior))


def trial_error(trials: Trials) -> float:
    """Return the equal error rate of trials; NaN without pairs of both kinds."""
    if trials.targets.all() or not trials.targets.any():
        return float("nan")
    even = np.ones(len(trials.scores))
    return equal_error(*error_curve(trials.scores, trials.targets, even))


def measure(trials: Trials, resamples: int, seed: int) -> dict[str, Any]:
    """Return the errors of trials, with a 95 % interval over speakers drawn anew.

    A speaker drawn twice counts twice; pairs of a speaker with his own double do not exist. A draw
    without pairs of both kinds tells nothing: it counts as any rate for either end, so that the
    interval of two or three speakers is 0 to 1.

    Args:
        trials: with pairs of both kinds.
        resamples: how often all speakers are drawn, with replacement.
        seed: of the draws.
    """
    order = np.argsort(-trials.scores, kind="stable")
    targets, ends = trials.targets[order], _ends(trials.scores[order])
    first, second = trials.first[order], trials.second[order]
    count = int(second.max()) + 1
    misses, alarms = _sorted_curve(targets, np.ones(len(targets)), ends)
    rng = generator(seed, "bootstrap")
    drawn = []
    for _ in range(resamples):
        times = np.bincount(rng.integers(0, count, count), minlength=count).astype(float)
        weights = times[first] * np.where(targets, 1.0, times[second])
        if weights[targets].any() and weights[~targets].any():
            drawn.append(equal_error(*_sorted_curve(targets, weights, ends)))
    untold = resamples - len(drawn)
    low = np.percentile([*drawn, *[0.0] * untold], 2.5)
    high = np.percentile([*drawn, *[1.0] * untold], 97.5)
    return {
        "eer": round(equal_error(misses, alarms), 6),
        "eer_low": round(float(low), 6),
        "eer_high": round(float(high), 6),
        "min_dcf": round(least_cost(misses, alarms), 6),
        "dcf_prior": PRIOR,
        "target_trials": int(targets.sum()),
        "other_trials": int((~targets).sum()),
    }
