"""Recognizers from weights that a package ships."""

from pathlib import Path

import pytest

from mrpn import Recognizer
from mrpn.common.errors import WeightsError
from mrpn.inputs import Preprocessing
from mrpn.network import BranchSpec, NetworkSpec, Target, build_network
from mrpn.weights import WeightsHeader, save_weights
from weight_packages import make_package


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    branch = BranchSpec(in_channels=1, width=4, features=8)
    spec = NetworkSpec(
        branches={"audio": branch}, targets={"class": Target(size=2)}, kind="unimodal", hidden=8
    )
    header = WeightsHeader(
        network=spec,
        classes={"class": ("sad", "happy")},
        preprocessing=Preprocessing().model_dump(mode="json"),
        licence="CC0-1.0",
        limits="Knows nothing.",
    )
    save_weights(tmp_path / "w.safetensors", build_network(spec), header, half=True)
    return tmp_path / "w.safetensors"


def test_a_name_or_a_path_makes_a_recognizer_and_the_name_tells_its_licence(
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_package(tmp_path / "site", "weights_recognition", {"moods": weights})
    monkeypatch.syspath_prepend(tmp_path / "site")
    said: list[str] = []
    monkeypatch.setattr("mrpn.weights.registry.say", said.append)
    by_path = Recognizer.from_pretrained(weights)
    assert said == []
    by_name = Recognizer.from_pretrained("moods")
    assert said == ["moods: licence CC0-1.0. Knows nothing."]
    assert by_name.classes == by_path.classes == ("sad", "happy")
    assert by_name.preprocessing == Preprocessing()


def test_an_unknown_name_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weights are called 'nobody'") as caught:
        Recognizer.from_pretrained("nobody")
    assert "\n" not in str(caught.value)
