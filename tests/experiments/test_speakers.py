"""Voice encoders in sittings: wherever one ends, the same files are there in the end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from imitations import write_voxceleb
from kept import kept
from mrpn.weights import read_header

Script = Callable[..., Any]
TINY = (
    "branch.features=8",
    "preprocessing.spectrogram.step=1.0",
    "split.test=3",
    "slices.longest=1.0",
    "optimisation.epochs=2",
    "optimisation.batch_size=4",
    "resamples=20",
)
KEPT = ("history.csv", "recipe.yaml", "result.json", "trials.csv")


@pytest.fixture(scope="module")
def train(script: Script, tmp_path_factory: pytest.TempPathFactory) -> Script:
    """Train encoders of two tiny widths on eight speakers."""
    speech = write_voxceleb(tmp_path_factory.mktemp("media") / "speech")

    def start(place: Path, *more: object) -> Any:
        what = ("--speech", speech, "--corpus", "voxceleb", "--widths", 4, 6, "--threads", 1)
        where = ("--work", place / "work", "--out", place / "out")
        return script("speakers", *what, "--set", *TINY, *where, *more)

    return start


def files_of(*widths: int) -> set[str]:
    return {f"speakers-small-{width}/{name}" for width in widths for name in KEPT}


def test_sittings_of_one_epoch_change_nothing_of_what_is_left_in_the_end(
    train: Script, undisturbed: tuple[Path, Any], tmp_path: Path
) -> None:
    left = []
    for width, epochs in ((4, 1), (6, 2)):
        ran = train(tmp_path, "--minutes", 0)
        assert ran.code == 0
        assert ran.err.count(": epoch ") == epochs
        assert f"speakers-small-{width}: not finished yet" in ran.err
        left.append(kept(tmp_path / "out").keys())
    # After a last epoch there is nothing to stop: what was learned is verified and kept.
    assert left == [set(), files_of(4)]
    assert train(tmp_path, "--minutes", 0).err.count(": epoch ") == 1
    ran = train(tmp_path, "--minutes", 0)
    assert (ran.code, ran.err.count(": epoch ")) == (0, 0)
    assert kept(tmp_path / "out") == kept(undisturbed[0] / "out")


def test_all_but_the_weights_is_kept_and_the_errors_and_weights_are_told(
    undisturbed: tuple[Path, Any],
) -> None:
    place, ran = undisturbed
    assert kept(place / "out").keys() == files_of(4, 6)
    for width in (4, 6):
        folder = place / "out" / f"speakers-small-{width}"
        result = json.loads((folder / "result.json").read_text("utf-8"))
        assert [len(result["speakers"][part]) for part in ("train", "test")] == [5, 3]
        assert not {*result["speakers"]["train"]} & {*result["speakers"]["test"]}
        # Three speakers of three utterances: 36 pairs, three of each speaker.
        trials = pd.read_csv(folder / "trials.csv")
        assert (len(trials), int(trials["target"].sum())) == (36, 9)
        eer = 100 * result["verification"]["trained"]["eer"]
        assert f"speakers-small-{width}, trained: EER {eer:.1f} % (" in ran.err
        weights = place / "work" / "runs" / f"speakers-small-{width}" / "weights.safetensors"
        assert f"weights: {weights}" in ran.err
        assert read_header(weights).network.branches["audio"].width == width


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--corpus", "voxcelebs"), "voxcelebs"),
        (("--speech", "/nowhere"), "/nowhere: there is no such folder"),
        (("--recipe", "large"), "no recipe 'large'; there are speakers-base, speakers-mel, "),
        (("--set", "split.rule=least"), "'split.rule'"),
    ],
)
def test_wrong_input_is_one_line(
    train: Script, tmp_path: Path, more: tuple[str, ...], line: str
) -> None:
    assert line in train(tmp_path, *more).error
    assert not (tmp_path / "out").exists()


def test_without_widths_the_recipe_has_its_own(script: Script, tmp_path: Path) -> None:
    speech = write_voxceleb(tmp_path / "speech")
    what = ("--speech", speech, "--corpus", "voxceleb", "--threads", 1, "--set", *TINY)
    where = ("--work", tmp_path / "work", "--out", tmp_path / "out")
    ran = script("speakers", *what, "branch.width=5", *where)
    assert ran.code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["speakers-small-5"]
