"""A report says what the tables say, stands alone, and lets no name break it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from mrpn.evaluation import (
    ReportInputs,
    TableError,
    concat_predictions,
    read_runs,
    save_history,
    save_predictions,
    write_report,
)
from mrpn.evaluation.report import ReportPaths

HOSTILE = '<script>alert("x")</script>|`_*$\\frac & "onload=1'
VOID = {"meta", "img", "br", "hr", "link", "input"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


class Page(HTMLParser):
    """Collects the tags and attributes of a page, and checks that tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check_markdown_tables(text: str) -> int:
    """Check that every table has as many cells in each row as in its head; return their number."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    for table in tables:
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()]
        assert len({len(row) for row in rows}) == 1
        assert all(re.fullmatch(r" -+:? ", cell) for cell in rows[1])
    return len(tables)


@pytest.fixture(scope="module")
def full(
    tmp_path_factory: pytest.TempPathFactory, study: pd.DataFrame, history: pd.DataFrame
) -> ReportPaths:
    problems = [
        {"clip": "A1,2-0", "reason": "no sound"},
        {"clip": "lost", "reason": "cannot be decoded"},
    ]
    inputs = ReportInputs(
        title="Two folds",
        predictions=study,
        history=history,
        facts={"Corpus": "synthetic", "Folds": {"A1,2": "9f3a"}, "Seeds": [0, 1]},
        bounds={"voice": 0.7, "face": None, "both": 0.95},
        problems=pd.DataFrame(problems),
        pictures=[("Faces", b"\x89PNG fake", "eight faces"), ("Spectrum", SVG, "")],
        warnings=["SYNTHETIC CORPUS: no real people"],
        parameters={"n2": 1_234_567},
    )
    return write_report(tmp_path_factory.mktemp("full"), inputs)


def test_a_full_report_says_what_the_tables_say(full: ReportPaths) -> None:
    text = re.sub(r"\s+", " ", full.html.read_text())
    for said in (
        "SYNTHETIC CORPUS: no real people",
        "Face alone and N2, MRPN are equally good: right on 87.5 % of 8 clips",
        "With 2 folds and 2 comparisons no difference can be settled",
        "<h2>Paired differences</h2>",
        "<h2>Calibration</h2>",
        "A1,2: 9f3a",
        "Inferior multi-modal cases: 1 of 2 comparisons",
        "1.23 M",
        "30 s",
        "2 clips with a problem. 1 clip without any prediction here",
        "cannot be decoded",
        "eight faces",
        "How to read this",
    ):
        assert said in text, said
    markdown = full.markdown.read_text()
    assert "**87.5**" in markdown
    assert "| Late" not in markdown
    assert check_markdown_tables(markdown) == 10


def test_the_page_is_whole_without_network_scripts_or_other_files(full: ReportPaths) -> None:
    text = full.html.read_text()
    page = Page(text)
    assert {"script", "link", "iframe", "object"}.isdisjoint({tag for tag, _ in page.tags})
    for _, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in {"src", "href", "xlink:href"}:
                assert str(value).startswith(("#", "data:image/"))
    assert "http" not in text
    assert "@import" not in text
    assert re.findall(r"url\((?!#)", text) == []


def test_no_identifier_occurs_twice_and_every_inner_link_has_its_end(full: ReportPaths) -> None:
    text = full.html.read_text()
    names = [str(attributes["id"]) for _, attributes in Page(text).tags if "id" in attributes]
    assert len(names) == len(set(names))
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) <= set(names)


def test_markdown_pictures_exist_beside_it(full: ReportPaths) -> None:
    links = re.findall(r"!\[.*?\]\((.*?)\)", full.markdown.read_text())
    assert len(links) == 8
    assert all((full.markdown.parent / link).stat().st_size > 0 for link in links)


def test_figures_follow_light_and_dark(full: ReportPaths) -> None:
    text = full.html.read_text()
    assert "prefers-color-scheme: dark" in text
    assert "var(--ink)" in text.partition("<svg")[2]
    assert "#1b2430" not in text.partition("</style>")[2]


def test_hostile_names_are_shown_and_run_nothing(tmp_path: Path, predict) -> None:  # type: ignore[no-untyped-def]
    table = predict("cchs").rename(columns={"p_happy": f"p_{HOSTILE}"})
    table = table.replace({"happy": HOSTILE})
    for name in ("clip", "actor", "fold", "strategy"):
        table[name] = HOSTILE + (table[name] if name in {"clip", "actor"} else "")
    paths = write_report(
        tmp_path,
        ReportInputs(
            title=HOSTILE,
            predictions=table,
            facts={HOSTILE: HOSTILE},
            problems=pd.DataFrame([{"clip": HOSTILE + "\n| a |", "reason": HOSTILE}]),
            pictures=[(HOSTILE, SVG, HOSTILE)],
            warnings=[HOSTILE],
        ),
    )
    text = paths.html.read_text()
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "&lt;script&gt;alert" in text
    assert "<script" not in paths.markdown.read_text()
    assert check_markdown_tables(paths.markdown.read_text()) == 7


def test_the_least_of_inputs_makes_a_report(tmp_path: Path, predict) -> None:  # type: ignore[no-untyped-def]
    table = predict("cchh", strategy="n2", labels=("calm", "calm", "calm", "happy"))
    paths = write_report(tmp_path, ReportInputs(title="One", predictions=table))
    text = paths.html.read_text()
    Page(text)
    assert "N2, MRPN is right on 75.0 % of 4 clips" in text
    assert "This is one fold with 2 actors: it says little about new people." in text
    assert "Without a test clip: sad" in text
    assert "it takes a uni-modal and a multi-modal strategy" in text
    for absent in ("Distance to the best", "Learning curves", "Problems met", 'provenance"'):
        assert absent not in text


def test_ten_actors_have_an_interval_over_actors_and_paired_differences_lead(
    tmp_path: Path,
    predict,  # type: ignore[no-untyped-def]
) -> None:
    tables = [
        predict(guesses, strategy=name, fold=f"F{fold}").assign(
            actor=lambda table, fold=fold: [f"{fold}-{actor}" for actor in table["actor"]]
        )
        for fold in range(8)
        for name, guesses in (("n0", "hhhh" if fold % 2 else "chhh"), ("n2", "cchs"))
    ]
    paths = write_report(tmp_path, ReportInputs("Eight folds", concat_predictions(tables)))
    text = re.sub(r"\s+", " ", paths.html.read_text())
    assert "N2, MRPN is right most often: on 100.0 % of 32 clips (95 % interval" in text
    assert "t over actors" in text
    assert "Of 1 paired comparison, 1 is settled: N2 over N0 by 62.5 points." in text
    assert "overlaps" not in text
    assert "Interval: t over actors" in text


def test_strategies_on_different_clips_are_called_out(tmp_path: Path, predict) -> None:  # type: ignore[no-untyped-def]
    table = concat_predictions([predict("cchs"), predict("cchs", strategy="n2", fold="B")])
    paths = write_report(tmp_path, ReportInputs(title="Mixed", predictions=table))
    assert "were not all tested on the same clips" in paths.html.read_text()


def test_a_wrong_table_is_one_line_and_writes_nothing(tmp_path: Path, study: pd.DataFrame) -> None:
    wrong = [
        (ReportInputs("x", study.drop(columns="clip")), "lacks the column 'clip'"),
        (ReportInputs("x", study, history=study), "history table: lacks the column 'epoch'"),
        (ReportInputs("x", study, bounds={"both": 2}), "the bound 'both' is 2"),
        (ReportInputs("x", study, problems=study), "problems table: lacks the column 'reason'"),
    ]
    for inputs, line in wrong:
        with pytest.raises(TableError, match=line) as caught:
            write_report(tmp_path / "out", inputs)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_run_folders_are_joined(tmp_path: Path, study: pd.DataFrame, history: pd.DataFrame) -> None:
    for name in ("am", "n2"):
        save_predictions(study[study["strategy"] == name], tmp_path / name / "predictions.csv")
    save_history(history[history["strategy"] == "n2"], tmp_path / "n2" / "history.csv")
    (tmp_path / "am" / "problems.csv").write_text("clip,reason,stage\n01,no face,\n")
    runs = read_runs([tmp_path / "am", tmp_path / "n2"])
    assert len(runs.predictions) == 16
    assert runs.history is not None
    assert set(runs.history["strategy"]) == {"n2"}
    assert runs.problems is not None
    assert runs.problems.to_dict("records") == [{"clip": "01", "reason": "no face", "stage": ""}]


def test_a_folder_without_predictions_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"has no predictions\.csv or predictions\.parquet"):
        read_runs([tmp_path])
    with pytest.raises(TableError, match="no run folders"):
        read_runs([])
