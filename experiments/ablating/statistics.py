"""What the rows come to: accuracies, paired differences, and what the diaries noted."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import pandas as pd
from ablating.plan import SETTINGS, comparisons
from ablating.runs import RESULT
from fuzzy.statistics import in_order, interval
from scipy.stats import ttest_1samp  # type: ignore[import-untyped]

from mrpn.common.errors import MrpnError
from mrpn.evaluation.statistics import holm

ALL = "all settings"
Outcome = dict[str, Any]


def read_outcomes(out: Path) -> list[Outcome]:
    """Return all finished runs' outcomes, setting by setting.

    Raises:
        MrpnError: there are none, or no seed has all settings that are there.
    """
    found = in_order([*(out / "runs").glob(f"*/{RESULT}")], list(SETTINGS))
    if not found:
        raise MrpnError(f"{out}: no finished runs here; run the study without --only-report")
    begun = {outcome["setting"] for outcome in found}
    seeds = [outcome["seed"] for outcome in found]
    if max(map(seeds.count, seeds)) < len(begun):
        raise MrpnError(f"{out}: no seed has all {len(begun)} settings yet; run the study further")
    return found


def run_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return one line per setting, seed and row: accuracy, the best possible, parameters."""
    return pd.DataFrame(
        [
            {
                "setting": outcome["setting"],
                "seed": outcome["seed"],
                "row": name,
                "accuracy": row["accuracy"],
                "best": outcome["best_on_test"]["both"],
                "test_clips": outcome["test_clips"],
                "parameters": row["parameters"],
            }
            for outcome in outcomes
            for name, row in outcome["rows"].items()
        ]
    )


def difference_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return paired differences of rows, in each setting and over all of them.

    Intervals are Student's over seeds, which renew networks and clips. Over all settings these are
    averaged in each seed first, and of seeds that have them all: settings are chosen, not drawn.
    `p` is Student's, `p_holm` corrected for the number of comparisons over all settings, and given
    there only; NaN with a single seed.
    """
    known = runs.pivot(index=["setting", "seed"], columns="row", values="accuracy")
    names = list(dict.fromkeys(runs["setting"]))
    counts = known.groupby("seed")["N2"].transform("size")
    lines = []
    for title in (ALL, *names):
        part = known[counts == len(names)] if title == ALL else known.loc[[title]]
        for one, other in comparisons():
            values = (part[one] - part[other]).groupby("seed").mean()
            low, high = interval(values)
            lines.append(
                {
                    "over": title,
                    "row": one,
                    "against": other,
                    "seeds": len(values),
                    "difference": mean(values),
                    "low": low,
                    "high": high,
                    "p": float(ttest_1samp(values, 0).pvalue) if len(values) > 1 else float("nan"),
                }
            )
    table = pd.DataFrame(lines)
    table["p_holm"] = float("nan")
    over_all = (table["over"] == ALL) & table["p"].notna()
    table.loc[over_all, "p_holm"] = holm(list(table.loc[over_all, "p"]))
    return table.round(6)


def mechanism_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return what the diaries noted, means over seeds and both modalities, by setting and row."""
    lines = [
        {"setting": outcome["setting"], "row": name, **noted}
        for outcome in outcomes
        for name, row in outcome["rows"].items()
        for noted in row.get("mechanism", {}).values()
    ]
    table = pd.DataFrame(lines)
    measures = [column for column in table if column not in ("setting", "row")]
    table[measures] = table[measures].astype(float)
    return table.groupby(["setting", "row"], sort=False)[measures].mean().round(4).reset_index()
