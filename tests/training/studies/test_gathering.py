"""What is gathered of a study: its table, its report's inputs, its features; partial ones too."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from mrpn.common.config import load_settings
from mrpn.common.errors import MrpnError
from mrpn.evaluation import load_history, load_predictions, product_of_posteriors
from mrpn.evaluation.study import write_study_report
from mrpn.preparation import PreparedCorpus
from mrpn.training.data import usable_parts
from mrpn.training.dataset import ClipDataset, collate
from mrpn.training.recipe import Recipe
from mrpn.training.sampling import Draw
from mrpn.training.studies import (
    Chosen,
    Corpora,
    Request,
    conduct,
    export_study,
    features,
    gather,
    study_inputs,
)
from mrpn.training.studies.plan import fold_named
from mrpn.training.studies.record import read_record
from mrpn.weights import load_weights

Write = Callable[..., Path]
Ask = Callable[..., Request]


def runs_of(folder: Path, row: str, fold: str) -> list[Path]:
    cells = read_record(folder).cells
    (cell,) = (cell for cell in cells if (cell.row, cell.fold) == (row, fold))
    return [folder / run for run in cell.runs]


def test_the_table_holds_every_cell_under_its_rows_label(done: Path) -> None:
    table = gather(done).predictions
    cells = table.groupby(["row", "fold"], sort=False).size()
    assert cells.to_dict() == {
        (row, fold): 3 for row in ("late", "voice", "whole", "product") for fold in ("A1", "A2")
    }
    assert set(table["protocol"]) == {"strict"}
    (run,) = runs_of(done, "voice", "A2")
    expected = load_predictions(run / "predictions.parquet")
    found = table[(table["row"] == "voice") & (table["fold"] == "A2")]
    pd.testing.assert_frame_equal(
        found.drop(columns=["row", "protocol"]).reset_index(drop=True), expected
    )


def test_a_product_is_that_of_the_networks_of_each_modality(done: Path) -> None:
    tables = [load_predictions(r / "predictions.parquet") for r in runs_of(done, "product", "A1")]
    assert [set(table["strategy"]) for table in tables] == [{"am"}, {"vm"}]
    # Every class has as many training clips as the others.
    expected = product_of_posteriors(*tables)
    table = gather(done).predictions
    found = table[(table["row"] == "product") & (table["fold"] == "A1")].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.drop(columns=["row", "protocol"]), expected)


def test_the_reports_inputs_say_what_the_study_is(done: Path) -> None:
    inputs = study_inputs(done)
    assert (inputs.name, inputs.title, inputs.question) == ("mine", "Mine", "Which?")
    assert (inputs.corpus, inputs.folds, inputs.seeds) == ("Tiny", ("A1", "A2"), (0,))
    assert [(row.row, row.strategy, row.group) for row in inputs.rows] == [
        ("late", "late", ""),
        ("voice", "am", "T"),
        ("whole", "am", "NT"),
        ("product", "product", ""),
    ]
    assert inputs.facts["Planned"] == "4 rows, 2 folds, seeds 0, 8 cells"
    assert inputs.warnings == []
    assert [picture.stem for picture in inputs.pictures] == [
        "spectrograms",
        "augmentation",
        "time-slices",
    ]


def test_pictures_show_what_some_row_varies_and_nothing_else(
    write_study: Write, ask: Ask, given: Corpora
) -> None:
    still = {"augmentation.spatial": None, "augmentation.time": None}
    rows = [
        {"row": "still", "strategy": "am", "set": still},
        {"row": "slices", "strategy": "am", "set": {"augmentation.spatial": None}},
    ]
    request = ask(write_study(rows=rows, folds=["A1"]), chosen=Chosen(["still"]))
    conduct(request, given)
    drawn = [picture.stem for picture in study_inputs(request.folder).pictures]
    assert drawn == ["spectrograms"]
    conduct(ask(write_study(rows=rows, folds=["A1"])), given)
    drawn = [picture.stem for picture in study_inputs(request.folder).pictures]
    assert drawn == ["spectrograms", "time-slices"]


def test_a_damaged_result_is_one_line(done: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    export_study(done, broken)
    (broken / "results.json").write_text('[{"fold": ', encoding="utf-8")
    with pytest.raises(MrpnError, match=r"results\.json: not JSON"):
        gather(broken)


def test_what_is_not_the_papers_size_is_warned_of(
    write_study: Write, ask: Ask, given: Corpora
) -> None:
    place = write_study(sizes={"small": "small.yaml"}, folds=["A1"])
    (place.parent / "small.yaml").write_text("network.hidden: 4\n", encoding="utf-8")
    changes = ["network.dropout=0.1"]
    request = ask(place, size="small", changes=changes, chosen=Chosen(["voice"]))
    conduct(request, given)
    warnings = study_inputs(request.folder).warnings
    assert warnings == [
        "SIZE 'small': not the full size of the recipe",
        "CHANGED SETTINGS: network.dropout=0.1",
    ]


def test_a_study_that_is_begun_is_reported_as_far_as_it_is(
    write_study: Write, ask: Ask, given: Corpora, tmp_path: Path
) -> None:
    request = ask(write_study(), minutes=0)
    conduct(request, given)
    with pytest.raises(MrpnError, match="no finished runs here yet"):
        study_inputs(request.folder)
    request = ask(write_study(), chosen=Chosen(["voice"], ["A2"]))
    conduct(request, given)
    inputs = study_inputs(request.folder)
    assert set(inputs.predictions["row"]) == {"voice"}
    assert inputs.folds == ("A1", "A2")
    page = write_study_report(inputs, tmp_path / "report")
    assert "NOT FINISHED" in page.read_text(encoding="utf-8").upper()


def test_rows_that_kept_a_diary_have_it_in_the_report_under_their_label(
    done: Path, tmp_path: Path
) -> None:
    diary = study_inputs(done, pictures=False).diary
    assert diary is not None
    assert set(diary["row"]) == {"whole"}
    assert set(diary["fold"]) == {"A1", "A2"}
    page = write_study_report(study_inputs(done, pictures=False), tmp_path)
    assert "A diary of the mechanism" in page.read_text("utf-8")
    assert list(page.parent.rglob("diary.png"))


def test_every_row_that_was_trained_has_its_curves_in_the_report(
    done: Path, tmp_path: Path
) -> None:
    inputs = study_inputs(done, pictures=False)
    assert inputs.curves is not None
    found = inputs.curves.groupby(["row", "fold"], sort=False)["epoch"].agg(list).to_dict()
    # The product is multiplied out of other rows' networks: nothing of its own was trained.
    rows = ("late", "voice", "whole")
    assert found == {(row, fold): [1] for row in rows for fold in ("A1", "A2")}
    (run,) = runs_of(done, "voice", "A2")
    (of_voice,) = inputs.curves.query("row == 'voice' and fold == 'A2'").to_dict("records")
    assert of_voice["train_loss"] == load_history(run / "history.csv")["train_loss"][0]
    page = write_study_report(inputs, tmp_path)
    assert "<h2>Learning curves</h2>" in page.read_text("utf-8")
    drawn = pd.read_csv(tmp_path / "figures" / "learning.csv")
    assert sorted(set(drawn["strategy"])) == sorted(rows)


def test_a_folder_without_a_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(MrpnError, match=f"{tmp_path}: no study here"):
        study_inputs(tmp_path)
    (tmp_path / "study.json").write_text("nothing", encoding="utf-8")
    with pytest.raises(MrpnError, match="not the record of a study"):
        study_inputs(tmp_path)


def test_features_are_the_networks_own_of_the_test_clips(
    done: Path, corpus: PreparedCorpus, tmp_path: Path
) -> None:
    table = features(done, ["voice", "late"], ["A1", "A2"], out=tmp_path / "f.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "f.parquet"), table)
    counts = table.groupby(["row", "fold", "feature"], sort=False).size().to_dict()
    assert counts == {
        ("voice", "A1", "audio f"): 3,
        ("late", "A1", "joint f'"): 3,
        ("voice", "A2", "audio f"): 3,
        ("late", "A2", "joint f'"): 3,
    }
    (run,) = runs_of(done, "late", "A2")
    network, _ = load_weights(run / "weights.safetensors")
    clips = usable_parts(corpus, fold_named(corpus.manifest, "strict", "A2"), ("audio", "video"))
    recipe = load_settings(Recipe, run / "recipe.yaml")
    samples = ClipDataset(
        corpus,
        clips["test"],
        preprocessing=recipe.preprocessing,
        stills=recipe.stills,
        augmentation=None,
        seed=0,
        modalities=("audio", "video"),
    )
    batch = collate([samples[Draw(place, 0)] for place in range(3)])
    with torch.inference_mode():
        seen = network.eval()(batch.inputs, features=True).features
    expected = torch.cat([seen["audio'"], seen["video'"]], dim=1).numpy()
    found = table[(table["row"] == "late") & (table["fold"] == "A2")]
    width = expected.shape[1]
    values = found[[f"v{place}" for place in range(width)]].to_numpy()
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)
    assert list(found["clip"]) == [clip.record.id for clip in clips["test"]]
    # A voice's features are half as wide: the rest is missing, not nought.
    alone = table[table["row"] == "voice"]
    assert alone[f"v{width // 2 - 1}"].notna().all()
    assert alone[f"v{width // 2}"].isna().all()


def test_all_parts_of_a_fused_network_are_given_where_they_are_wanted(done: Path) -> None:
    table = features(done, ["late"], ["A1"], parts=True)
    names = ["audio f", "video f", "audio f'", "video f'", "joint f'"]
    assert list(dict.fromkeys(table["feature"])) == names


def test_features_are_of_the_protocol_that_reports_are_of(
    write_study: Write, ask: Ask, given: Corpora
) -> None:
    request = ask(
        write_study(folds=["A1"], protocols=["paper", "strict"]), chosen=Chosen(["voice"])
    )
    conduct(request, given)
    both = features(request.folder, ["voice"], ["A1"])
    paper, strict = (c for c in read_record(request.folder).cells if c.row == "voice")
    assert (paper.protocol, strict.protocol) == ("paper", "strict")
    shutil.rmtree(request.folder / paper.runs[0])
    pd.testing.assert_frame_equal(features(request.folder, ["voice"], ["A1"]), both)


def test_features_of_nothing_finished_are_refused(done: Path) -> None:
    with pytest.raises(MrpnError, match="no network of nobody is finished on these folds"):
        features(done, ["nobody"], ["A1"])


def test_features_are_kept_until_weights_change(
    write_study: Write, ask: Ask, given: Corpora
) -> None:
    place = write_study(features={"rows": ["voice"], "folds": ["A1"]}, folds=["A1"])
    request = ask(place, chosen=Chosen(["voice"]))
    conduct(request, given)
    # Three clips are too few for a picture of them, but the table is there.
    assert "tsne" not in [picture.stem for picture in study_inputs(request.folder).pictures]
    kept = request.folder / "features.parquet"
    written = kept.stat().st_mtime_ns
    study_inputs(request.folder)
    assert kept.stat().st_mtime_ns == written
    (run,) = runs_of(request.folder, "voice", "A1")
    (run / "weights.safetensors").touch()
    study_inputs(request.folder)
    assert kept.stat().st_mtime_ns > written


def test_the_same_study_called_otherwise_keeps_its_tables(
    write_study: Write, ask: Ask, given: Corpora
) -> None:
    place = write_study(folds=["A1"])
    conduct(ask(place, chosen=Chosen(["voice"]), commands=("first",)), given)
    folder = ask(place).folder
    gather(folder)
    conduct(ask(place, chosen=Chosen(["voice"]), commands=("second",)), given)
    assert (folder / "results.json").exists()
    assert read_record(folder).commands == ("second",)
