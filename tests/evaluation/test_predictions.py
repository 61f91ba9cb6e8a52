"""The predictions table is built, checked, saved, read and joined without loss."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from mrpn.evaluation import (
    TableError,
    build_predictions,
    check_predictions,
    classes_of,
    concat_predictions,
    load_predictions,
    save_predictions,
)

GOOD = {
    "clips": ["01", "NA"],
    "actors": ["1", "02"],
    "labels": ["null", "b"],
    "probabilities": [[1 / 3, 2 / 3], [0.1, 0.9]],
    "classes": ["null", "b"],
    "fold": "1",
    "strategy": "n2",
    "seed": 3,
}


def test_built_table_holds_what_was_given_in_the_stated_columns() -> None:
    table = build_predictions(**GOOD)
    columns = "clip actor label fold strategy seed prediction p_null p_b"
    assert list(table.columns) == columns.split()
    assert classes_of(table) == ("null", "b")
    assert list(table["prediction"]) == ["b", "b"]
    assert list(table["clip"]) == ["01", "NA"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_saved_table_reads_back_to_the_last_digit(tmp_path: Path, suffix: str) -> None:
    table = build_predictions(**GOOD)
    save_predictions(table, tmp_path / f"deep/predictions{suffix}")
    assert_frame_equal(load_predictions(tmp_path / f"deep/predictions{suffix}"), table)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == [f"predictions{suffix}"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.floats(1e-6, 1), min_size=3, max_size=3), min_size=1, max_size=5),
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
            lambda name: name.strip() != ""
        ),
        min_size=3,
        max_size=3,
        unique=True,
    ),
)
def test_any_names_and_probabilities_survive_csv(
    tmp_path_factory: pytest.TempPathFactory, weights: list[list[float]], names: list[str]
) -> None:
    values = np.array(weights)
    table = build_predictions(
        clips=[f"{names[0]}{place}" for place in range(len(values))],
        actors=[names[1]] * len(values),
        labels=[names[2]] * len(values),
        probabilities=values / values.sum(axis=1, keepdims=True),
        classes=names,
        fold=names[0],
        strategy=names[1],
        seed=0,
    )
    path = tmp_path_factory.mktemp("any") / "predictions.csv"
    save_predictions(table, path)
    assert_frame_equal(load_predictions(path), table)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"labels": ["null", "c"]}, "row 2: the label 'c' is none of the classes null, b"),
        ({"actors": ["1"]}, "differ in length: 2 clips, 1 actors"),
        ({"clips": ["x", "x"]}, "row 2 repeats an earlier one"),
        ({"clips": ["x", ""]}, "row 2 has no 'clip'"),
        ({"probabilities": [[0.5, 0.4], [0.1, 0.9]]}, "row 1: the probabilities sum to 0.9"),
        ({"probabilities": [[1.5, -0.5], [0.1, 0.9]]}, "row 1: a probability is outside 0 to 1"),
        ({"probabilities": [[np.nan, 1], [0.1, 0.9]]}, "'p_null' is 'nan', not a finite number"),
        ({"probabilities": [0.1, 0.9]}, "shape"),
        ({"classes": ["b"]}, "shape"),
        ({"classes": ["b", "b"], "labels": ["b", "b"]}, "'p_b' more than once"),
    ],
)
def test_wrong_arrays_are_one_clear_line(change: dict[str, object], line: str) -> None:
    with pytest.raises(TableError, match="predictions of n2, fold 1") as caught:
        build_predictions(**{**GOOD, **change})  # type: ignore[arg-type]
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_prediction_that_is_not_the_most_probable_class_is_refused() -> None:
    table = build_predictions(**GOOD)
    table.loc[0, "prediction"] = "null"
    with pytest.raises(TableError, match="row 1: the prediction 'null' is not the most probable"):
        check_predictions(table)


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("a.csv", "clip,actor\n1,2\n", "a.csv: lacks the column 'label', 'fold'"),
        ("a.csv", "", "a.csv: cannot read the table"),
        ("a.parquet", "not parquet", "a.parquet: cannot read the table"),
        ("a.xlsx", "x", "ending in .csv or .parquet"),
        (
            "a.csv",
            "clip,actor,label,fold,strategy,seed,prediction\n1,2,a,f,s,0,a\n",
            "needs columns 'p_<class>'",
        ),
        ("a.csv", "clip,actor,label,fold,strategy,seed,prediction,p_a\n", "has no rows"),
        (
            "a.csv",
            "clip,actor,label,fold,strategy,seed,prediction,p_a\n1,2,a,f,s,0,a,one\n",
            "row 1: 'p_a' is 'one', not a finite number",
        ),
        (
            "a.csv",
            "clip,actor,label,fold,strategy,seed,prediction,p_a\n1,2,a,f,s,0.5,a,1\n",
            "'seed' is 0.5, not a whole number",
        ),
    ],
)
def test_wrong_files_are_one_clear_line_naming_them(
    tmp_path: Path, name: str, content: str, line: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(TableError) as caught:
        load_predictions(tmp_path / name)
    assert line in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no such table"):
        load_predictions(tmp_path / "none.csv")


def test_tables_join_by_class_name_whatever_their_column_order() -> None:
    first = build_predictions(**GOOD)
    second = build_predictions(**{**GOOD, "strategy": "am"})
    columns = [name for name in second.columns if not name.startswith("p_")]
    joined = concat_predictions([first, second[[*columns, "p_b", "p_null"]]])
    assert len(joined) == 4
    assert list(joined["p_b"]) == [2 / 3, 0.9, 2 / 3, 0.9]


def test_tables_of_other_classes_and_repeated_rows_do_not_join() -> None:
    table = build_predictions(**GOOD)
    other = build_predictions(**{**GOOD, "classes": ["null", "c"], "labels": ["null", "c"]})
    with pytest.raises(TableError, match="have the classes null, c; the others have null, b"):
        concat_predictions([table, other])
    with pytest.raises(TableError, match="row 3 repeats an earlier one"):
        concat_predictions([table, table])
    with pytest.raises(TableError, match="no predictions tables"):
        concat_predictions([])


def test_further_columns_are_kept(tmp_path: Path) -> None:
    table = build_predictions(**GOOD).assign(window=[0.5, 1.5])
    save_predictions(table, tmp_path / "a.csv")
    assert list(load_predictions(tmp_path / "a.csv")["window"]) == [0.5, 1.5]
    assert isinstance(table, pd.DataFrame)
