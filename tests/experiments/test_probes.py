"""Linear probes of trained branches: what they find is exact where it can be known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from probes import as_markdown, compare, fit, main

from imitations import write_ravdess_voices
from mrpn.common.errors import MrpnError
from mrpn.corpora import read_corpus
from mrpn.evaluation.intervals import DIFFERENCE, t_interval
from mrpn.training.studies import Chosen, Corpora, Request, conduct, load_study

RECIPE = Path(__file__).parents[2] / "recipes" / "ravdess-voice-quick.yaml"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two networks of the voice alone on two folds of imitated voices, trained for a step."""
    folder = tmp_path_factory.mktemp("probes")
    manifest = read_corpus("ravdess", write_ravdess_voices(folder / "voices"))
    place = folder / "mine.yaml"
    values = {
        "name": "mine",
        "title": "Mine",
        "corpus": {"reader": "ravdess"},
        "recipe": str(RECIPE),
        "folds": ["A1,2", "A3,4"],
        "rows": [
            {"row": "AM", "strategy": "am"},
            {"row": "again", "strategy": "am", "set": {"network.dropout": 0.5}},
            {"row": "left", "strategy": "am", "set": {"network.dropout": 0.6}},
        ],
    }
    place.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    tiny = (
        "network.branches.audio={in_channels: 1, width: 4, stem_stride: 2, features: 8}",
        "preprocessing.spectrogram.step=1.0",
        "optimisation.epochs=1",
        "optimisation.clips_per_epoch=8",
        "optimisation.batch_size=8",
    )
    request = Request(
        load_study(place),
        place,
        folder / "out",
        jobs=1,
        changes=tiny,
        chosen=Chosen(["AM", "again"]),
    )
    conduct(request, Corpora(folder / "out", manifest, workers=1))
    return request.folder


def test_every_network_of_the_rows_is_probed(study: Path, tmp_path: Path) -> None:
    main([str(study), "--rows", "AM", "again", "--out", str(tmp_path)])
    table = pd.read_csv(tmp_path / "mine" / "probes.csv")
    assert list(zip(table["row"], table["fold"], strict=True)) == [
        (row, fold) for row in ("AM", "again") for fold in ("A1,2", "A3,4")
    ]
    # Four recordings a fold are tested.
    assert set(4 * table["accuracy"]) <= {0, 1, 2, 3, 4}
    page = (tmp_path / "mine" / "probes.md").read_text("utf-8")
    assert "| again − AM |" in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--rows", "AM", "left"], "no weights of row 'left' here"),
        (["--rows", "AM", "--modality", "video"], "row 'AM' has no branch for video"),
    ],
)
def test_what_cannot_be_probed_is_one_line(
    study: Path, tmp_path: Path, more: list[str], said: str
) -> None:
    with pytest.raises(MrpnError, match=said):
        main([str(study), *more, "--out", str(tmp_path)])
    assert not any(tmp_path.iterdir())


def test_a_probe_learns_what_is_linear_and_is_judged_on_the_tested_alone() -> None:
    rng = np.random.default_rng(0)

    def drawn(shift: float) -> tuple[np.ndarray, list[str]]:
        labels = ["happy", "sad"] * 40
        values = rng.normal(0, 0.1, (80, 4)) + shift
        values[:, 0] += np.where(np.array(labels) == "sad", 1.0, -1.0)
        return values.astype(np.float32), labels

    train, validation, test = drawn(0), drawn(0), drawn(0)
    assert fit(train, validation, test) == 1.0
    turned = (test[0], ["sad" if label == "happy" else "happy" for label in test[1]])
    assert fit(train, validation, turned) == 0.0


def test_differences_are_over_folds_with_seeds_averaged() -> None:
    table = pd.DataFrame(
        [
            {"row": row, "fold": fold, "seed": seed, "accuracy": value + 0.02 * seed}
            for row, values in (("AM", (0.4, 0.5, 0.6)), ("N0", (0.3, 0.5, 0.5)))
            for fold, value in zip("ABC", values, strict=True)
            for seed in (0, 1)
        ]
    )
    (found,) = compare(table, ["AM", "N0"]).to_dict("records")
    assert (found["row"], found["against"]) == ("N0", "AM")
    assert found["apart"] == pytest.approx(-0.2 / 3)
    expected = t_interval([-0.1, 0.0, -0.1], limits=DIFFERENCE)
    assert (found["low"], found["high"]) == pytest.approx(expected)
    page = as_markdown(table, ["AM", "N0"], "audio")
    assert "(seeds 0, 1)" in page
    assert "| AM | 51.0 |" in page
    assert "| N0 − AM | −6.7 |" in page
