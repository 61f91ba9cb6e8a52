"""Optimism: what selecting the model on the fold that is reported adds to the number."""

import pandas as pd

from mrpn.evaluation.statistics.estimates import CONFIDENCE
from mrpn.evaluation.statistics.outcomes import outcome_table, paired, per_actor
from mrpn.evaluation.statistics.paired import Difference, difference_of

PAPER, STRICT = "paper", "strict"


def optimism_table(predictions: pd.DataFrame, confidence: float = CONFIDENCE) -> pd.DataFrame:
    """Return `paper` - `strict` of every row that was run under both protocols.

    Paired by clip, actor and seed. The strict protocol also trains on fewer actors, those of one
    fold less: the difference holds both.

    Args:
        predictions: with the columns `row` and `protocol`.
        confidence: of the intervals.

    Returns:
        Columns `row, paper, strict` (accuracies on what both were tested on, mean over actors) and
        the fields of `Difference`; no lines where nothing was run under both.
    """
    lines = []
    for row, part in predictions.groupby("row", sort=False):
        both = outcome_table(part, "protocol")
        if not {PAPER, STRICT} <= set(both.columns):
            continue
        common = both[[PAPER, STRICT]].dropna()
        if common.empty:
            continue
        found = difference_of(paired(both, PAPER, STRICT), confidence)
        means = {name: float(per_actor(common[name]).mean()) for name in (PAPER, STRICT)}
        lines.append({"row": str(row), **means, **vars(found)})
    return pd.DataFrame(lines, columns=["row", PAPER, STRICT, *Difference.__dataclass_fields__])
