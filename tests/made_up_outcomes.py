"""Outcomes of made-up studies."""

import numpy as np
import pandas as pd


def made_up(
    rows: dict[str, float],
    *,
    folds: int = 12,
    inside: int = 2,
    clips: int = 10,
    seeds: int = 1,
    seed: int = 0,
) -> pd.DataFrame:
    """Independent outcomes of actors 1, 2, ... by the accuracy of each row."""
    index = pd.MultiIndex.from_tuples(
        [
            (f"F{fold}", str(fold * inside + actor), f"{fold}-{actor}-{clip}", number)
            for fold in range(folds)
            for actor in range(inside)
            for clip in range(clips)
            for number in range(seeds)
        ],
        names=["fold", "actor", "clip", "seed"],
    )
    generator = np.random.default_rng(seed)
    values = {name: (generator.random(len(index)) < share) * 1.0 for name, share in rows.items()}
    return pd.DataFrame(values, index=index)
