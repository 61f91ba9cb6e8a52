"""Scores of predicted classes against true ones, and Wilson's interval."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mrpn.evaluation.tables import TableError

Names = Sequence[str]


def accuracy(truth: Names, prediction: Names) -> float:
    """Return the share of clips whose class is predicted right, 0 to 1."""
    _check_lengths(truth, prediction)
    return float(np.mean(_objects(truth) == _objects(prediction)))


def majority_share(truth: Names) -> float:
    """Return the accuracy of always guessing the most frequent class of `truth`."""
    _check_lengths(truth, truth)
    _, counts = np.unique(_objects(truth), return_counts=True)
    return float(counts.max() / counts.sum())


def confusion_counts(truth: Names, prediction: Names, classes: Names) -> NDArray[np.int64]:
    """Return the counts [true class, predicted class], in the order of `classes`.

    Raises TableError where a name is none of `classes`.
    """
    _check_lengths(truth, prediction)
    place = {name: index for index, name in enumerate(classes)}
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for true, guess in zip(truth, prediction, strict=True):
        for name in (true, guess):
            if name not in place:
                raise TableError(f"'{name}' is none of the classes {', '.join(classes)}")
        counts[place[true], place[guess]] += 1
    return counts


def confusion_rates(counts: ArrayLike) -> NDArray[np.float64]:
    """Return confusion counts divided by their row's sum; rows of absent classes are NaN."""
    values = np.asarray(counts, dtype=np.float64)
    totals = values.sum(axis=1, keepdims=True)
    rates = np.full_like(values, np.nan)
    np.divide(values, totals, out=rates, where=totals > 0)
    return rates


def class_recalls(truth: Names, prediction: Names, classes: Names) -> dict[str, float]:
    """Return each class's recall; NaN for a class that never occurs in `truth`."""
    rates = confusion_rates(confusion_counts(truth, prediction, classes))
    return {name: float(rates[index, index]) for index, name in enumerate(classes)}


def unweighted_average_recall(truth: Names, prediction: Names) -> float:
    """Return UAR: the mean recall over the classes present in `truth`, each counting alike."""
    names = sorted({*truth, *prediction})
    return float(np.nanmean(list(class_recalls(truth, prediction, names).values())))


def macro_f1(truth: Names, prediction: Names) -> float:
    """Return the mean F1 over the classes that occur in `truth` or `prediction`."""
    counts = confusion_counts(truth, prediction, sorted({*truth, *prediction}))
    hits = np.diag(counts)
    return float(np.mean(2 * hits / (counts.sum(axis=0) + counts.sum(axis=1))))


def wilson_interval(successes: float, clips: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of a share over clips, within 0 to 1.

    It speaks of other clips of the same actors: clips of one actor are alike, so that over new
    actors the uncertainty is larger.

    Args:
        successes: clips that are right, 0 to `clips`; a fraction when averaged over seeds.
        clips: number of distinct clips, at least 1.
        confidence: between 0 and 1, exclusive.
    """
    if clips < 1 or not 0 <= successes <= clips or not 0 < confidence < 1:
        raise TableError(
            f"no interval for {successes:g} of {clips} clips at confidence {confidence:g}"
        )
    share = successes / clips
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    scale = 1 + z * z / clips
    centre = (share + z * z / (2 * clips)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / clips + z * z / (4 * clips * clips))
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def log_loss(truth: Names, probabilities: ArrayLike, classes: Names) -> float:
    """Return the mean of -log p(true class), natural logarithm; p is cut at 1e-12."""
    values = np.asarray(probabilities, dtype=np.float64)
    chosen = values[np.arange(len(values)), _places(truth, values, classes)]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def brier_score(truth: Names, probabilities: ArrayLike, classes: Names) -> float:
    """Return the mean squared distance between the probabilities and the truth, 0 to 2."""
    values = np.asarray(probabilities, dtype=np.float64)
    target = np.eye(len(classes))[_places(truth, values, classes)]
    return float(((values - target) ** 2).sum(axis=1).mean())


def _places(truth: Names, values: NDArray[np.float64], classes: Names) -> list[int]:
    _check_lengths(truth, truth)
    if values.shape != (len(truth), len(classes)):
        raise TableError(
            f"probabilities have the shape {values.shape}, not {(len(truth), len(classes))}"
        )
    known = list(classes)
    unknown = next((name for name in truth if name not in known), None)
    if unknown is not None:
        raise TableError(f"'{unknown}' is none of the classes {', '.join(classes)}")
    return [known.index(name) for name in truth]


def _objects(names: Names) -> NDArray[np.object_]:
    return np.asarray(names, dtype=object)


def _check_lengths(truth: Names, prediction: Names) -> None:
    if len(truth) != len(prediction):
        raise TableError(f"{len(truth)} true classes against {len(prediction)} predicted ones")
    if len(truth) == 0:
        raise TableError("no clips, so no score")
