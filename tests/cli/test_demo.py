"""The demo keeps its promises; the whole of it is a long test."""

import json
from pathlib import Path

import pytest

from mrpn.cli.demo import SETTINGS, demo_fold
from mrpn.cli.main import main
from mrpn.corpora.synthetic import LatentModel
from mrpn.evaluation import load_predictions, score_table

STATED_DISTANCE = 0.20


def test_the_fold_of_the_demo_parts_the_sexes_evenly_and_overlaps_nowhere() -> None:
    class Actors:
        actors = tuple(str(number) for number in range(1, SETTINGS.actors + 1))

    fold = demo_fold(Actors())  # type: ignore[arg-type]
    assert (len(fold.train), len(fold.validation), len(fold.test)) == (12, 2, 4)
    for part in (fold.train, fold.validation, fold.test):
        assert 2 * sum(int(actor) % 2 for actor in part) == len(part)


def test_the_corpus_of_the_demo_leaves_a_gain_to_be_found_by_fusion() -> None:
    best = LatentModel.of(SETTINGS).bayes()
    assert best.both > max(best.face, best.voice) + 0.1


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_demo_ends_with_n2_above_both_modalities_and_near_the_bound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["mrpn", "demo", "--out", str(tmp_path / "demo")])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    runs = tmp_path / "demo" / "runs"
    tables = {p.parent.name: load_predictions(p) for p in runs.glob("*/*/predictions.parquet")}
    reached = {
        name.partition("-")[0]: float(score_table(table)["accuracy"].iloc[0])
        for name, table in tables.items()
    }
    bound = json.loads((runs / "bounds.json").read_text())["both"]
    assert reached["n2"] > max(reached["am"], reached["vm"])
    assert bound - reached["n2"] <= STATED_DISTANCE
    assert (tmp_path / "demo" / "report" / "report.html").stat().st_size > 50_000
    # The clip is a clear one, and its emotion is named last.
    shown = capsys.readouterr().out
    truth = shown.partition("The actor meant ")[2].partition(".")[0]
    first = shown.partition("from face and voice")[2] or shown.partition("from voice and face")[2]
    assert first.split()[0] == truth
