"""A study's report answers first, claims what holds, and leaves every table and figure as files."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from made_up_outcomes import made_up
from mrpn.evaluation import TableError
from mrpn.evaluation.render import to_svg
from mrpn.evaluation.showing import spectrogram_picture
from mrpn.evaluation.statistics import wider
from mrpn.evaluation.study import StudyInputs, StudyRow, study_summary, write_study_report
from mrpn.evaluation.study.compose import compose_study
from mrpn.evaluation.style import colour_of
from mrpn.evaluation.views import Section

HOSTILE = '<script>alert("x")</script>|`_*$\\frac & "onload=1'
ROWS = (
    StudyRow("AM", "am", published="table1/AM (T)", meaning="the voice alone"),
    StudyRow("VM", "vm", published="table1/VM (T)"),
    StudyRow("late", "late"),
    StudyRow("N2", "n2", meaning=HOSTILE),
)
FOLDS = tuple(f"A{2 * pair + 1},{2 * pair + 2}" for pair in range(12))


def predictions(shares: dict[str, float], protocol: str, seed: int = 0) -> pd.DataFrame:
    """Predictions of two classes for 24 actors in the folds of RAVDESS."""
    outcomes = made_up(shares, clips=6, seeds=2, seed=seed)
    parts = []
    for row, right in outcomes.items():
        table = right.index.to_frame(index=False)
        label = np.where(np.arange(len(table)) // 2 % 2 == 0, "happy", "sad")
        other = np.where(label == "sad", "happy", "sad")
        table["prediction"] = np.where(right == 1, label, other)
        table["p_happy"] = np.where(table["prediction"] == "happy", 0.8, 0.2)
        table["p_sad"] = 1 - table["p_happy"]
        table["fold"] = [FOLDS[int(name[1:])] for name in table["fold"]]
        strategy = next(each.strategy for each in ROWS if each.row == row)
        parts.append(table.assign(label=label, row=row, strategy=strategy, protocol=protocol))
    return pd.concat(parts)


SHARES = {"AM": 0.55, "VM": 0.6, "late": 0.6, "N2": 0.95}
INPUTS = StudyInputs(
    name="table2",
    title="RAVDESS, four strategies",
    question="Does MRPN beat late fusion?",
    rows=ROWS,
    predictions=pd.concat(
        [
            predictions(SHARES, "strict"),
            predictions({name: share + 0.03 for name, share in SHARES.items()}, "paper", 1),
        ]
    ),
    published="table2",
    corpus="RAVDESS",
    folds=FOLDS,
    seeds=(0, 1),
    facts={"Recipe": "table2 (abc)"},
    commands=["mrpn crossval recipes/paper/table2.yaml", "mrpn report runs/table2"],
    warnings=["MADE-UP NUMBERS"],
    pictures=[spectrogram_picture({"happy": np.eye(8, 5)})],
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study_report(INPUTS, tmp_path_factory.mktemp("study"))


def test_the_answer_stands_first_and_names_what_is_settled(written: Path) -> None:
    text = re.sub(r"\s+", " ", written.read_text())
    place = [
        text.index(said)
        for said in (
            "<h1>RAVDESS, four strategies</h1>",
            "Does MRPN beat late fusion?",
            "N2 has the highest accuracy, 9",
            "Of 1 paired comparison, 1 is settled: N2 over Late by",
            "N2 in 0 of 24 comparisons",
            "MADE-UP NUMBERS",
            "<h2>Beside the published numbers, protocol paper</h2>",
            "<h2>Beside the published numbers, protocol strict</h2>",
            "this training procedure, on new actors",
            "sign-flip permutation test: were",
            "<h2>What is taken for what</h2>",
            "<h2>Calibration</h2>",
            "mrpn crossval recipes/paper/table2.yaml",
            "table2 (abc)",
        )
    ]
    assert place == sorted(place)


def test_the_page_is_whole_without_network_or_scripts(written: Path) -> None:
    text = written.read_text()
    assert "<script" not in text
    assert "http" not in text
    assert "@import" not in text
    assert re.findall(r"url\((?!#)", text) == []
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_every_table_is_there_three_times_and_every_figure(written: Path) -> None:
    tables = {path.name for path in (written.parent / "tables").iterdir()}
    stems = {
        "beside",
        "beside-strict",
        "estimates",
        "differences",
        "inferior",
        "optimism",
        "components",
        "recall",
        "recall-differences",
        "calibration",
    }
    assert tables == {f"{stem}.{end}" for stem in stems for end in ("md", "tex", "csv")}
    figures = {path.name for path in (written.parent / "figures").iterdir()}
    drawn = {"accuracy", "accuracy-by-fold", "differences", "optimism", "confusion", "reliability"}
    drawn |= {"spectrograms"}
    assert figures == {f"{stem}.{end}" for stem in drawn for end in ("png", "svg", "csv")}
    links = re.findall(r"!\[.*?\]\((.*?)\)", (written.parent / "report.md").read_text())
    assert len(links) == len(drawn)
    assert all((written.parent / link).stat().st_size > 0 for link in links)


def test_tables_and_figures_of_an_earlier_report_do_not_stay(tmp_path: Path) -> None:
    write_study_report(INPUTS, tmp_path)
    strict = INPUTS.predictions[INPUTS.predictions["protocol"] == "strict"]
    write_study_report(replace(INPUTS, predictions=strict, pictures=()), tmp_path)
    left = {path.stem for name in ("tables", "figures") for path in (tmp_path / name).iterdir()}
    assert {"beside", "accuracy"} <= left
    assert not left & {"optimism", "beside-strict", "spectrograms"}


def test_the_csv_holds_the_numbers_of_the_page(written: Path) -> None:
    with (written.parent / "tables" / "differences.csv").open() as source:
        (line,) = csv.DictReader(source)
    assert (line["row"], line["against"], line["settled"]) == ("N2", "late", "True")
    assert f"{100 * float(line['value']):+.1f}" in written.read_text()
    assert r"\toprule" in (written.parent / "tables" / "differences.tex").read_text()


def test_differences_are_also_told_class_by_class(written: Path) -> None:
    table = pd.read_csv(written.parent / "tables" / "recall-differences.csv")
    assert list(table["class"]) == ["happy", "sad"]
    assert set(table["row"]) == {"N2"}
    line = table.iloc[0]
    low, high, _ = wider(line)
    said = f"{100 * line['value']:+.1f} ± {100 * (high - low) / 2:.1f}"
    assert said in written.read_text()
    assert "2 differences: by chance alone" in re.sub(r"\s+", " ", written.read_text())


def test_what_is_planned_and_not_there_is_said(tmp_path: Path) -> None:
    table = INPUTS.predictions
    part = table[(table["row"] != "late") & (table["fold"] != "A1,2")]
    page = write_study_report(replace(INPUTS, predictions=part, pictures=()), tmp_path)
    text = page.read_text()
    assert "NOT FINISHED: no predictions of Late under protocol strict" in text
    runs = "runs (folds x seeds) under protocol"
    assert f"NOT FINISHED: AM, VM and N2 lack up to 2 of 24 {runs} strict" in text
    assert f"NOT FINISHED: AM, VM and N2 lack up to 2 of 24 {runs} paper" in text


def test_runs_that_lack_in_no_whole_fold_and_no_whole_seed_are_said(tmp_path: Path) -> None:
    table = INPUTS.predictions
    short = (table["row"] == "N2") & (table["seed"] == 1) & (table["fold"] != "A1,2")
    part = table[~short | (table["protocol"] == "paper")]
    page = write_study_report(replace(INPUTS, predictions=part, pictures=()), tmp_path)
    text = page.read_text()
    assert "NOT FINISHED: N2 lacks 11 of 24 runs (folds x seeds) under protocol strict" in text
    assert "under protocol paper" not in text.partition("<main")[0]


def test_a_protocol_that_is_planned_and_not_there_is_said(tmp_path: Path) -> None:
    table = INPUTS.predictions
    part = table[table["protocol"] == "strict"]
    inputs = replace(INPUTS, predictions=part, pictures=(), protocols=("strict", "paper"))
    page = write_study_report(inputs, tmp_path)
    assert "NOT FINISHED: nothing under protocol paper" in page.read_text()


def test_the_least_of_studies_makes_a_report_and_claims_nothing_of_new_actors(
    tmp_path: Path,
) -> None:
    table = INPUTS.predictions
    part = table[
        (table["fold"] == "A1,2") & (table["row"] == "N2") & (table["protocol"] == "paper")
    ]
    least = StudyInputs("x", "One", "", ROWS[3:], part[part["seed"] == 0])
    text = write_study_report(least, tmp_path).read_text()
    assert "for other clips of the same actors" in text
    assert "nothing can be said of new actors" in text
    assert "There are no two rows to compare yet." in text
    assert "Only one protocol was run" in text
    assert "One seed alone cannot tell training" in text


FEW = replace(
    INPUTS,
    predictions=INPUTS.predictions.query("fold == 'A1,2' and seed == 0 and row != 'VM'"),
    pictures=(),
)


def learning(history: pd.DataFrame, *asked: tuple[str, str]) -> list[Section]:
    """The section of learning curves where these rows and protocols have the fixture's of N2."""
    one = history[history["strategy"] == "n2"].assign(strategy="any")
    curves = pd.concat([one.assign(row=row, protocol=protocol) for row, protocol in asked])
    report = compose_study(replace(FEW, curves=curves))
    return [section for section in report.sections if section.title == "Learning curves"]


