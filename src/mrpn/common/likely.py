"""Probabilities of scores, and the sets of classes that are likely enough."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def softmax(scores: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return the probabilities of scores [..., classes] divided by a temperature."""
    values = np.asarray(scores, np.float64) / temperature
    values = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(values / values.sum(axis=-1, keepdims=True))


def label_set(probabilities: ArrayLike, threshold: float) -> list[int]:
    """Return the classes whose probability reaches the threshold, and the most probable one."""
    values = np.asarray(probabilities, np.float64)
    best = int(values.argmax())
    order = np.argsort(-values, kind="stable")
    return [int(n) for n in order if values[n] >= threshold or n == best]
