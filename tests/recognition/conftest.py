"""Weights of small networks with random but fixed values, and films of noise with a voice."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from drawn_voices import voice
from mrpn.inputs import Preprocessing
from mrpn.media import write_video
from mrpn.network import BranchSpec, NetworkSpec, Sequence, Target, build_network
from mrpn.weights import Calibration, TrainingData, WeightsHeader, save_weights

CLASSES = ("happy", "sad", "angry")
PREPROCESSING = Preprocessing.model_validate(
    {
        "clip": {"faces": "whole", "size": 16, "frame_rate": 5},
        "spectrogram": {"window": 64, "bins": 32, "frames": 32, "hop": 320, "step": 0.4},
        "channels": 1,
    }
)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the weights of a small network with branches for the given modalities."""

    def weights(
        *modalities: str,
        classes: tuple[str, ...] = CLASSES,
        preprocessing: object = None,
        calibration: Calibration | None = None,
    ) -> Path:
        branch = BranchSpec(in_channels=1, width=4, features=8)
        network = build_network(
            NetworkSpec(
                branches=dict.fromkeys(modalities, branch),
                targets={"class": Target(size=len(classes))},
                kind="n2" if len(modalities) > 1 else "unimodal",
                hidden=8,
            )
        )
        network.train()
        torch.manual_seed(0)
        batch = {
            name: Sequence.from_list([torch.randn(2, *PREPROCESSING.shapes()[name])] * 3)
            for name in modalities
        }
        network(batch)  # moves the running statistics away from their start
        header = WeightsHeader(
            network=network.spec,
            classes={"class": classes},
            preprocessing=preprocessing or PREPROCESSING.model_dump(mode="json"),
            training_data=(TrainingData(name="made up", licence="CC0-1.0"),),
            licence="CC0-1.0",
            calibration=calibration,
        )
        save_weights(tmp_path / "w.safetensors", network, header)
        return tmp_path / "w.safetensors"

    return weights


@pytest.fixture
def detecting() -> dict[str, object]:
    """The preprocessing of these weights, but looking for faces."""
    values = PREPROCESSING.model_dump(mode="json")
    values["clip"]["faces"] = "detect"
    return values


@pytest.fixture
def speech() -> np.ndarray:
    return voice(1.0)


@pytest.fixture
def film(tmp_path: Path, speech: np.ndarray) -> Path:
    """One second of noise, which is taken for a face, and of a voice."""
    frames = np.random.default_rng(0).integers(0, 255, (5, 32, 32, 3)).astype(np.uint8)
    write_video(tmp_path / "film.mp4", frames, 5, speech)
    return tmp_path / "film.mp4"


@pytest.fixture
def long_film(tmp_path: Path) -> Path:
    """9.2 s of changing noise and of a voice."""
    frames = np.random.default_rng(1).integers(0, 255, (46, 32, 32, 3)).astype(np.uint8)
    write_video(tmp_path / "long.mp4", frames, 5, voice(9.2), crf=0)
    return tmp_path / "long.mp4"
