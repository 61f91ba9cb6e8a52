"""Tables computed from a predictions table: by strategy, fold, class and actor."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrpn.evaluation.metrics import (
    accuracy,
    brier_score,
    class_recalls,
    confusion_counts,
    confusion_rates,
    log_loss,
    macro_f1,
    unweighted_average_recall,
)
from mrpn.evaluation.predictions import check_predictions, classes_of, probability_columns
from mrpn.evaluation.statistics.estimates import estimate, wider
from mrpn.evaluation.statistics.inferior import CASES, margins
from mrpn.evaluation.statistics.outcomes import outcome_table
from mrpn.evaluation.strategies import evidence_of, is_unimodal, ordered
from mrpn.evaluation.tables import TableError


def score_table(predictions: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return one row per strategy: its scores over all clips, folds and seeds together.

    Columns: `strategy, clips, actors, folds, seeds, accuracy, low, high, over, uar, macro_f1,
    log_loss, brier`. `low` and `high` are the interval of `estimate`: over actors where there are
    ten or more, else over the distinct clips, or over folds where that is wider; `over` says which.
    """
    table = check_predictions(predictions)
    classes, outcomes = classes_of(table), outcome_table(table)
    rows = []
    for strategy, part in _by_strategy(table).items():
        truth, guess = list(part["label"]), list(part["prediction"])
        posterior = part[probability_columns(classes)].to_numpy()
        right = accuracy(truth, guess)
        low, high, over = wider(vars(estimate(outcomes[strategy], confidence)))
        rows.append(
            {
                "strategy": strategy,
                "clips": part["clip"].nunique(),
                "actors": part["actor"].nunique(),
                "folds": part["fold"].nunique(),
                "seeds": part["seed"].nunique(),
                "accuracy": right,
                "low": low,
                "high": high,
                "over": over,
                "uar": unweighted_average_recall(truth, guess),
                "macro_f1": macro_f1(truth, guess),
                "log_loss": log_loss(truth, posterior, classes),
                "brier": brier_score(truth, posterior, classes),
            }
        )
    return pd.DataFrame(rows)


def group_table(predictions: pd.DataFrame, group: str) -> pd.DataFrame:
    """Return accuracy, one row per `group` ("fold" or "actor") and one column per strategy.

    Rows keep the table's order; a strategy without clips in a group has NaN there.
    """
    table = check_predictions(predictions)
    right = (table["prediction"] == table["label"]).astype("float64")
    wide = right.groupby([table[group], table["strategy"]]).mean().unstack("strategy")
    return wide.reindex(index=list(dict.fromkeys(table[group])), columns=ordered(table["strategy"]))


def actor_scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return accuracy per actor and strategy, actors in the order of their numbers."""
    wide = group_table(predictions, "actor")
    return wide.reindex(sorted(wide.index, key=_natural))


def recall_table(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return recall per class and strategy; NaN for a class that never occurs in the truth."""
    table = check_predictions(predictions)
    classes = classes_of(table)
    columns = {
        strategy: class_recalls(list(part["label"]), list(part["prediction"]), classes)
        for strategy, part in _by_strategy(table).items()
    }
    return pd.DataFrame(columns, index=list(classes))


def confusions(predictions: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Return each strategy's confusion counts [true, predicted], over all folds and seeds."""
    table = check_predictions(predictions)
    classes = classes_of(table)
    return {
        strategy: confusion_counts(list(part["label"]), list(part["prediction"]), classes)
        for strategy, part in _by_strategy(table).items()
    }


def confusion_data(counts: Mapping[str, NDArray[np.int64]], classes: Sequence[str]) -> pd.DataFrame:
    """Return confusion counts as a long table: `network, true, predicted, count, share`."""
    lines = []
    for name, table in counts.items():
        for (true, guess), share in np.ndenumerate(confusion_rates(table)):
            line = {"network": name, "true": classes[true], "predicted": classes[guess]}
            lines.append({**line, "count": int(table[true, guess]), "share": share})
    return pd.DataFrame(lines)


def inferior_cases(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the inferior multi-modal cases (paper, section 5): a row for each fold and seed.

    In these a uni-modal strategy is more accurate than a multi-modal one, on the clips that both
    were tested on. Columns: `fold, seed,
    strategy, accuracy, unimodal, unimodal_accuracy, difference` (below 0).
    """
    outcomes = outcome_table(check_predictions(predictions))
    present = ordered(map(str, outcomes.columns))
    alone = [name for name in present if is_unimodal(name)]
    fused = [name for name in present if not is_unimodal(name)]
    if not alone or not fused:
        return pd.DataFrame(columns=list(CASES))
    found = pd.concat([margins(outcomes, name, alone) for name in fused], ignore_index=True)
    levels = (outcomes.index.get_level_values(name) for name in ("fold", "seed"))
    place = {key: index for index, key in enumerate(dict.fromkeys(zip(*levels, strict=True)))}
    runs = [place[key] for key in zip(found["fold"], found["seed"], strict=True)]
    cases = found.assign(run=runs)[found["difference"] < 0].sort_values("run", kind="stable")
    return cases[list(CASES)].reset_index(drop=True)


def bound_table(scores: pd.DataFrame, bounds: Mapping[str, float]) -> pd.DataFrame:
    """Return each strategy beside the Bayes bound of what it is given to see and hear.

    Args:
        scores: as from `score_table`.
        bounds: Bayes accuracy by evidence: "voice" (or "audio"), "face" (or "video"), "both".

    Returns:
        Columns `strategy, accuracy, low, high, evidence, bound, distance`, distance being
        bound - accuracy; strategies without a bound are left out.
    """
    for name, value in bounds.items():
        if not 0 <= value <= 1:
            raise TableError(f"the bound '{name}' is {value:g}; a bound is an accuracy, 0 to 1")
    rows = []
    for row in scores.to_dict("records"):
        evidence = next((n for n in evidence_of(row["strategy"]) if n in bounds), None)
        if evidence is not None:
            kept = {name: row[name] for name in ("strategy", "accuracy", "low", "high")}
            bound = float(bounds[evidence])
            distance = bound - row["accuracy"]
            rows.append({**kept, "evidence": evidence, "bound": bound, "distance": distance})
    columns = ["strategy", "accuracy", "low", "high", "evidence", "bound", "distance"]
    return pd.DataFrame(rows, columns=columns)


def same_clips(predictions: pd.DataFrame) -> bool:
    """Whether every strategy was tested on the same clips, folds and seeds."""
    table = check_predictions(predictions)
    tested = [
        frozenset(part[["fold", "seed", "clip"]].itertuples(index=False, name=None))
        for part in _by_strategy(table).values()
    ]
    return len(set(tested)) == 1


def _by_strategy(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {name: table[table["strategy"] == name] for name in ordered(table["strategy"])}


def _natural(name: str) -> tuple[int, int, str]:
    return (0, int(name), name) if name.isdecimal() else (1, 0, name)
