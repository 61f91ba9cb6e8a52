"""What an accuracy is an estimate of, and how far off it may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import pandas as pd

from mrpn.evaluation.intervals import SHARE, share_interval, t_interval
from mrpn.evaluation.metrics import wilson_interval
from mrpn.evaluation.statistics.outcomes import per_actor, per_clip, per_fold
from mrpn.evaluation.tables import TableError

ENOUGH_ACTORS = 10
ENOUGH_FOLDS = 3
CONFIDENCE = 0.95
ESTIMAND = (
    "this training procedure, on new actors: the accuracy to be expected for a person who took no "
    "part, every person counting alike, from a network trained anew on as many actors of the same "
    "kind"
)
OVER_ACTORS = "t over actors"
OVER_CLIPS = "Wilson over clips"
OVER_FOLDS = "t over folds"


@dataclass(frozen=True)
class Estimate:
    """A mean accuracy with its interval, and what that interval is over.

    Attributes:
        value: mean over actors of each actor's accuracy, 0 to 1.
        low, high: the interval; over actors where there are ten or more who are not all alike,
            else over clips.
        over: `OVER_ACTORS` or `OVER_CLIPS`. The second knows nothing of new actors.
        fold_low, fold_high: the interval over the folds' means; NaN below three folds. Actors of
            one fold share a trained network; this interval counts that in. `wider` chooses.
        actors, clips, folds, seeds: what was tested.
    """

    value: float
    low: float
    high: float
    over: str
    fold_low: float
    fold_high: float
    actors: int
    clips: int
    folds: int
    seeds: int


def estimate(outcomes: pd.Series, confidence: float = CONFIDENCE) -> Estimate:
    """Return the mean accuracy over actors with its interval (ours; see `ESTIMAND`).

    Args:
        outcomes: 0 and 1 by `fold, actor, clip, seed`: a column of `outcome_table`.
        confidence: between 0 and 1, exclusive.

    Raises:
        TableError: no outcomes at all.
    """
    known = outcomes.dropna()
    if known.empty:
        raise TableError("no outcomes, so nothing to estimate")
    actors, clips = per_actor(known), per_clip(known)
    value = float(actors.mean())
    if len(actors) >= ENOUGH_ACTORS and actors.nunique() > 1:
        low, high, over = *share_interval(list(actors), confidence), OVER_ACTORS
    else:
        share = float(clips.mean())
        low, high = wilson_interval(min(share * len(clips), len(clips)), len(clips), confidence)
        over = OVER_CLIPS
    folds = per_fold(known)
    fold_low, fold_high = over_folds(folds, confidence)
    return Estimate(
        value,
        low,
        high,
        over,
        fold_low,
        fold_high,
        actors=len(actors),
        clips=len(clips),
        folds=len(folds),
        seeds=known.index.get_level_values("seed").nunique(),
    )


def over_folds(
    means: pd.Series, confidence: float, limits: tuple[float, float] = SHARE
) -> tuple[float, float]:
    """Return Student's interval over the means of folds; NaN where there are fewer than three.

    NaN also where shares are all alike, which tells nothing of others. That of shares is taken
    on the logit scale, as over actors.
    """
    if len(means) < ENOUGH_FOLDS:
        return float("nan"), float("nan")
    if limits == SHARE and means.nunique() == 1:
        return float("nan"), float("nan")
    if limits == SHARE:
        return share_interval(list(means), confidence)
    return t_interval(list(means), confidence, limits=limits)


def wider(line: Mapping[str, Any] | pd.Series) -> tuple[float, float, str]:
    """Return the wider of two intervals, and what it is over: the one to believe (ours).

    Args:
        line: `low, high, fold_low, fold_high` and, of an accuracy, `over`: the fields of an
            `Estimate` or a `Difference`, or a line of their tables.
    """
    low, high, fold_low, fold_high = (
        float(line[name]) for name in ("low", "high", "fold_low", "fold_high")
    )
    if isfinite(fold_low) and not high - low >= fold_high - fold_low:
        return fold_low, fold_high, OVER_FOLDS
    return low, high, str(line.get("over", OVER_ACTORS))


def estimate_table(outcomes: pd.DataFrame, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return one line for each column of `outcomes`: `row`, and the fields of `Estimate`."""
    lines = [{"row": str(name), **vars(estimate(outcomes[name], confidence))} for name in outcomes]
    return pd.DataFrame(lines)
