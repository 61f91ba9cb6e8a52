"""Training on modalities that are no media: arrays, any number of them, some missing."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mrpn.common.errors import ConfigError, CorpusError
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.media import ClipSettings
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, report_inputs, train_recipe

CLASSES = ("calm", "happy", "sad")
WIDTHS = {"gaze": 3, "pulse": 4, "touch": 2}
Make = Callable[..., Recipe]


def write_clips(folder: Path, widths: dict[str, int] = WIDTHS) -> Manifest:
    """Two clips of every class and actor, told by the level of each array; some lack the gaze."""
    rng = np.random.default_rng(0)
    records = []
    for actor in range(1, 7):
        for label, name in enumerate(CLASSES):
            for take in range(2):
                clip = f"{name}-{actor}-{take}"
                arrays = {
                    modality: label + rng.normal(0, 0.3, (int(rng.integers(2, 6)), width))
                    for modality, width in widths.items()
                    if (modality, take, actor) != ("gaze", 1, 1)
                }
                np.savez(folder / f"{clip}.npz", **arrays)
                record = ClipRecord(clip, name, str(actor), None, None, None, arrays=f"{clip}.npz")
                records.append(record)
    return Manifest("arrays", folder, CLASSES, tuple(records))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> PreparedCorpus:
    folder = tmp_path_factory.mktemp("arrays")
    return prepare(write_clips(folder), folder / "prepared", ClipSettings(), workers=0)


@pytest.fixture
def recipe(make_recipe: Make) -> Recipe:
    branches = {
        name: {"encoder": "mlp", "in_channels": width, "width": 8, "aggregator": "mean"}
        for name, width in WIDTHS.items()
    }
    return make_recipe(
        preprocessing={"clip": {}},
        network={"branches": branches, "dropout": 0.0},
        optimisation={"epochs": 12, "rate": 0.01, "select": "last"},
    )


def test_every_strategy_learns_three_arrays_and_the_report_names_them(
    corpus: PreparedCorpus, recipe: Recipe, fold: Fold, tmp_path: Path
) -> None:
    train_recipe(recipe, corpus.folder, [fold], tmp_path, jobs=1, threads=1)
    table = report_inputs(tmp_path).predictions
    right = (table["prediction"] == table["label"]).groupby(table["strategy"]).mean()
    alone = ["only-gaze", "only-pulse", "only-touch"]
    assert sorted(right.index) == sorted([*alone, "late", "n0", "n1", "n2", "product"])
    assert right[["late", "n0", "n1", "n2", "product"]].min() > 0.6
    counts = table.groupby("strategy").size()
    # The clips without a gaze are scored by all but the network that has nothing else.
    assert counts["only-gaze"] == 3
    assert counts.drop("only-gaze").eq(6).all()


def test_a_branch_of_another_width_is_refused(
    corpus: PreparedCorpus, recipe: Recipe, make_recipe: Make, fold: Fold, tmp_path: Path
) -> None:
    values = recipe.network.model_dump()
    values["branches"]["pulse"]["in_channels"] = 5
    wrong = make_recipe(preprocessing={"clip": {}}, network=values)
    with pytest.raises(ConfigError, match="its arrays of pulse have 4 columns; give network"):
        train_recipe(wrong, corpus.folder, [fold], tmp_path, jobs=1)


def test_clips_that_differ_in_width_are_refused(tmp_path: Path) -> None:
    manifest = write_clips(tmp_path)
    np.savez(tmp_path / "sad-6-1.npz", pulse=np.ones((2, 7)))
    corpus = prepare(manifest, tmp_path / "p", ClipSettings(), workers=0)
    with pytest.raises(CorpusError, match="'sad-6-1' has 7 columns of pulse, others have 4"):
        corpus.array_widths()
