"""The section on protocols says what the runs selected, and calls optimistic only what is."""

from dataclasses import replace

import pandas as pd
import pytest

from mrpn.evaluation.study import Selection, StudyInputs, StudyRow, prepare_study
from mrpn.evaluation.study.protocols import protocol_section

LAST = "the last epoch of a fixed schedule, which no clips chose"
BEST = "the epoch of least loss chosen by the scored actors themselves"


@pytest.fixture
def inputs(predict) -> StudyInputs:  # type: ignore[no-untyped-def]
    tables = [
        predict(guesses, fold=fold).assign(row="AM", protocol=protocol)
        for protocol, guesses in (("paper", "cchs"), ("strict", "cchh"))
        for fold in ("A1,2", "A3,4", "A5,6")
    ]
    return StudyInputs("t", "T", "?", [StudyRow("AM", "am")], pd.concat(tables))


def test_runs_that_select_nothing_are_not_called_optimistic(inputs: StudyInputs) -> None:
    chosen = [Selection("paper", LAST, False), Selection("strict", LAST, False)]
    part = protocol_section(prepare_study(replace(inputs, selections=chosen)))
    assert part.title == "The two protocols"
    assert part.words.count(f"Scored: {LAST}.") == 2
    assert "so that it is no optimism" in part.words
    assert "best epoch" not in part.words


def test_what_was_selected_on_the_reported_fold_is_said_and_its_optimism_measured(
    inputs: StudyInputs,
) -> None:
    chosen = [Selection("paper", BEST, True), Selection("paper", LAST, False)]
    part = protocol_section(prepare_study(replace(inputs, selections=chosen)))
    assert part.title == "Protocol, and its optimism"
    assert f"Scored: {BEST}; {LAST}." in part.words
    assert "It is the optimism of selecting on the reported fold" in part.words
    assert part.view is not None
    assert part.view.rows[0][3].text == "+25.0"


def test_what_is_not_recorded_is_not_made_up(inputs: StudyInputs) -> None:
    words = protocol_section(prepare_study(inputs)).words
    assert words.count("What was selected is not recorded.") == 2


@pytest.mark.parametrize(("optimistic", "said"), [(True, True), (False, False)])
def test_one_protocol_alone_misses_the_optimism_only_if_there_may_be_any(
    inputs: StudyInputs, optimistic: bool, said: bool
) -> None:
    table = inputs.predictions
    alone = table[table["protocol"] == "paper"]
    chosen = [Selection("paper", BEST if optimistic else LAST, optimistic)]
    part = protocol_section(prepare_study(replace(inputs, predictions=alone, selections=chosen)))
    assert ("Only one protocol was run" in part.words) is said
