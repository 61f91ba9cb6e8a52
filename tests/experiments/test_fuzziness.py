"""The fuzziness study: what it plans, what a run leaves, and what the tables make of it."""

import json
import time
from dataclasses import replace

import pandas as pd
import pytest
from fuzziness import answers_of, finished, place_of, planned
from fuzzy.conducting import run_all
from fuzzy.plan import (
    KNOBS,
    STRATEGIES,
    Setting,
    latent_recipe,
    latent_settings,
    rendered_settings,
)
from fuzzy.report import write_results
from fuzzy.runs import run_latent
from fuzzy.statistics import (
    difference_table,
    inferior_table,
    read_outcomes,
    run_table,
    setting_table,
)

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_json


def outcome(setting, seed, accuracies, best):
    """An outcome as a run leaves it, of the accuracies by strategy in their order."""
    scores = {"agreeing": 1.0, "disagreeing": 0.5, "log_loss": 0.7}
    return {
        "setting": setting,
        "kind": "latent",
        "seed": seed,
        "corpus_settings": {"dependence": 0.0},
        "test_clips": 100,
        "best_on_test": dict(zip(("face", "voice", "both", "product"), best, strict=True)),
        "strategies": {
            name: {"accuracy": value, **scores}
            for name, value in zip(STRATEGIES, accuracies, strict=True)
        },
    }


@pytest.fixture
def runs():
    best = (0.7, 0.6, 0.9, 0.85)
    return run_table(
        [
            #                       am    vm   prod  late   n0    n1    n2
            outcome("one", 0, (0.50, 0.60, 0.80, 0.78, 0.58, 0.62, 0.64), best),
            outcome("one", 1, (0.52, 0.62, 0.80, 0.78, 0.64, 0.66, 0.64), best),
            outcome("two", 0, (0.50, 0.70, 0.80, 0.78, 0.69, 0.70, 0.72), best),
            outcome("two", 1, (0.50, 0.70, 0.80, 0.78, 0.69, 0.72, 0.72), best),
        ]
    )


def test_every_knob_is_turned_and_every_setting_has_its_own_name_and_hash():
    settings = latent_settings()
    assert len(settings) == len({s.name for s in settings}) == len({s.digest for s in settings})
    for knob in KNOBS:
        assert len({s.knobs[knob] for s in settings if knob in s.knobs}) >= 2
    assert len(rendered_settings()) == 3
    assert latent_recipe(0).optimisation.select == "last"


def test_every_setting_runs_before_any_has_its_second_seed():
    units = planned(2)
    assert [seed for kind, _, seed in units if kind == "latent"] == [0] * 20 + [1] * 20
    assert [kind for kind, _, _ in units[-3:]] == ["rendered"] * 3


def test_distances_are_to_the_best_of_what_a_strategy_is_given(runs):
    first = runs.set_index(["setting", "seed", "strategy"]).loc["one", 0]
    assert first.loc["am", "distance"] == pytest.approx(0.6 - 0.5)
    assert first.loc["vm", "distance"] == pytest.approx(0.7 - 0.6)
    assert first.loc["n0", "distance"] == pytest.approx(0.9 - 0.58)
    assert first.loc["vm", "of_both"] == pytest.approx(0.9 - 0.6)
    means = setting_table(runs).set_index(["setting", "strategy"])
    assert means.loc[("one", "n0"), "accuracy"] == pytest.approx(0.61)


def test_differences_are_paired_by_seed_and_settings_are_averaged_first(runs):
    table = difference_table(runs).set_index(["over", "pair"])
    one, both = table.loc[("one", "n1 - n0")], table.loc[("all latent settings", "n1 - n0")]
    assert one["difference"] == pytest.approx(0.03)
    # Student's quantile for two values is 12.7062; their standard error here is 0.01.
    assert one["high"] - one["difference"] == pytest.approx(0.127062, abs=1e-5)
    assert (both["settings"], both["seeds"]) == (2, 2)
    assert both["difference"] == pytest.approx((0.04 + 0.01 + 0.02 + 0.03) / 4)
    assert both["low"] == both["high"] == pytest.approx(0.025)


def test_inferior_cases_are_counted_by_run_and_by_setting(runs):
    table = inferior_table(runs).set_index("strategy")
    assert table.loc["n0", ["runs_below", "runs"]].tolist() == [3, 4]
    assert table.loc["n0", "which"] == "two"
    assert table.loc["n1", ["runs_below", "settings_below"]].tolist() == [0, 0]


def test_a_run_leaves_all_that_the_report_needs_and_leads_back_to_itself(tmp_path):
    small = latent_settings()[0]
    small = replace(small, corpus=small.corpus.model_copy(update={"actors": 2}))
    place = place_of(tmp_path, small.name, 0)
    found = run_latent(small, 0, tmp_path / "work", answers_of(place))
    assert not (tmp_path / "work").exists()
    answers = pd.read_parquet(answers_of(place))
    for strategy in STRATEGIES:
        right = answers[strategy].astype(str) == answers["label"].astype(str)
        accuracy = found["strategies"][strategy]["accuracy"]
        assert right.mean() == pytest.approx(accuracy, abs=1e-6)
    assert set(found["strategies"]) == set(STRATEGIES)
    assert found["test_clips"] == 360
    assert found["best_on_test"]["both"] > 0.7
    assert len(found["digests"]["corpus"]) == len(found["sequences"]) == 64
    assert not finished(tmp_path, ("latent", small, 0))
    write_json(place, json.loads(json.dumps(found)))
    assert finished(tmp_path, ("latent", small, 0))
    with pytest.raises(MrpnError, match="of other settings; delete it"):
        finished(tmp_path, ("latent", Setting(small.name, {}, small.corpus, flipped=0.1), 0))
    write_results(tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert f"{100 * found['strategies']['n2']['accuracy']:.1f}" in text
    assert (tmp_path / "distance.png").stat().st_size > 10_000
    assert len(pd.read_csv(tmp_path / "runs.csv")) == len(STRATEGIES)


def test_no_run_is_started_once_the_time_is_up(capsys):
    assert list(run_all(planned(1), dict, 1, time.monotonic() - 1)) == []
    assert "23 runs are left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        ({"setting": "loud", "seed": 0}, "of 'loud', which is no setting of the study; delete it"),
        (
            {"setting": "rendered-default", "seed": 0, "kind": "rendered"},
            "no latent run is finished, and the report is of those",
        ),
    ],
)
def test_runs_that_no_report_can_be_made_of_are_named_in_a_line(tmp_path, outcome, line):
    write_json(tmp_path / "runs" / "x.json", outcome)
    with pytest.raises(MrpnError, match=line):
        read_outcomes(tmp_path)
