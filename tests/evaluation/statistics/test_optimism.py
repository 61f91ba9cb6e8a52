"""Optimism is the paired difference between the protocols."""

import pandas as pd
import pytest

from mrpn.evaluation.statistics import optimism_table


def test_only_rows_of_both_protocols_and_clips_of_both_count(predict) -> None:  # type: ignore[no-untyped-def]
    paper = predict("cchs").assign(row="N2", protocol="paper")
    strict = predict("ccss").assign(row="N2", protocol="strict").iloc[:3]
    alone = predict("cchs").assign(row="N0", protocol="strict")
    (line,) = optimism_table(pd.concat([paper, strict, alone])).to_dict("records")
    assert line["row"] == "N2"
    assert (line["paper"], line["strict"]) == (1, pytest.approx(0.75))
    # Actor 1 said clips 0 and 2, of which one is lost; actor 2 clip 1, which both have right.
    assert line["value"] == pytest.approx(0.25)


def test_one_protocol_gives_an_empty_table(predict) -> None:  # type: ignore[no-untyped-def]
    assert optimism_table(predict("cchs").assign(row="N2", protocol="paper")).empty
