"""Face encoders in sittings: wherever one ends, the same files are there in the end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fer2013 import draw_faces
from kept import kept
from mrpn.evaluation import load_predictions

Script = Callable[..., Any]
TINY = (
    "network.branches.video.width=4",
    "network.branches.video.features=8",
    "network.hidden=8",
    "optimisation.epochs=3",
    "optimisation.batch_size=8",
    "optimisation.precision=32-true",
)
RUN = "fer2013-small/official/vm-seed0"
REPORT = {
    *(f"{name}.csv" for name in ("classes", "confusion", "reliability")),
    *(f"{name}.png" for name in ("confusion", "learning", "reliability")),
    *("faces.json", "faces.md"),
}
KEPT = {
    *(f"{RUN}/{name}" for name in ("history.csv", "predictions.csv", "recipe.yaml", "result.json")),
    *(f"fer2013-small/report/{name}" for name in REPORT),
}


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_faces(tmp_path_factory.mktemp("faces"))


@pytest.fixture(scope="module")
def train(script: Script, faces: Path) -> Script:
    """Train the small face encoder, tiny, on a few drawn faces."""

    def start(place: Path, *more: object) -> Any:
        where = ("--work", place / "work", "--out", place / "out")
        what = ("--faces", faces, "--recipe", "fer2013-small", "--threads", 1)
        return script("faces_fer2013", *what, "--set", *TINY, *where, *more)

    return start


def test_sittings_of_one_epoch_change_nothing_of_what_is_left_in_the_end(
    train: Script, undisturbed: tuple[Path, Any], tmp_path: Path
) -> None:
    for epoch in (1, 2):
        ran = train(tmp_path, "--minutes", 0)
        assert ran.code == 0
        assert f"epoch   {epoch}/3" in ran.err
        assert ran.err.count("epoch ") == 1
        assert "fer2013-small: not finished yet; the same command goes on" in ran.err
        assert not (tmp_path / "out").exists()
    last = train(tmp_path, "--minutes", 0)
    assert (last.code, last.err.count("epoch ")) == (0, 1)
    assert kept(tmp_path / "out") == kept(undisturbed[0] / "out")


def test_all_but_the_weights_is_kept_with_a_report(undisturbed: tuple[Path, Any]) -> None:
    place, ran = undisturbed
    assert kept(place / "out").keys() == KEPT
    predicted = load_predictions(place / "out" / RUN / "predictions.csv")
    assert (len(predicted), predicted["clip"].is_unique) == (14, True)
    found = json.loads((place / "out" / "fer2013-small" / "report" / "faces.json").read_text())
    right = (predicted["prediction"] == predicted["label"]).mean()
    assert found["whole"]["accuracy"] == pytest.approx(right, abs=1e-6)
    assert (found["unseen"]["faces"], found["repeated"]) == (12, 2)
    weights = place / "work" / "runs" / RUN / "weights.safetensors"
    assert weights.is_file()
    assert f"weights: {weights}" in ran.err


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--recipe", "nope"), "there is no recipe 'nope'; there are "),
        (("--recipe", "speakers-small"), "speakers-small.yaml: "),
        (("--recipe", "ravdess-voice-small"), "video"),
        (("--faces", "/nowhere"), "/nowhere"),
        (("--set", "optimisation.epochs=0"), "'optimisation.epochs'"),
    ],
)
def test_wrong_input_is_one_line(
    train: Script, tmp_path: Path, more: tuple[str, ...], line: str
) -> None:
    assert line in train(tmp_path, *more).error
    assert not (tmp_path / "work").exists()