def test_learning_curves_are_of_the_main_protocol_in_the_order_of_rows(
    history: pd.DataFrame,
) -> None:
    (section,) = learning(history, ("N2", "strict"), ("late", "strict"), ("AM", "paper"))
    (picture,) = section.pictures
    assert picture.data is not None
    assert picture.data.groupby("strategy").size().to_dict() == {"N2": 6, "late": 6}
    assert len(picture.panels) == 2
    svg = to_svg(picture.whole)
    assert 0 < svg.index(">Late fusion<") < svg.index(">N2<")
    assert all(colour_of(name) in svg for name in ("late", "n2"))
    assert colour_of("N2") not in svg


def test_curves_of_rows_without_predictions_are_left_out_and_wrong_ones_refused(
    history: pd.DataFrame,
) -> None:
    assert learning(history, ("VM", "strict")) == []
    with pytest.raises(TableError, match="study's learning curves: row 7 repeats an earlier one"):
        learning(history, ("N2", "strict"), ("N2", "strict"))
    with pytest.raises(TableError, match="study's learning curves: lacks the column 'row'"):
        compose_study(replace(FEW, curves=history))


def test_equal_rows_share_the_first_place(tmp_path: Path) -> None:
    table = INPUTS.predictions.query("row == 'N2' and protocol == 'strict'")
    twin = table.assign(row="late", strategy="late")
    page = write_study_report(
        replace(INPUTS, predictions=pd.concat([table, twin]), pictures=()), tmp_path
    )
    text = re.sub(r"\s+", " ", page.read_text())
    assert "Late and N2 are equally good, 9" in text
    assert "none is settled: these data do not establish an order" in text


def test_the_same_study_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    pictures = [spectrogram_picture({"happy": np.eye(8, 5)})]
    again = write_study_report(replace(INPUTS, pictures=pictures), tmp_path)
    for path in written.parent.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(written.parent)).read_bytes()
    assert again.exists()


def test_a_wrong_study_writes_nothing(tmp_path: Path) -> None:
    wrong = replace(INPUTS, predictions=INPUTS.predictions.drop(columns="clip"))
    with pytest.raises(TableError, match="lacks the column 'clip'"):
        write_study_report(wrong, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_terminal_shows_ours_beside_the_published() -> None:
    console = Console(width=100, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(study_summary(INPUTS))
    text = capture.get()
    assert "91.5" in text
    assert "Late" in text
    assert "Protocol strict; 95 %: t over actors" in text
