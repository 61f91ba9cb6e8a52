"""Small predictions and history tables, exact to the clip."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mrpn.evaluation import build_predictions, concat_predictions

CLASSES = ("calm", "happy", "sad")
LABELS = ("calm", "calm", "happy", "sad")

Predict = Callable[..., pd.DataFrame]


def predict(
    guesses: str,
    *,
    strategy: str = "am",
    fold: str = "A1,2",
    seed: int = 0,
    labels: tuple[str, ...] = LABELS,
    classes: tuple[str, ...] = CLASSES,
) -> pd.DataFrame:
    """Predictions of four clips; `guesses` holds the first letters of the predicted classes."""
    places = [[name[0] for name in classes].index(letter) for letter in guesses]
    probabilities = np.full((len(guesses), len(classes)), 0.2)
    probabilities[np.arange(len(guesses)), places] = 1 - 0.2 * (len(classes) - 1)
    return build_predictions(
        clips=[f"{fold}-{place}" for place in range(len(guesses))],
        actors=[str(1 + place % 2) for place in range(len(guesses))],
        labels=labels,
        probabilities=probabilities,
        classes=classes,
        fold=fold,
        strategy=strategy,
        seed=seed,
    )


@pytest.fixture(name="predict")
def predict_fixture() -> Predict:
    return predict


@pytest.fixture(scope="session")
def study() -> pd.DataFrame:
    """Three strategies on two folds; the fusion loses to the face in the second."""
    return concat_predictions(
        [
            predict("cchh", strategy="am"),
            predict("cshs", strategy="vm"),
            predict("cchs", strategy="n2"),
            predict("hhhs", strategy="am", fold="A9,10"),
            predict("cchs", strategy="vm", fold="A9,10"),
            predict("chhs", strategy="n2", fold="A9,10"),
        ]
    )


@pytest.fixture(scope="session")
def history() -> pd.DataFrame:
    rows = [
        {
            "strategy": strategy,
            "fold": fold,
            "seed": 0,
            "epoch": epoch,
            "train_loss": 1.0 / (1 + epoch),
            "train_accuracy": 0.5 + 0.1 * epoch,
            "validation_loss": float("inf") if epoch == 0 else 1.0,
            "validation_accuracy": float("nan") if epoch == 0 else 0.5,
            "rate": 1e-3,
            "seconds": 10.0,
        }
        for strategy in ("am", "n2")
        for fold in ("A1,2", "A9,10")
        for epoch in range(3)
    ]
    return pd.DataFrame(rows)
