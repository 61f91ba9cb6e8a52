"""Learning curves survive saving, and wrong ones are refused in one line."""

from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mrpn.evaluation import (
    TableError,
    check_history,
    concat_history,
    load_history,
    save_history,
)
from mrpn.evaluation.history import training_seconds


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_history_with_gaps_and_infinities_reads_back_the_same(
    tmp_path: Path, history: pd.DataFrame, suffix: str
) -> None:
    save_history(history, tmp_path / f"history{suffix}")
    assert_frame_equal(load_history(tmp_path / f"history{suffix}"), check_history(history))


def test_training_time_is_the_mean_over_runs_of_the_sum_over_epochs(history: pd.DataFrame) -> None:
    longer = history.assign(seconds=[10.0] * 3 + [20.0] * 3 + [float("nan")] * 6)
    times = training_seconds(check_history(longer))
    assert times["am"] == 45.0
    assert pd.isna(times["n2"])


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"epoch": 0}, "row 2 repeats an earlier one"),
        ({"seconds": "long"}, "'seconds' is 'long', not a finite number"),
        ({"epoch": 0.5}, "not a whole number"),
        ({"fold": ""}, "row 1 has no 'fold'"),
    ],
)
def test_wrong_values_are_one_clear_line(
    history: pd.DataFrame, change: dict[str, object], line: str
) -> None:
    with pytest.raises(TableError, match=line):
        check_history(history.assign(**change))


def test_missing_columns_and_empty_tables_are_refused(history: pd.DataFrame) -> None:
    with pytest.raises(TableError, match="lacks the column 'rate'"):
        check_history(history.drop(columns="rate"))
    with pytest.raises(TableError, match="has no rows"):
        check_history(history.head(0))
    with pytest.raises(TableError, match="no history tables"):
        concat_history([])


def test_histories_of_two_runs_join(history: pd.DataFrame) -> None:
    second = history.assign(seed=1)
    assert len(concat_history([history, second])) == 2 * len(history)
