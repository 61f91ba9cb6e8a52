"""What runs say of how their networks were chosen reaches the report."""

from pathlib import Path

import pytest

from mrpn.common.errors import MrpnError
from mrpn.evaluation.study import Selection
from mrpn.training.collect import finished_runs, selections_of, warnings_of


def test_each_way_of_choosing_is_told_once_as_the_results_have_it() -> None:
    result = {"protocol": "paper", "selected": "last", "selection": "by none", "optimistic": False}
    other = {"protocol": "strict", "selected": "best", "selection": "by loss", "optimistic": False}
    assert selections_of([result, dict(result), other]) == (
        Selection("paper", "by none", False),
        Selection("strict", "by loss", False),
    )


def test_results_that_do_not_say_have_their_epochs_rule() -> None:
    old = [
        {"protocol": protocol, "selected": selected}
        for protocol in ("paper", "strict")
        for selected in ("last", "best")
    ]
    found = selections_of(old)
    assert [each.optimistic for each in found] == [False, True, False, False]
    assert found[0].how == "the model of the last epoch"


def test_a_composite_tells_of_faces_that_are_tested_more_than_once() -> None:
    told = "test: 192 disgust clips share 55 faces, in rounds"
    notes = ["composite: paired by class", "fer2013: 3 dropped", "train: 9 share 2", told]
    found = warnings_of([{"notes": notes, "corpus_kind": "composite"}])
    assert found[1:] == ["composite: paired by class", told]


def test_the_folder_of_studies_names_those_that_have_reports(tmp_path: Path) -> None:
    for name in ("table1", "table2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.json").touch()
    with pytest.raises(MrpnError, match=r"holds studies, .* name .*table1 or .*table2$"):
        finished_runs(tmp_path)
