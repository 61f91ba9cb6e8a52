"""The answer shows the interval to believe, adds up, and says when nothing can be settled."""

import math
from collections.abc import Iterable

import pandas as pd
import pytest

from mrpn.evaluation.statistics import estimate, wider
from mrpn.evaluation.statistics.estimates import OVER_FOLDS
from mrpn.evaluation.study import StudyInputs, StudyRow, beside, prepare_study
from mrpn.evaluation.study.answer import answer, numbers
from mrpn.evaluation.study.beside import besides
from mrpn.evaluation.study.beside_view import beside_view
from mrpn.evaluation.study.compose import compose_study
from mrpn.evaluation.study.doubt import differences_of, estimates_of
from mrpn.evaluation.study.study import Study
from mrpn.evaluation.views import Number

RIGHT, HALF = "cchs", "hchh"


@pytest.fixture
def inputs(predict) -> StudyInputs:  # type: ignore[no-untyped-def]
    """Nine folds in each of which both actors are right alike; `paper` is a bit better."""
    rows = [StudyRow(name, name.lower()) for name in ("late", "N0", "N1", "N2")]
    tables = [
        predict(guesses, fold=f"S{fold}", strategy=row.strategy).assign(
            row=row.row,
            protocol=protocol,
            actor=lambda table, fold=fold: [f"{fold}-{name}" for name in table["actor"]],
        )
        for row in rows
        for protocol in ("paper", "strict")
        for fold in range(1, 10)
        for guesses in [HALF if fold % 3 == 0 and protocol == "strict" else RIGHT]
    ]
    return StudyInputs("t", "T", "?", rows, pd.concat(tables), "table3")


def told(study: Study) -> tuple[str, tuple[Number, ...]]:
    estimates, differences = estimates_of(study), differences_of(study)
    return (
        answer(study, estimates, differences),
        numbers(study, estimates, differences, besides(study)),
    )


def test_the_wider_interval_stands_everywhere_and_says_that_it_is_over_folds(
    inputs: StudyInputs,
) -> None:
    study = prepare_study(inputs)
    found = estimate(study.outcomes["N2"])
    low, high, over = wider(vars(found))
    assert over == OVER_FOLDS
    assert high - low > found.high - found.low
    said = f"{100 * low:.1f} to {100 * high:.1f}"
    _, tiles = told(study)
    assert tiles[0].detail == f"95 %: {said}, t over folds"
    line = beside(study, "strict").rows[-1]
    assert (line.low, line.high, line.over) == (low, high, over)
    view = beside_view(beside(study, "strict"), "CREMA-D")
    assert view.rows[0][3].text == said
    assert "Student's t over folds, which is wider" in view.note
    assert "whichever is wider" in compose_study(inputs).hero.caption


def test_a_single_row_has_the_wider_interval_in_its_sentence(inputs: StudyInputs) -> None:
    table = inputs.predictions
    study = prepare_study(
        StudyInputs("t", "T", "?", inputs.rows[3:], table[table["row"] == "N2"], "table3")
    )
    low, high, _ = wider(vars(estimate(study.outcomes["N2"])))
    said, _ = told(study)
    assert (
        f"95 % interval for new actors: {100 * low:.1f} to {100 * high:.1f}, t over folds" in said
    )


def test_the_distance_to_the_published_mean_stands_with_our_value_of_the_same_protocol(
    inputs: StudyInputs,
) -> None:
    _, tiles = told(prepare_study(inputs))
    tile = next(each for each in tiles if each.name == "points from the published mean")
    ours, published = numbers_in(tile.detail)
    assert "by protocol paper" in tile.detail
    assert ours == 100
    assert math.isclose(ours - published, float(tile.value), abs_tol=0.051)


def test_too_many_comparisons_for_the_folds_are_said_in_the_answer_and_its_numbers(
    inputs: StudyInputs,
) -> None:
    table = inputs.predictions
    few = table[table["fold"].isin(["S1", "S2", "S3", "S4"])]
    study = prepare_study(StudyInputs("t", "T", "?", inputs.rows, few, "table3"))
    said, tiles = told(study)
    assert "With 4 folds and 3 comparisons no difference can be settled" in said
    assert Number("0 of 3", "differences settled", "none can be, with 4 folds") in tiles
    assert "it takes 6 folds" in compose_study(study.inputs).sections[3].words


def numbers_in(text: str) -> Iterable[float]:
    return [float(word) for word in text.split() if word.replace(".", "").isdecimal()]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("N0",), "One modality alone beats N0 in 0 and N2 in 3 of 9 comparisons"),
        (("N0", "N1", "late", "N0b", "N1b"), "One modality alone beats N2 in 3 of 9 comparisons"),
    ],
)
def test_of_many_networks_the_best_n2_is_named_as_beaten(
    inputs: StudyInputs, more: tuple[str, ...], said: str
) -> None:
    """The voice is always right, N2 in six folds of nine."""
    table = inputs.predictions
    half = table[(table["row"] == "N2") & (table["protocol"] == "strict")]
    whole = table[(table["row"] == "N2") & (table["protocol"] == "paper")].assign(protocol="strict")
    rows = [
        *(StudyRow(name, name.lower().rstrip("b")) for name in more),
        StudyRow("AM", "am"),
        StudyRow("N2", "n2"),
    ]
    others = [whole.assign(row=row.row, strategy=row.strategy) for row in rows if row.row != "N2"]
    study = prepare_study(StudyInputs("t", "T", "?", rows, pd.concat([half, *others])))
    assert said in told(study)[0]


def test_a_network_that_was_run_on_fewer_folds_is_not_called_the_best(inputs: StudyInputs) -> None:
    """N2 has but two folds, on which all is right; on those the others are right as well."""
    table = inputs.predictions[inputs.predictions["protocol"] == "strict"]
    part = table[(table["row"] != "N2") | table["fold"].isin(["S1", "S2"])]
    study = prepare_study(StudyInputs("t", "T", "?", inputs.rows, part, "table3"))
    assert study.complete == ["late", "N0", "N1"]
    said, tiles = told(study)
    assert "Late, N0 and N1 are equally good" in said
    assert "N2 has" not in said
    assert tiles[0].value == "83.3 %"


def test_where_each_network_lacks_folds_of_others_none_is_called_the_best(
    inputs: StudyInputs,
) -> None:
    table = inputs.predictions[inputs.predictions["protocol"] == "strict"]
    part = table[
        ((table["row"] == "N2") & (table["fold"] < "S6"))
        | ((table["row"] == "N1") & (table["fold"] > "S3"))
    ]
    study = prepare_study(StudyInputs("t", "T", "?", inputs.rows[2:], part, "table3"))
    said, tiles = told(study)
    assert said.startswith("No network has every fold and seed that others have")
    assert tiles[0].name.startswith("highest so far")


def test_the_published_mean_of_a_row_that_paper_was_not_run_for_is_still_beside(
    inputs: StudyInputs,
) -> None:
    table = inputs.predictions
    part = table[(table["protocol"] == "strict") | (table["row"] == "N2")]
    study = prepare_study(StudyInputs("t", "T", "?", inputs.rows, part, "table3"))
    paper, strict = besides(study)
    assert [row.row for row in paper.rows] == ["N2"]
    assert [row.row for row in strict.rows] == ["late", "N0", "N1", "N2"]
    report = compose_study(study.inputs)
    titles = [part.title for part in report.sections[:2]]
    assert titles == [
        "Beside the published numbers, protocol paper",
        "Beside the published numbers, protocol strict",
    ]
