"""Voices made of numbers: speakers who differ in pitch, and a recipe that trains in a second."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mrpn.common.config import validate
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.media import ClipSettings, write_wav
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training.speakers import SpeakerRecipe

# Utterances of each speaker.
COUNTS = {"1": 4, "2": 1, "3": 3, "4": 3, "5": 2, "6": 2, "7": 1}
RATE = 16000


def tiny_values() -> dict[str, Any]:
    """A recipe of the smallest network, with every kind of variation."""
    return {
        "name": "tiny",
        "title": "Tiny",
        "preprocessing": {
            "spectrogram": {"window": 64, "bins": 32, "frames": 32, "hop": 320, "step": 0.2},
        },
        "branch": {"in_channels": 1, "width": 4, "stem_stride": 2, "features": 8},
        "split": {"test": 2, "validation": 2},
        "slices": {"shortest": 0.8, "longest": 1.2, "tested": 1.5},
        "sounds": {"reverberation": 0.5},
        "masks": {"bins": 8, "frames": 8},
        "optimisation": {
            "epochs": 3,
            "batch_size": 4,
            "clips_per_epoch": 10,
            "rate": 1e-2,
            "schedule": {"name": "one-cycle"},
            "precision": "32-true",
            "channels_last": False,
        },
        "resamples": 50,
    }


def _recipe(**changes: Any) -> SpeakerRecipe:
    """The tiny recipe with changes laid over groups of settings."""
    values = tiny_values()
    for name, change in changes.items():
        values[name] = {**values.get(name, {}), **change} if isinstance(change, dict) else change
    return validate(SpeakerRecipe, values, "tests")


@pytest.fixture(scope="session")
def make_recipe() -> Callable[..., SpeakerRecipe]:
    return _recipe


@pytest.fixture(scope="session")
def recipe() -> SpeakerRecipe:
    return _recipe()


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    folder = tmp_path_factory.mktemp("voices")
    rng = np.random.default_rng(0)
    records = []
    for speaker, count in COUNTS.items():
        for number in range(count):
            name = f"{speaker}-{number}"
            time = np.arange(round(RATE * (1.3 + 0.2 * number))) / RATE
            tone = 0.4 * np.sin(2 * np.pi * 700 * int(speaker) * time)
            write_wav(folder / f"{name}.wav", (tone + rng.normal(0, 0.05, len(time))).astype("f4"))
            # Two sessions a speaker; the last number begins a new one.
            session = "b" if number == count - 1 else "a"
            file = f"{name}.wav"
            records.append(
                ClipRecord(name, speaker, speaker, None, None, file, extra={"session": session})
            )
    return Manifest("tones", folder, tuple(COUNTS), tuple(records), licence="CC0-1.0")


@pytest.fixture(scope="session")
def corpus(manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> PreparedCorpus:
    folder = tmp_path_factory.mktemp("prepared") / "tones"
    return prepare(manifest, folder, ClipSettings(), workers=1)
