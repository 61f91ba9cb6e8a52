"""Inferior cases are counted by fold and seed, and their interval is over folds."""

import pandas as pd
import pytest

from mrpn.evaluation import wilson_interval
from mrpn.evaluation.statistics import inferior_counts, margins

SCORES = pd.DataFrame(
    {"am": [0.5, 0.5, 0.9, None], "vm": [0.6, 0.7, 0.2, None], "n2": [0.6, 0.65, 0.8, 0.9]},
    index=pd.MultiIndex.from_tuples(
        [("A", 0), ("A", 1), ("B", 0), ("C", 0)], names=["fold", "seed"]
    ),
)


def test_the_better_single_network_is_the_rival_and_a_tie_is_no_case() -> None:
    found = margins(SCORES, "n2", ["am", "vm"])
    assert found["unimodal"].to_list() == ["vm", "vm", "am"]
    assert found["difference"].to_list() == pytest.approx([0, -0.05, -0.1])


def test_two_seeds_of_a_fold_are_half_a_case_each() -> None:
    (line,) = inferior_counts(SCORES, {"n2": ["am", "vm"]}).to_dict("records")
    assert (line["folds"], line["compared"], line["cases"]) == (2, 3, 2)
    assert line["share"] == 0.75
    assert (line["low"], line["high"]) == wilson_interval(1.5, 2)
    assert (line["least"], line["where"]) == (pytest.approx(-0.1), "B")


def test_without_a_rival_there_is_no_line() -> None:
    assert inferior_counts(SCORES.iloc[3:], {"n2": ["am"]}).empty
    assert inferior_counts(SCORES, {}).empty


def test_networks_are_compared_on_the_clips_that_both_were_tested_on() -> None:
    """Two clips have no face: the fused network errs on them, the face's was never asked."""
    index = pd.MultiIndex.from_tuples(
        [("A", str(clip), "a", 0) for clip in range(4)], names=["fold", "clip", "actor", "seed"]
    )
    outcomes = pd.DataFrame({"vm": [1.0, 0.0, None, None], "n2": [1.0, 0.0, 0.0, 0.0]}, index)
    (case,) = margins(outcomes, "n2", ["vm"]).to_dict("records")
    assert (case["accuracy"], case["unimodal_accuracy"], case["difference"]) == (0.5, 0.5, 0)
