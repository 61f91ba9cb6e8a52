"""The report of a face encoder: exact numbers of predictions made by hand, and its files."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mrpn.common.errors import WeightsError
from mrpn.common.files import write_json
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.evaluation import build_predictions, save_history, save_predictions, wilson_interval
from mrpn.training.faces_report import report_faces

CLASSES = ("happy", "sad")
# Of the test, in its order: the class, the probability of "happy", the content.
TESTED = (
    ("happy", 0.9, "a"),
    ("happy", 0.8, "b"),
    ("happy", 0.4, "c"),
    ("sad", 0.3, "d"),
    ("sad", 0.6, "e"),
)
FILES = {
    "classes.csv",
    "confusion.csv",
    "confusion.png",
    "faces.json",
    "faces.md",
    "learning.png",
    "reliability.csv",
    "reliability.png",
}


def _face(name: str, label: str, part: str, content: str) -> ClipRecord:
    return ClipRecord(
        id=name,
        label=label,
        actor=f"face-{content}",
        sex=None,
        video=f"{name}.png",
        audio=None,
        partition=part,  # type: ignore[arg-type]
        extra={"content": content},
    )


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """Of the test faces, "a" and "c" are in the training part too; "d" in the validation alone."""
    records = [_face(f"t{n}", label, "test", key) for n, (label, _, key) in enumerate(TESTED)]
    records += [_face("x", "happy", "train", "a"), _face("y", "sad", "train", "c")]
    records += [_face("z", "sad", "train", "f"), _face("v", "sad", "validation", "d")]
    return Manifest("faces", tmp_path, CLASSES, tuple(records), "CC0")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    happy = np.array([p for _, p, _ in TESTED])
    columns = {"strategy": "vm", "fold": "official", "seed": 0}
    table = build_predictions(
        clips=[f"t{n}" for n in range(len(TESTED))],
        actors=[f"face-{key}" for *_, key in TESTED],
        labels=[label for label, *_ in TESTED],
        probabilities=np.stack([happy, 1 - happy], axis=1),
        classes=CLASSES,
        **columns,
    )
    save_predictions(table, folder / "predictions.parquet")
    numbers = dict.fromkeys(
        ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"), 0.5
    )
    curve = [{**columns, "epoch": n, **numbers, "rate": 0.1, "seconds": 1.0} for n in (1, 2)]
    save_history(pd.DataFrame(curve), folder / "history.csv")
    digests = dict.fromkeys(("recipe_digest", "fold_digest", "corpus_digest"), "0" * 64)
    result = {"corpus": "faces", "licence": "CC0", "seed": 0, **digests, "epochs": 2}
    more = {"parameters": 5, "seconds": 2.0, "precision": "32-true", "machine": {}}
    write_json(folder / "result.json", result | more)
    return folder


def test_the_whole_test_and_what_of_it_training_never_held_are_told_apart(
    run: Path, manifest: Manifest, tmp_path: Path
) -> None:
    found = report_faces(run, manifest, tmp_path / "report")
    assert found.repeated == 2
    assert found.unseen is not None
    assert (found.whole.faces, found.whole.accuracy) == (5, 0.6)
    assert (found.whole.low, found.whole.high) == pytest.approx(wilson_interval(3, 5), abs=1e-6)
    assert found.whole.uar == pytest.approx((2 / 3 + 1 / 2) / 2, abs=1e-6)
    # Of b, d, e: b and d are right.
    assert (found.unseen.faces, found.unseen.accuracy) == (3, 0.666667)
    assert found.unseen.uar == 0.75
    assert [each.model_dump() for each in found.classes] == [
        {"name": "happy", "faces": 3, "recall": 0.666667, "unseen_recall": 1.0},
        {"name": "sad", "faces": 2, "recall": 0.5, "unseen_recall": 0.5},
    ]
    assert found.confusion == ((2, 1), (1, 1))
    assert found.confusion_rows == [("happy", 67, 33), ("sad", 50, 50)]
    # Each confidence has a bin of its own but the two of 0.6.
    gaps = 0.1 + 0.2 + 2 * 0.6 + 0.3
    assert found.whole.ece == pytest.approx(gaps / 5, abs=1e-6)


def test_its_files_say_the_same(run: Path, manifest: Manifest, tmp_path: Path) -> None:
    found = report_faces(run, manifest, tmp_path / "report")
    assert {path.name for path in (tmp_path / "report").iterdir()} == FILES
    kept = json.loads((tmp_path / "report" / "faces.json").read_text("utf-8"))
    assert kept == found.model_dump(mode="json")
    assert kept["run"]["recipe_digest"] == "0" * 64
    page = (tmp_path / "report" / "faces.md").read_text("utf-8")
    for line in (
        "Accuracy 60.0 % (95 % interval 23.1 to 88.2) of 5 faces; ",
        "Without the 2 faces that the training part held as well",
        "| happy | 3 | 66.7 | 100.0 |",
        "| sad | 50 | 50 |",
    ):
        assert line in page
    table = pd.read_csv(tmp_path / "report" / "confusion.csv")
    assert table.to_dict("list") == {"true": ["happy", "sad"], "happy": [2, 1], "sad": [1, 1]}
    assert pd.read_csv(tmp_path / "report" / "reliability.csv")["clips"].sum() == 5


def test_without_repeated_faces_there_is_one_number(
    run: Path, manifest: Manifest, tmp_path: Path
) -> None:
    alone = tuple(r for r in manifest.records if r.partition == "test")
    found = report_faces(run, replace(manifest, records=alone), tmp_path)
    assert (found.repeated, found.unseen) == (0, found.whole)
    assert found.headlines[1] == "No face of the test occurs in the training part."


def test_a_test_that_training_held_whole_has_nothing_unseen(
    run: Path, manifest: Manifest, tmp_path: Path
) -> None:
    seen = tuple(_face(f"s{n}", c, "train", key) for n, (c, _, key) in enumerate(TESTED))
    found = report_faces(
        run, replace(manifest, records=(*manifest.records, *seen)), tmp_path / "report"
    )
    assert (found.repeated, found.unseen) == (5, None)
    assert found.headlines[1].endswith("none is left.")
    assert [each.unseen_recall for each in found.classes] == [None, None]


def test_an_unfinished_run_is_named(manifest: Manifest, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no finished run here"):
        report_faces(tmp_path, manifest, tmp_path)
