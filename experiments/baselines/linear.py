"""Linear classifiers tuned on training actors alone: vectors in, distributions out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

Matrix = NDArray[np.float64]
Scores = Callable[[Matrix, NDArray[np.int64], Matrix, Sequence[float]], dict[float, Matrix]]
INNER_FOLDS = 5
TEMPERATURES = (1e-3, 1e3)


@dataclass(frozen=True)
class Tuned:
    """What one fold gave.

    Args:
        probabilities: [test clips, classes].
        strength: the C chosen.
        temperature: what scores are divided by before the softmax.
        inner_accuracy: on held-out training actors, with that C.
    """

    probabilities: Matrix
    strength: float
    temperature: float
    inner_accuracy: float


def svm_scores(
    train: Matrix, labels: NDArray[np.int64], test: Matrix, strengths: Sequence[float]
) -> dict[float, Matrix]:
    """Return a linear support vector machine's scores [test, classes] for each C.

    One against one, as in the openSMILE challenges; the score of a class is its number of won
    comparisons, ties broken by the margins.
    """
    size = train.shape[1]
    gram, rows = train @ train.T / size, test @ train.T / size
    return {
        strength: SVC(C=strength, kernel="precomputed", decision_function_shape="ovr")
        .fit(gram, labels)
        .decision_function(rows)
        for strength in strengths
    }


def logistic_scores(
    train: Matrix, labels: NDArray[np.int64], test: Matrix, strengths: Sequence[float]
) -> dict[float, Matrix]:
    """Return multinomial logistic regression's scores [test, classes] for each C."""
    return {
        strength: LogisticRegression(C=strength, max_iter=2000)
        .fit(train, labels)
        .decision_function(test)
        for strength in strengths
    }


MODELS: Mapping[str, Scores] = {"svm": svm_scores, "logistic": logistic_scores}
STRENGTHS: Mapping[str, tuple[float, ...]] = {
    "svm": tuple(10.0 ** (k / 2) for k in range(-6, 7)),
    "logistic": tuple(10.0 ** (k / 2) for k in range(-8, 5)),
}


def tune_and_predict(
    model: str,
    train: Matrix,
    labels: NDArray[np.int64],
    actors: Sequence[str],
    test: Matrix,
) -> Tuned:
    """Choose C and a temperature on held-out training actors, train on all of them, predict.

    The inner folds keep actors apart, and the features are standardised by what each of them
    trains on. C is the one with the highest accuracy over the inner folds (of equals the
    smallest), the temperature the one with the lowest log loss there. Source: ours.

    Args:
        model: "svm" or "logistic".
        train: [clips, features] of the training actors.
        labels: [clips] three or more classes as 0, 1, ..., all in every inner training part.
        actors: who speaks in each of the clips, five or more.
        test: [test clips, features].
    """
    scores, strengths = MODELS[model], STRENGTHS[model]
    classes = int(labels.max()) + 1
    inner = {strength: np.empty((len(train), classes)) for strength in strengths}
    for fitted, held in GroupKFold(INNER_FOLDS).split(train, labels, list(actors)):
        parts = standardised(train[fitted], train[held])
        for strength, values in scores(parts[0], labels[fitted], parts[1], strengths).items():
            inner[strength][held] = values
    right = {s: float(np.mean(values.argmax(axis=1) == labels)) for s, values in inner.items()}
    chosen = max(strengths, key=lambda strength: right[strength])
    heat = temperature(inner[chosen], labels)
    parts = standardised(train, test)
    final = scores(parts[0], labels, parts[1], [chosen])[chosen]
    return Tuned(softmax(final / heat, axis=1), chosen, heat, right[chosen])


def standardised(train: Matrix, test: Matrix) -> tuple[Matrix, Matrix]:
    """Return both with the training part's mean 0 and variance 1, feature by feature."""
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def temperature(scores: Matrix, labels: NDArray[np.int64]) -> float:
    """Return the divisor of `scores` [clips, classes] whose softmax has the lowest log loss."""
    rows = np.arange(len(labels))

    def loss(log_heat: float) -> float:
        return float(-log_softmax(scores / np.exp(log_heat), axis=1)[rows, labels].mean())

    bounds = (float(np.log(TEMPERATURES[0])), float(np.log(TEMPERATURES[1])))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
