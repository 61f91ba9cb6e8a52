"""Two pairings of the same voices and faces: what fusions gain on the product under each.

    python experiments/pairings.py

Reads the runs on pairs by class (composite-frozen) and by class and clarity, which have the same
recipe, folds and voices, and writes pairings.md and pairings.csv beside the latter: how far
each fusion is from the product of posteriors, fold by fold, and how that differs between the two.
Of each, all seeds that there are count, averaged clip by clip: a single one may be a lucky one.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from scripting import run_script

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_text
from mrpn.common.progress import say
from mrpn.evaluation.intervals import DIFFERENCE, t_interval
from mrpn.evaluation.statistics import holm, outcome_table, per_fold, sign_flip_test
from mrpn.evaluation.tables import write_table
from mrpn.evaluation.views import percent, points
from mrpn.training.collect import report_inputs
from mrpn.training.studies import gather

RESULTS = Path(__file__).resolve().parent / "results"
FUSIONS = ("late", "n0", "n1", "n2")
SHOWN = {"am": "voice", "vm": "face", "product": "product", "late": "late fusion"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare the two, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--by-class", type=Path, default=RESULTS / "composite-frozen")
    parser.add_argument(
        "--by-clarity", type=Path, default=RESULTS / "composite-ravdess-fer2013-clarity"
    )
    given = parser.parse_args(arguments)
    first = gather(given.by_class).predictions
    second = report_inputs(given.by_clarity).predictions
    table = compare_pairings(by_fold(first), by_fold(second))
    write_table(table, given.by_clarity / "pairings.csv")
    write_text(given.by_clarity / "pairings.md", as_markdown(table))
    say(str(given.by_clarity / "pairings.md"))


def by_fold(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the accuracy of every fold (index) and strategy (columns), over all seeds."""
    outcomes = outcome_table(predictions)
    return pd.DataFrame({str(name): per_fold(outcomes[name]) for name in outcomes})


def compare_pairings(by_class: pd.DataFrame, by_clarity: pd.DataFrame) -> pd.DataFrame:
    """Return a line for each strategy: its accuracies, and its distances to the product.

    Args:
        by_class, by_clarity: as from `by_fold`, of the same folds.

    Returns:
        Columns strategy, class, clarity (means over folds); and for late fusion and the networks
        class_gain, clarity_gain (points over the product, as shares) and change, each with the
        ends of Student's 95 % interval over folds, `_low` and `_high`; and of the change p, by
        sign flips over folds, and p_corrected for all changes looked at (Holm).

    Raises:
        MrpnError: the two were run on different folds.
    """
    if set(by_class.index) != set(by_clarity.index):
        raise MrpnError("the two pairings were run on different folds: only the same compare")
    by_clarity = by_clarity.loc[by_class.index]
    lines = []
    for name in by_class.columns:
        line = {
            "strategy": name,
            "class": by_class[name].mean(),
            "clarity": by_clarity[name].mean(),
        }
        if name in FUSIONS:
            gains = [each[name] - each["product"] for each in (by_class, by_clarity)]
            for column, values in zip(
                ("class_gain", "clarity_gain", "change"), (*gains, gains[1] - gains[0]), strict=True
            ):
                low, high = t_interval(list(values), limits=DIFFERENCE)
                line |= {column: values.mean(), f"{column}_low": low, f"{column}_high": high}
            line["p"] = sign_flip_test(gains[1] - gains[0])
        lines.append(line)
    table = pd.DataFrame(lines)
    looked_at = table["p"].notna()
    table.loc[looked_at, "p_corrected"] = holm(list(table.loc[looked_at, "p"]))
    return table


def as_markdown(table: pd.DataFrame) -> str:
    """Return the comparison as a page."""
    head = (
        "# Pairs by class, and by class and clarity\n\n"
        "Accuracy in %, means over folds and seeds; points over the product of posteriors with "
        "Student's 95 % interval over folds; p of the change by sign flips over folds, corrected "
        "for all changes looked at (Holm).\n\n"
        "| | by class | by clarity | over the product, by class | by clarity | change | p |\n"
        "|---|---:|---:|---:|---:|---:|---:|\n"
    )
    rows = []
    for line in table.to_dict("records"):
        cells = [SHOWN.get(line["strategy"], line["strategy"].upper())]
        cells += [percent(line[name]) for name in ("class", "clarity")]
        for name in ("class_gain", "clarity_gain", "change"):
            known = line["strategy"] in FUSIONS
            ends = [points(line[f"{name}_{end}"]) for end in ("low", "high")] if known else []
            cells.append(f"{points(line[name])} ({ends[0]} to {ends[1]})" if known else "")
        cells.append(f"{line['p_corrected']:.2f}" if line["strategy"] in FUSIONS else "")
        rows.append("| " + " | ".join(cells) + " |\n")
    return head + "".join(rows)


if __name__ == "__main__":
    run_script(main)
