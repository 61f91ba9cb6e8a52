"""What a pairing leaves to find: fusions of the classifiers' own posteriors, on the same clips."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from mrpn.corpora import ClipRecord
from mrpn.evaluation import classes_of
from mrpn.evaluation.predictions import probability_columns

_FLOOR = 1e-6


def fusion_accuracies(
    training: Sequence[ClipRecord],
    test: Sequence[ClipRecord],
    voices: pd.DataFrame,
    faces: pd.DataFrame,
) -> dict[str, float]:
    """Return the accuracy on the test pairs: of each half, of either, and of three fusions (ours).

    "product" multiplies the posteriors; "linear" and "interactions" are logistic regressions that
    learn from the training pairs' log posteriors, the second also from their products by two. What
    "interactions" gains over "product" is there to find for a network that learns from both.

    Args:
        training, test: pairs of a composite.
        voices, faces: predictions tables with the posteriors of each half.
    """
    classes = classes_of(voices)
    halves = [
        dict(zip(table["clip"], table[probability_columns(classes)].to_numpy(), strict=True))
        for table in (voices, faces)
    ]
    taught, asked = _logs(training, halves), _logs(test, halves)
    names = [record.label for record in training]
    truth = np.array([classes.index(record.label) for record in test])
    count = len(classes)
    guesses = {
        "voice": asked[:, :count].argmax(axis=1),
        "face": asked[:, count:].argmax(axis=1),
        "product": (asked[:, :count] + asked[:, count:]).argmax(axis=1),
    }
    for name, model in (("linear", _linear()), ("interactions", _interactions())):
        found = model.fit(taught, names).predict(asked)
        guesses[name] = np.array([classes.index(each) for each in found])
    right = {name: guess == truth for name, guess in guesses.items()}
    right["either"] = right["voice"] | right["face"]
    return {name: float(values.mean()) for name, values in right.items()}


def rank_agreement(
    pairs: Sequence[ClipRecord], voices: Mapping[str, float], faces: Mapping[str, float]
) -> float:
    """Return Spearman's correlation of the halves' clarity within a class, its mean over classes.

    Classes of fewer than two pairs, or whose clarity does not vary, are passed over; nan if none is
    left.
    """
    found = []
    for label in sorted({record.label for record in pairs}):
        same = [record for record in pairs if record.label == label]
        heard = [voices[record.extra["voice"]] for record in same]
        seen = [faces[record.extra["face"]] for record in same]
        if len(set(heard)) > 1 and len(set(seen)) > 1:
            found.append(float(spearmanr(heard, seen).statistic))
    return float(np.mean(found)) if found else float("nan")


def _logs(
    records: Sequence[ClipRecord], halves: Sequence[Mapping[str, NDArray[np.float64]]]
) -> NDArray[np.float64]:
    heard = np.stack([halves[0][record.extra["voice"]] for record in records])
    seen = np.stack([halves[1][record.extra["face"]] for record in records])
    return np.log(np.hstack([heard, seen]) + _FLOOR)


def _linear() -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


def _interactions() -> Pipeline:
    return make_pipeline(
        StandardScaler(),
        PolynomialFeatures(2, include_bias=False),
        StandardScaler(),
        LogisticRegression(C=0.01, max_iter=500),
    )
