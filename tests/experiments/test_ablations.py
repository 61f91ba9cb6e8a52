"""The ablations on latent sequences: the plan, what a run leaves, what the tables make of it."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from ablating import plan
from ablating.plan import SETTINGS, comparisons, row_recipe, rows, settings
from ablating.report import write_results
from ablating.runs import RESULT, mechanism, run_rows
from ablating.statistics import ALL, difference_table, read_outcomes, run_table
from ablations import finished, place_of, planned

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_json


def outcome(setting, seed, accuracies):
    """An outcome as a run leaves it: N2 and N1 as given, all other rows 0.5."""
    of_rows = {row.row: 0.5 for row in rows()} | accuracies
    return {
        "setting": setting,
        "seed": seed,
        "test_clips": 100,
        "best_on_test": {"both": 0.9},
        "rows": {n: {"accuracy": value, "parameters": 10} for n, value in of_rows.items()},
    }


def test_rows_are_those_of_the_study_and_every_one_is_another_experiment():
    names = {row.row for row in rows()}
    assert {"N0", "N1", "N2", "N0 perceptron", "N1 dense", "N2 LSTM"} <= names
    made = [(row.strategy, row_recipe(row, 0).digest) for row in rows()]
    assert len(set(made)) == len(made) == len(names)
    assert {name for pair in comparisons() for name in pair} <= names
    assert [s.name for s in settings()] == list(plan.SETTINGS)


def test_every_setting_runs_before_any_has_its_second_seed():
    assert [seed for _, seed in planned(2)] == [0] * 6 + [1] * 6


def test_differences_are_averaged_over_settings_in_each_seed_that_has_them_all():
    runs = run_table(
        [
            outcome("default", 0, {"N2": 0.60, "N1": 0.50}),
            outcome("default", 1, {"N2": 0.62, "N1": 0.50}),
            outcome("default", 2, {"N2": 0.90, "N1": 0.50}),
            outcome("clarity-1", 0, {"N2": 0.52, "N1": 0.50}),
            outcome("clarity-1", 1, {"N2": 0.54, "N1": 0.50}),
        ]
    )
    table = difference_table(runs).set_index(["over", "row", "against"])
    both = table.loc[(ALL, "N2", "N1")]
    assert (both["difference"], both["seeds"]) == (pytest.approx(0.07), 2)
    # Student's quantile for two values is 12.7062; their standard error here is 0.01.
    assert both["high"] - both["difference"] == pytest.approx(0.127062, abs=1e-5)
    one = table.loc[("clarity-1", "N2", "N1")]
    assert (one["difference"], one["seeds"]) == (pytest.approx(0.03), 2)
    assert both["p_holm"] >= both["p"]
    assert math.isnan(one["p_holm"])


def test_a_diary_comes_to_medians_of_its_notes_and_the_last_epochs_accuracies():
    nothing = math.nan
    lines = [
        (1, 1, 4.0, 2.0, -0.5, nothing, nothing),
        (1, 21, 2.0, 2.0, 0.1, nothing, nothing),
        (1, 0, nothing, nothing, nothing, 0.3, 0.4),
        (2, 1, 6.0, 2.0, 0.3, nothing, nothing),
        (2, 0, nothing, nothing, nothing, 0.5, 0.6),
    ]
    columns = ["epoch", "batch", "fused_norm", "side_norm", "cosine", "alone", "together"]
    diary = pd.DataFrame(lines, columns=columns).assign(modality="audio")
    expected = {"ratio": 2.0, "cosine": 0.1, "opposed": 0.3333, "alone": 0.5, "together": 0.6}
    assert mechanism(diary) == {"audio": expected}
    without = diary.assign(side_norm=np.nan, cosine=np.nan)
    assert mechanism(without)["audio"]["cosine"] is None


def test_a_run_leaves_all_that_the_report_needs_and_leads_back_to_itself(tmp_path, monkeypatch):
    few = [row for row in rows() if row.row in ("N1", "N2", "N2 LSTM")]
    monkeypatch.setattr("ablating.runs.rows", lambda: few)
    monkeypatch.setattr("ablating.report.rows", lambda: few)
    monkeypatch.setattr("ablating.statistics.comparisons", lambda: [("N2", "N1")])
    monkeypatch.setattr("ablating.report.comparisons", lambda: [("N2", "N1")])
    monkeypatch.setattr("ablating.figure.comparisons", lambda: [("N2", "N1")])
    default = settings()[0]
    small = replace(default, corpus=default.corpus.model_copy(update={"actors": 2}))
    place = place_of(tmp_path, small.name, 0)
    found = run_rows(small, 0, tmp_path / "work", place)
    assert not (tmp_path / "work").exists()
    answers = pd.read_parquet(place / "predictions.parquet")
    right = (answers["N2"].astype(str) == answers["label"].astype(str)).mean()
    assert right == pytest.approx(found["rows"]["N2"]["accuracy"], abs=1e-6)
    assert set(pd.read_csv(place / "diary.csv")["row"]) == {"N1", "N2"}
    assert found["rows"]["N1"]["parameters"] < found["rows"]["N2"]["parameters"]
    assert -1 <= found["rows"]["N2"]["mechanism"]["audio"]["cosine"] <= 1
    assert json.loads((place / "result.json").read_text()) == found
    assert finished(tmp_path, (small, 0))
    with pytest.raises(MrpnError, match="of another plan; delete it"):
        finished(tmp_path, (replace(small, flipped=0.1), 0))
    write_results(tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert f"{100 * found['rows']['N2']['accuracy']:.1f}" in text
    for name in ("differences.png", "diary-default.png"):
        assert (tmp_path / name).stat().st_size > 5_000
    assert len(pd.read_csv(tmp_path / "runs.csv")) == 3


def test_a_report_needs_a_seed_with_all_settings_that_were_begun(tmp_path):
    first, second = list(SETTINGS)[:2]
    for setting, seed in ((first, 0), (second, 1)):
        place = tmp_path / "runs" / f"{setting}-seed{seed}" / RESULT
        write_json(place, {"setting": setting, "seed": seed})
    with pytest.raises(MrpnError, match="no seed has all 2 settings yet"):
        read_outcomes(tmp_path)
