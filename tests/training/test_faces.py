"""Pretraining on faces: repeated ones leave the training, a sitting ends between epochs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fer2013 import draw_faces
from mrpn.common.errors import ConfigError, CorpusError
from mrpn.corpora import read_corpus
from mrpn.corpora.manifest import Manifest
from mrpn.evaluation import load_history
from mrpn.training import Recipe
from mrpn.training.faces import epoch_line, prepare_faces, train_faces


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return read_corpus("fer2013", draw_faces(tmp_path_factory.mktemp("faces")))


@pytest.fixture(scope="module")
def small(make_recipe: Callable[..., Recipe]) -> Recipe:
    settings = {"select": "last", "schedule": {"name": "one-cycle"}, "batch_size": 8}
    return make_recipe(stills={"views": 1}, optimisation=settings)


def test_training_faces_of_the_test_are_dropped_and_the_test_stays(
    faces: Manifest, small: Recipe, tmp_path: Path
) -> None:
    prepared = prepare_faces(faces, small, tmp_path / "prepared", workers=0)
    left = {record.id for record in faces.records} - {r.id for r in prepared.manifest.records}
    assert left == {"train-happy-again", "train-sad-again"}
    assert all(prepared.find(record.id).usable for record in prepared.manifest.records)


def test_photographs_in_other_pixels_are_dropped_on_request(small: Recipe, tmp_path: Path) -> None:
    folder = draw_faces(tmp_path / "faces")
    with Image.open(folder / "test" / "angry" / "0.png") as picture:
        brighter = Image.fromarray(np.asarray(picture) + np.uint8(50))
    brighter.save(folder / "train" / "sad" / "brighter.png")
    manifest = read_corpus("fer2013", folder)
    prepared = [
        prepare_faces(manifest, small, tmp_path / str(alike), workers=0, alike=alike)
        for alike in (False, True)
    ]
    kept, cleared = ({record.id for record in each.manifest.records} for each in prepared)
    assert kept - cleared == {"train-sad-brighter"}


def test_a_sitting_that_ends_after_an_epoch_goes_on_with_the_next(
    faces: Manifest, small: Recipe, tmp_path: Path
) -> None:
    prepared = prepare_faces(faces, small, tmp_path / "prepared", workers=0)

    class TimeUpError(Exception):
        pass

    def stop(row: dict[str, Any]) -> None:
        raise TimeUpError

    with pytest.raises(TimeUpError):
        train_faces(small, prepared, tmp_path / "runs", report=stop)
    seen: list[int] = []
    run = train_faces(
        small, prepared, tmp_path / "runs", report=lambda row: seen.append(row["epoch"])
    )
    assert seen == [2]
    assert run == tmp_path / "runs" / "official" / "vm-seed0"
    assert load_history(run / "history.csv")["epoch"].tolist() == [1, 2]
    assert train_faces(small, prepared, tmp_path / "runs", report=stop) == run


def test_an_epoch_is_one_line() -> None:
    row = {"epoch": 7, "train_loss": 1.25, "validation_accuracy": 0.5, "seconds": 3.0}
    line = epoch_line(row, 120)
    assert line.split() == [
        "epoch",
        "7/120",
        "loss",
        "1.250",
        "validation",
        "50.0",
        "%",
        "3.0",
        "s",
    ]


def test_what_has_no_parts_no_pictures_or_no_hash_is_refused(
    faces: Manifest, manifest: Manifest, small: Recipe, tmp_path: Path
) -> None:
    def refused(records: Any, line: str) -> None:
        with pytest.raises(CorpusError, match=line):
            prepare_faces(replace(faces, records=tuple(records)), small, tmp_path / "p", workers=0)

    refused((r for r in faces.records if r.partition != "test"), "no clips in 'test'")
    refused((replace(r, video=None, audio="a.wav") for r in faces.records), "has no picture")
    refused((replace(r, extra={}) for r in faces.records), "no hash of its content")
    with pytest.raises(CorpusError, match="has no partition"):
        prepare_faces(manifest, small, tmp_path / "p", workers=0)
    assert not (tmp_path / "p").exists()


def test_a_recipe_without_faces_is_refused(faces: Manifest, small: Recipe, tmp_path: Path) -> None:
    branches = {"audio": small.network.branches["audio"]}
    network = small.network.model_copy(update={"branches": branches})
    with pytest.raises(ConfigError, match="no strategy 'vm'"):
        prepare_faces(faces, small.model_copy(update={"network": network}), tmp_path, workers=0)
