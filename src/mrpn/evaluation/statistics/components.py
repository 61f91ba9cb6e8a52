"""Components of variance: how much of an accuracy's doubt comes of people, clips and training."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrpn.evaluation.statistics.outcomes import per_actor, per_clip


@dataclass(frozen=True)
class Components:
    """Where the variance of a mean accuracy comes from; deviations are shares, not points.

    Attributes:
        people: deviation between actors, were each heard in endless clips.
        clips: deviation of an actor's accuracy that comes of which clips of each class were
            recorded.
        training: deviation of a fold's accuracy that comes of the seed alone, on any clips; NaN
            with one seed.
        reseeded: deviation of a fold's accuracy on these very clips when trained from another
            seed; NaN with one seed.
        people_share, clips_share, training_share: of the variance of the overall mean; with one
            seed, training is contained in the others and its share is NaN.
    """

    people: float
    clips: float
    training: float
    reseeded: float
    people_share: float
    clips_share: float
    training_share: float


def components(outcomes: pd.Series, labels: Mapping[str, str] | None = None) -> Components:
    """Split the variance of a mean accuracy by the method of moments (ours).

    Within a fold, clips x seeds is a two-way table: what seeds differ by beyond the rest is
    training. Between actors, what is left after the share of clips and training is people.
    Negative estimates become 0. How many clips of each class an actor has is fixed by design, so
    that classes of unlike difficulty are no chance: clips vary within their class alone.

    Args:
        outcomes: by `fold, actor, clip, seed`: a column of `outcome_table`, or of other scores.
        labels: the class of each clip; without, all clips are taken to be of one.
    """
    known = outcomes.dropna()
    seeds = known.index.get_level_values("seed").nunique()
    folds = [_balanced(part) for _, part in known.groupby(level="fold", sort=False)]
    several = [table for table in folds if min(table.shape) > 1]
    training = reseeded = float("nan")
    if several:
        training = max(0.0, float(np.mean([_seed_variance(table) for table in several])))
        reseeded = float(np.mean([table.mean(axis=0).var(ddof=1) for table in several]))
    actors = per_actor(known)
    sampling = _sampling_variance(known, labels)
    noise = 0.0 if np.isnan(training) else training / seeds
    spread = float(actors.var(ddof=1)) if len(actors) > 1 else float("nan")
    people = max(0.0, spread - sampling - noise) if np.isfinite(spread) else float("nan")
    parts = np.array([people, sampling, training / seeds]) / [len(actors), len(actors), len(folds)]
    total = float(np.nansum(parts))
    shares = parts / total if total > 0 else np.full(3, np.nan)
    return Components(
        *(float(np.sqrt(value)) for value in (people, sampling, training, reseeded)),
        *(float(share) for share in shares),
    )


def component_table(
    outcomes: pd.DataFrame, labels: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return one line for each column of `outcomes`: `row`, and the fields of `Components`.

    Args:
        outcomes: as from `outcome_table`.
        labels: the class of each clip, as `components` takes them.
    """
    return pd.DataFrame(
        [{"row": str(name), **vars(components(outcomes[name], labels))} for name in outcomes]
    )


def _balanced(part: pd.Series) -> NDArray[np.float64]:
    """Return [clips, seeds] of one fold, of the clips that every seed was tested on."""
    wide = part.groupby(level=["clip", "seed"], sort=False).mean().unstack("seed").dropna()
    return wide.to_numpy(dtype=np.float64)


def _seed_variance(table: NDArray[np.float64]) -> float:
    clips, seeds = table.shape
    of_seeds, of_clips = table.mean(axis=0), table.mean(axis=1)
    rest = table - of_seeds - of_clips[:, None] + table.mean()
    remaining = float((rest**2).sum()) / ((clips - 1) * (seeds - 1))
    return float(of_seeds.var(ddof=1) - remaining / clips)


def _sampling_variance(known: pd.Series, labels: Mapping[str, str] | None) -> float:
    """Return the variance of an actor's mean that its clips bring, the mean over actors.

    That of the clips of a class is pooled over actors: one alone may have but one of them.
    """
    table = per_clip(known).rename("score").reset_index()
    table["label"] = "" if labels is None else table["clip"].map(labels)
    whom = ["fold", "actor"]
    groups = table.groupby([*whom, "label"], sort=False)["score"]
    inside = groups.var(ddof=1).groupby(level="label", sort=False).mean()
    counts = groups.size().rename("clips").reset_index()
    counts["part"] = counts["clips"] * counts["label"].map(inside.fillna(inside.mean()))
    actors = counts.groupby(whom, sort=False)
    variances = actors["part"].sum(min_count=1) / actors["clips"].sum() ** 2
    return float(variances.mean()) if variances.notna().any() else 0.0
