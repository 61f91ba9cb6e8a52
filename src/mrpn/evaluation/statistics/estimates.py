"""What an accuracy is an estimate of, and how far off it may be."""

from dataclasses import dataclass

import pandas as pd

from mrpn.evaluation.intervals import t_interval
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


@dataclass(frozen=True)
class Estimate:
    """A mean accuracy with its interval, and what that interval is over.

    Attributes:
        value: mean over actors of each actor's accuracy, 0 to 1.
        low, high: the interval; over actors where there are ten or more, else over clips.
        over: `OVER_ACTORS` or `OVER_CLIPS`. The second knows nothing of new actors.
        fold_low, fold_high: Student's interval over the folds' means; NaN below three folds.
            Actors of one fold share a trained network; this interval counts that in.
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
    if len(actors) >= ENOUGH_ACTORS:
        low, high, over = *t_interval(list(actors), confidence), OVER_ACTORS
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
    means: pd.Series, confidence: float, limits: tuple[float, float] = (0.0, 1.0)
) -> tuple[float, float]:
    """Return Student's interval over the means of folds; NaN where there are fewer than three."""
    if len(means) < ENOUGH_FOLDS:
        return float("nan"), float("nan")
    return t_interval(list(means), confidence, limits=limits)


def estimate_table(outcomes: pd.DataFrame, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return one line for each column of `outcomes`: `row`, and the fields of `Estimate`."""
    lines = [{"row": str(name), **vars(estimate(outcomes[name], confidence))} for name in outcomes]
    return pd.DataFrame(lines)
