"""Checking intervals and tests against simulated studies: do they hold what they promise?"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mrpn.evaluation.intervals import DIFFERENCE, share_interval, t_interval
from mrpn.evaluation.statistics.holm import holm
from mrpn.evaluation.statistics.permutation import sign_flip_test
from mrpn.evaluation.statistics.simulation import SimulatedStudy

BLOCK = 50


class _Covered(NamedTuple):
    """Shares of studies whose interval holds the truth: over actors, over folds, the wider."""

    actors: float
    folds: float
    wider: float


def check_statistics(
    study: SimulatedStudy,
    studies: int,
    *,
    seed: int = 0,
    level: float = 0.05,
    draws: int = 2_000,
) -> dict[str, float]:
    """Return how often intervals cover the truth and tests call something different (ours).

    Args:
        study: how each study comes about; the first two networks are compared, and all of them
            for the family.
        studies: number of simulated studies.
        seed: of the simulation.
        level: of the tests; the intervals are of 1 - level.
        draws: of the permutation test.

    Returns:
        Shares of studies: `accuracy` and `difference` whose interval over actors covers the truth,
        the same with `_folds` for the interval over folds, and with `_wider` for the wider of the
        two, study by study, which is what reports show; `called` different by the permutation
        test of `compare`, which flips folds; `called_actors`, if it flipped actors; and
        `any_settled`, in which any comparison is settled after Holm's correction.
    """
    generator = np.random.default_rng(seed)
    blocks = [min(BLOCK, studies - start) for start in range(0, studies, BLOCK)]
    scores = np.concatenate([study.draw(block, generator) for block in blocks])
    folds = scores.mean(axis=-1)
    actors = scores.reshape(*scores.shape[:2], -1)
    first, second = study.accuracy[:2]
    apart, apart_folds = actors[:, 0] - actors[:, 1], folds[:, 0] - folds[:, 1]
    confidence = 1 - level
    accuracy = _covered(actors[:, 0], folds[:, 0], first, confidence)
    difference = _covered(apart, apart_folds, first - second, confidence, difference=True)
    return {
        "accuracy": accuracy.actors,
        "accuracy_folds": accuracy.folds,
        "accuracy_wider": accuracy.wider,
        "difference": difference.actors,
        "difference_folds": difference.folds,
        "difference_wider": difference.wider,
        "called": _called(apart_folds, level, draws),
        "called_actors": _called(apart, level, draws),
        "any_settled": float(_settled(folds, level, draws).any(axis=1).mean()),
    }


def _covered(
    actors: NDArray[np.float64],
    folds: NDArray[np.float64],
    truth: float,
    confidence: float,
    *,
    difference: bool = False,
) -> _Covered:
    over = [_intervals(values, confidence, difference=difference) for values in (actors, folds)]
    holds = [(low <= truth) & (truth <= high) for low, high in over]
    lengths = [high - low for low, high in over]
    both = np.where(lengths[0] >= lengths[1], holds[0], holds[1])
    return _Covered(*(float(each.mean()) for each in (*holds, both)))


def _intervals(
    values: NDArray[np.float64], confidence: float, *, difference: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and the upper ends, one a study."""
    ends = np.array(
        [
            t_interval(list(row), confidence, limits=DIFFERENCE)
            if difference
            else share_interval(list(row), confidence)
            for row in values
        ]
    )
    return ends[:, 0], ends[:, 1]


def _called(values: NDArray[np.float64], level: float, draws: int) -> float:
    return float((sign_flip_test(values, draws=draws) <= level).mean())


def _settled(folds: NDArray[np.float64], level: float, draws: int) -> NDArray[np.bool_]:
    """Return [studies, comparisons]: below the level after Holm's correction."""
    pairs = list(combinations(range(folds.shape[1]), 2))
    tested = [sign_flip_test(folds[:, a] - folds[:, b], draws=draws) for a, b in pairs]
    return np.array([holm(row) for row in np.stack(tested, axis=1)]) < level
