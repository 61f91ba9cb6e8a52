"""The product of posteriors: the fusion that needs no training, as the bar to clear."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrpn.evaluation.predictions import (
    build_predictions,
    check_predictions,
    classes_of,
    concat_predictions,
    probability_columns,
)
from mrpn.evaluation.tables import TableError

RUN = ["fold", "seed"]


def product_of_posteriors(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    prior: Mapping[str, float] | None = None,
    strategy: str = "product",
) -> pd.DataFrame:
    """Fuse two uni-modal predictions tables into p_1 * p_2 / prior, clip by clip (ours).

    This is Bayes' rule where the modalities are independent given the class. Rows are joined by
    clip within a fold and seed. A clip that only one table has is decided by that one: the missing
    modality's posterior is the prior.

    Args:
        first, second: predictions of one strategy each, with the same classes.
        prior: share of each class in training, above 0; equal shares when not given.
        strategy: name of the result's strategy.

    Raises:
        TableError: when classes, labels, folds or seeds do not match.
    """
    tables = [check_predictions(first), check_predictions(second)]
    classes = classes_of(tables[0])
    if set(classes_of(tables[1])) != set(classes):
        raise TableError("product of posteriors: the two tables have different classes")
    for table in tables:
        names = sorted(set(table["strategy"]))
        if len(names) > 1:
            raise TableError(
                f"product of posteriors: give one strategy's table, not {', '.join(names)}"
            )
    shares = _shares(prior, classes)
    runs = [_runs(table) for table in tables]
    if set(runs[0]) != set(runs[1]):
        odd = min(set(runs[0]) ^ set(runs[1]))
        raise TableError(
            f"product of posteriors: only one table has fold '{odd[0]}' with seed {odd[1]}"
        )
    return concat_predictions(
        _fuse(part, runs[1][key], shares, classes, strategy) for key, part in runs[0].items()
    )


def _fuse(
    first: pd.DataFrame,
    second: pd.DataFrame,
    shares: NDArray[np.float64],
    classes: tuple[str, ...],
    strategy: str,
) -> pd.DataFrame:
    fold, seed = str(first["fold"].iloc[0]), int(first["seed"].iloc[0])
    parts = [table.set_index("clip") for table in (first, second)]
    common = parts[0].index.intersection(parts[1].index)
    if common.empty:
        raise TableError(f"product of posteriors: no clip in common in fold '{fold}', seed {seed}")
    for column in ("label", "actor"):
        differs = parts[0].loc[common, column] != parts[1].loc[common, column]
        if differs.any():
            clip = common[differs.to_numpy()][0]
            raise TableError(f"product of posteriors: clip '{clip}' has two values of '{column}'")
    clips = parts[0].index.append(parts[1].index.difference(parts[0].index, sort=False))
    described = parts[0].combine_first(parts[1]).loc[clips]
    evidence = -np.log(shares) * np.ones((len(clips), 1))
    for part in parts:
        known = part[probability_columns(classes)].reindex(clips).to_numpy()
        known = np.where(np.isnan(known), shares, known)
        evidence += np.log(np.maximum(known, 1e-12))
    posterior = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    return build_predictions(
        clips=[str(clip) for clip in clips],
        actors=[str(actor) for actor in described["actor"]],
        labels=[str(label) for label in described["label"]],
        probabilities=posterior / posterior.sum(axis=1, keepdims=True),
        classes=classes,
        fold=fold,
        strategy=strategy,
        seed=seed,
    )


def _runs(table: pd.DataFrame) -> dict[tuple[str, int], pd.DataFrame]:
    return {
        (str(part["fold"].iloc[0]), int(part["seed"].iloc[0])): part
        for _, part in table.groupby(RUN, sort=False)
    }


def _shares(prior: Mapping[str, float] | None, classes: tuple[str, ...]) -> NDArray[np.float64]:
    if prior is None:
        return np.full(len(classes), 1 / len(classes))
    shares = np.array([float(prior.get(name, 0)) for name in classes])
    if not np.isfinite(shares).all() or (shares <= 0).any():
        name = next(name for name, share in zip(classes, shares, strict=True) if not share > 0)
        raise TableError(f"product of posteriors: the prior of '{name}' must be above 0")
    shares /= shares.sum()
    return shares
