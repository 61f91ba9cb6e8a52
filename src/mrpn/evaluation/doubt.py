"""How sure is sure: temperatures and conformal thresholds, found on clips held out."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar  # type: ignore[import-untyped]

from mrpn.common.likely import softmax
from mrpn.evaluation.tables import TableError

_COLDEST, _HOTTEST = 0.05, 20.0


def fit_temperature(scores: ArrayLike, truth: Sequence[int]) -> float:
    """Return the temperature that makes held-out clips most likely (Guo et al. 2017).

    Args:
        scores: of the network, before any softmax, [N, classes].
        truth: the number of each clip's class, N.

    Raises:
        TableError: no clips, or shapes that do not fit.
    """
    values, classes = _checked(scores, truth)
    rows = np.arange(len(classes))

    def loss(log_temperature: float) -> float:
        likely = softmax(values, float(np.exp(log_temperature)))[rows, classes]
        return float(-np.log(np.maximum(likely, 1e-300)).mean())

    bounds = (np.log(_COLDEST), np.log(_HOTTEST))
    found = minimize_scalar(loss, bounds=bounds, method="bounded")
    return float(np.exp(found.x))


def conformal_thresholds(
    probabilities: ArrayLike, truth: Sequence[int], coverages: Iterable[float]
) -> list[float]:
    """Return, per coverage, the least probability with which a class belongs to the set.

    Split conformal prediction: of N held-out clips like the new one, the true class's probability
    reaches the threshold in `coverage` of the cases or more, on average over such draws. With too
    few clips for a coverage the threshold is 0, and the set holds every class.

    Args:
        probabilities: of held-out clips, [N, classes].
        truth: the number of each clip's class, N.
        coverages: wanted, each in (0, 1).

    Raises:
        TableError: as `fit_temperature`.
    """
    values, classes = _checked(probabilities, truth)
    true = np.sort(values[np.arange(len(classes)), classes])[::-1]
    found = []
    for coverage in coverages:
        rank = int(np.ceil((len(true) + 1) * coverage - 1e-9))
        found.append(float(true[rank - 1]) if rank <= len(true) else 0.0)
    return found


def _checked(
    scores: ArrayLike, truth: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    values, classes = np.asarray(scores, np.float64), np.asarray(truth, np.intp)
    fits = values.ndim == 2 and classes.shape == values.shape[:1] and len(classes) > 0
    if not fits or classes.min() < 0 or classes.max() >= values.shape[1]:
        raise TableError(f"scores {values.shape} and {classes.shape} classes do not fit")
    return values, classes
