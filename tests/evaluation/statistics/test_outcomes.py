"""Outcomes lie side by side by clip and seed, and are averaged in the right order."""

import pandas as pd
import pytest

from mrpn.evaluation import TableError, concat_predictions
from mrpn.evaluation.statistics import outcome_table, paired, per_actor, per_clip, per_fold


def outcomes(values: dict[tuple[str, str, str, int], float]) -> pd.Series:
    names = ["fold", "actor", "clip", "seed"]
    return pd.Series(values, index=pd.MultiIndex.from_tuples(values, names=names))


UNEVEN = outcomes(
    {
        ("F", "1", "a", 0): 1.0,
        ("F", "1", "a", 1): 0.0,
        ("F", "1", "b", 0): 1.0,
        ("F", "2", "c", 0): 0.0,
        ("F", "2", "d", 0): 0.0,
        ("F", "2", "e", 0): 1.0,
    }
)


def test_seeds_are_averaged_before_clips_and_clips_before_actors() -> None:
    assert per_clip(UNEVEN).to_list() == [0.5, 1.0, 0.0, 0.0, 1.0]
    assert per_actor(UNEVEN).to_list() == pytest.approx([0.75, 1 / 3])
    assert per_fold(UNEVEN).to_list() == [0.5]


def test_right_and_wrong_stand_in_columns_and_folds_keep_their_order(predict) -> None:  # type: ignore[no-untyped-def]
    tables = [predict("cchs", fold=fold) for fold in ("A9,10", "A11,12", "A1,2")]
    found = outcome_table(concat_predictions([*tables, predict("hhhh", strategy="n2")]))
    assert list(found.columns) == ["am", "n2"]
    assert list(dict.fromkeys(found.index.get_level_values("fold"))) == ["A9,10", "A11,12", "A1,2"]
    assert found["am"].to_list() == [1.0] * 12
    assert found["n2"].dropna().to_list() == [0.0, 0.0, 1.0, 0.0]


def test_only_what_both_were_tested_on_is_paired() -> None:
    other = UNEVEN.iloc[1:4] * 0
    wide = pd.DataFrame({"x": UNEVEN, "y": other})
    assert paired(wide, "x", "y").to_list() == [0.0, 1.0, 0.0]


def test_unknown_rows_nothing_in_common_and_twins_are_one_line(predict) -> None:  # type: ignore[no-untyped-def]
    wide = pd.DataFrame({"x": UNEVEN.iloc[:2], "y": UNEVEN.iloc[3:]})
    with pytest.raises(TableError, match="no clip and seed in common"):
        paired(wide, "x", "y")
    with pytest.raises(TableError, match="no predictions of 'z'; there are: x, y"):
        paired(wide, "x", "z")
    with pytest.raises(TableError, match=r"'am', fold A1,2, seed 0: the clip A1,2-0 occurs twice"):
        outcome_table(pd.concat([predict("cchs"), predict("cchs")]))
