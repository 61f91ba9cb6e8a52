"""What the pages take for granted: a film, clips in folders, weights; made on the spot."""

import shutil
from pathlib import Path

import pytest
import torch

from drawn_voices import voice
from mrpn.cli.app import app
from mrpn.corpora.synthetic import read_synthetic
from mrpn.inputs import Preprocessing
from mrpn.media import write_wav
from mrpn.network import BranchSpec, NetworkSpec, Target, build_network
from mrpn.weights import WeightsHeader, read_registry, save_weights, write_registry
from weight_packages import make_package

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("face-small", "face-voice-small", "voice-mel", "voice-small")


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Films of four drawn people, two each: one happy, one angry."""
    folder = tmp_path_factory.mktemp("drawn")
    grid = ("intensities=[1]", "statements=[1]", "repetitions=[1]", "duration=[1.1,1.2]")
    settings = [part for name in ("emotions=[happy,angry]", *grid) for part in ("--set", name)]
    app(
        ["corpus", "synthesize", str(folder), "--actors", "4", "--workers", "1", *settings],
        standalone_mode=False,
    )
    return [folder / str(record.video) for record in read_synthetic(folder).records]


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny network of face and voice, of random but fixed values."""
    branch = BranchSpec(in_channels=1, width=4, features=8)
    spec = NetworkSpec(
        branches={"audio": branch, "video": branch.model_copy(update={"stem_stride": 1})},
        targets={"class": Target(size=2)},
        hidden=8,
    )
    preprocessing = Preprocessing.model_validate(
        {
            "clip": {"faces": "whole", "size": 16, "frame_rate": 5},
            "spectrogram": {"window": 64, "bins": 32, "frames": 32, "hop": 320, "step": 0.4},
            "channels": 1,
        }
    )
    torch.manual_seed(0)
    header = WeightsHeader(
        network=spec,
        classes={"class": ("happy", "sad")},
        preprocessing=preprocessing.model_dump(mode="json"),
        training_data=(),
        licence="CC0-1.0",
    )
    path = tmp_path_factory.mktemp("weights") / "n2.safetensors"
    save_weights(path, build_network(spec), header)
    return path


@pytest.fixture(scope="session")
def shipped(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package that ships these weights under the names of the real ones."""
    folder = tmp_path_factory.mktemp("shipped")
    # In alphabetical order before the real package, whose names it takes.
    index = make_package(folder, "docs_weights", dict.fromkeys(NAMES, weights)) / "registry.json"
    entries = read_registry(index).values()
    write_registry(index, [e.model_copy(update={"kind": "N2: audio, video"}) for e in entries])
    return folder


@pytest.fixture
def place(
    drawn: list[Path],
    weights: Path,
    shipped: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """The current folder of a reader who has all that the pages name."""
    for name in ("clip.mp4", "new.mp4", "films/one.mp4", "films/two.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(drawn[0], tmp_path / name)
    people = ("ann", "ben", "eve", "tom")
    for number, film in enumerate(drawn):
        actor, label = people[number // 2], ("amused", "bored")[number % 2]
        (tmp_path / "clips" / label / actor).mkdir(parents=True)
        shutil.copyfile(film, tmp_path / "clips" / label / actor / "01.mp4")
    (tmp_path / "clips.csv").write_text("emotion,path,speaker\nhappy,clip.mp4,ann\n")
    write_wav(tmp_path / "voice.wav", voice(2.0))
    shutil.copyfile(weights, tmp_path / "n2.safetensors")
    for name in ("recipes", "examples", "experiments", "weights", "constraints.txt"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.syspath_prepend(shipped)
    monkeypatch.chdir(tmp_path)
    return tmp_path
