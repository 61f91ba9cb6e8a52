"""Near faces: what is scored with and without them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from near.scores import THRESHOLDS, page, scores_of
from near_faces import main
from PIL import Image

from fer2013 import draw_faces
from mrpn.common.errors import CorpusError
from mrpn.common.files import write_json
from mrpn.corpora import read_corpus
from mrpn.evaluation import build_predictions, save_predictions, wilson_interval

RUN = {"recipe_digest": "r", "fold_digest": "f", "seed": 0, "strategy": "vm"}


@pytest.fixture
def pairs() -> pd.DataFrame:
    """Three near faces, one of them in training pixel by pixel; three of no likeness to any."""
    return pd.DataFrame(
        {
            "correlation": [0.995, 0.96, 0.95, 0.3, 0.2, 0.1],
            "mirrored": [True, False, False, False, False, False],
            "label": ["sad", "sad", "happy", "happy", "happy", "happy"],
            "training_label": ["sad", "happy", "happy", "sad", "sad", "sad"],
            "right": [True, True, False, True, False, True],
            "repeated": [False, False, True, False, False, True],
        }
    )


def test_accuracies_are_of_the_near_and_of_the_others(pairs: pd.DataFrame) -> None:
    found = scores_of(pairs)
    assert found["all"]["accuracy"] == pytest.approx(4 / 6, abs=1e-6)
    assert found["all"]["interval"] == pytest.approx(wilson_interval(4, 6), abs=1e-6)
    assert found["without_identical"]["accuracy"] == 0.75
    counts = [found["above"][f"{t:.2f}"]["faces"] for t in THRESHOLDS]
    # What is just at a threshold is not above it.
    assert counts == [1, 1, 1, 2, 3]
    part = found["above"]["0.95"]
    assert (part["mirrored"], part["other_label"]) == (1, 1)
    assert (part["these"]["accuracy"], part["without"]["accuracy"]) == (1, 0.5)
    assert part["without_these_and_identical"]["faces"] == 2
    assert "| correlation above 0.95 | 2 | 50.0 | 100.0 |" in page(found)


def test_accuracy_by_class_is_that_of_faces_neither_near_nor_identical(
    pairs: pd.DataFrame,
) -> None:
    # Those are two happy ones, of which one is right; of sad ones nothing is known.
    found = scores_of(pairs)
    control = found["identical_without_near"]
    assert (control["faces"], control["accuracy"], control["by_class"]) == (1, 1, 0.5)
    assert found["above"]["0.99"]["these"]["by_class"] is None
    others = pairs.assign(label=["sad", "sad", "happy", "sad", "happy", "happy"])
    # Of sad ones 1 of 1 is right, of happy ones 0 of 1: of two sad and one happy, 2 of 3.
    near = scores_of(others)["above"]["0.90"]["these"]
    assert near["by_class"] == pytest.approx(2 / 3, abs=1e-6)


def test_where_nothing_is_near_there_is_no_accuracy() -> None:
    pairs = pd.DataFrame({"correlation": [0.1], "mirrored": [False], "label": ["sad"]})
    found = scores_of(pairs.assign(training_label="sad", right=True, repeated=False))
    assert found["above"]["0.99"]["these"] is None
    row = "| correlation above 0.99 | 0 | – | – | – | – | 100.0 (20.7 to 100.0) |"
    assert row in page(found)


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Drawn faces; an angry one of the test is in training too, brighter, and called sad."""
    folder = draw_faces(tmp_path / "faces")
    with Image.open(folder / "test" / "angry" / "0.png") as picture:
        brighter = Image.fromarray(np.asarray(picture) + np.uint8(50))
    brighter.save(folder / "train" / "sad" / "brighter.png")
    return folder


@pytest.fixture
def run(faces: Path, tmp_path: Path) -> Path:
    """Predictions of all test faces as happy."""
    manifest = read_corpus("fer2013", faces)
    tested = [record for record in manifest.records if record.partition == "test"]
    table = build_predictions(
        clips=[record.id for record in tested[::-1]],
        actors=[record.actor for record in tested[::-1]],
        labels=[record.label for record in tested[::-1]],
        probabilities=np.tile([name == "happy" for name in manifest.classes], (len(tested), 1)),
        classes=manifest.classes,
        fold="official",
        strategy="vm",
        seed=0,
    )
    save_predictions(table, tmp_path / "run" / "predictions.csv")
    write_json(tmp_path / "run" / "result.json", RUN)
    return tmp_path / "run"


def test_the_script_finds_the_brighter_twin_and_says_what_made_its_numbers(
    faces: Path, run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    main([f"--faces={faces}", f"--run={run}", f"--out={out}"])
    pairs = pd.read_csv(out / "pairs.csv")
    assert pairs[["clip", "training_clip", "correlation"]].to_numpy().tolist() == [
        ["test-angry-0", "train-sad-brighter", 1.0]
    ]
    result = json.loads((out / "result.json").read_text())
    assert result["training_faces"] == 22
    assert result["all"]["faces"] == 14
    # Of the two happy faces one stands in training; all are said to be happy.
    assert result["all"]["accuracy"] == pytest.approx(2 / 14, abs=1e-6)
    assert result["without_identical"]["accuracy"] == pytest.approx(1 / 12, abs=1e-6)
    assert result["above"]["0.99"]["these"]["accuracy"] == 0
    assert result["above"]["0.99"]["other_label"] == 1
    assert result["run"] == RUN
    assert result["corpus_digest"] == read_corpus("fer2013", faces).digest
    assert "| correlation above 0.99 | 1 | 100.0 | 0.0 |" in (out / "table.md").read_text()


def test_predictions_of_other_faces_are_refused(faces: Path, run: Path, tmp_path: Path) -> None:
    shutil.rmtree(faces / "test" / "sad")
    with pytest.raises(CorpusError, match="its 14 clips are not the 12 test faces"):
        main([f"--faces={faces}", f"--run={run}", f"--out={tmp_path}"])
