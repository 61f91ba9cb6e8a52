"""A prepared corpus of a few actors made of numbers, and a recipe that trains in a second."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mrpn.common.config import validate
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.media import ClipSettings, write_video, write_wav
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, train_run

CLASSES = ("calm", "happy", "sad")
ACTORS = ("1", "2", "3", "4", "5", "6")
SIZE = 16
SETTINGS = ClipSettings(faces="whole", size=SIZE)


def tiny_values() -> dict[str, Any]:
    """A recipe of the smallest networks that keep every part: two epochs, some 2,000 weights."""
    branch = {"in_channels": 1, "width": 4, "stem_stride": 2, "features": 8}
    return {
        "name": "tiny",
        "title": "Tiny",
        "preprocessing": {
            "clip": {"faces": "whole", "size": SIZE},
            "spectrogram": {"window": 64, "bins": 32, "frames": 32, "hop": 320, "step": 0.4},
            "channels": 1,
        },
        "stills": {"views": 2},
        "network": {"branches": {"audio": branch, "video": branch}, "hidden": 8},
        "optimisation": {
            "epochs": 2,
            "batch_size": 4,
            "rate": 1e-2,
            "precision": "32-true",
            "channels_last": False,
        },
    }


def _recipe(**changes: Any) -> Recipe:
    """The tiny recipe with changes laid over groups of settings, such as `optimisation={...}`."""
    values = tiny_values()
    for name, change in changes.items():
        values[name] = {**values.get(name, {}), **change} if isinstance(change, dict) else change
    return validate(Recipe, values, "tests")


@pytest.fixture(scope="session")
def make_recipe() -> Callable[..., Recipe]:
    return _recipe


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    return _recipe()


@pytest.fixture(scope="session")
def fold() -> Fold:
    return Fold("A1", train=("3", "4", "5", "6"), validation=("2",), test=("1",))


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For every class and actor a tone with noise and a picture: films of odd actors, else stills.

    The class sets the pitch and the grey, so there is something to learn.
    """
    folder = tmp_path_factory.mktemp("media")
    rng = np.random.default_rng(0)
    for label, name in enumerate(CLASSES):
        for actor in ACTORS:
            seconds = 1.1 + 0.1 * int(actor)
            time = np.arange(round(16000 * seconds)) / 16000
            tone = 0.4 * np.sin(2 * np.pi * 300 * (label + 1) * time)
            wave = (tone + rng.normal(0, 0.05, len(time))).astype(np.float32)
            write_wav(folder / f"{name}-{actor}.wav", wave)
            noise = rng.integers(0, 60, (12, SIZE, SIZE, 3))
            frames = (noise + 80 * label).astype(np.uint8)
            if int(actor) % 2:
                write_video(folder / f"{name}-{actor}.mp4", frames, 10)
            else:
                Image.fromarray(frames[0]).save(folder / f"{name}-{actor}.png")
    return folder


@pytest.fixture(scope="session")
def manifest(media: Path) -> Manifest:
    records = [
        ClipRecord(
            id=f"{name}-{actor}",
            label=name,
            actor=actor,
            sex=None,
            video=f"{name}-{actor}.{'mp4' if int(actor) % 2 else 'png'}",
            audio=f"{name}-{actor}.wav",
        )
        for name in CLASSES
        for actor in ACTORS
    ]
    return Manifest("tiny", media, CLASSES, tuple(records), licence="CC0-1.0")


@pytest.fixture(scope="session")
def corpus(manifest: Manifest, tmp_path_factory: pytest.TempPathFactory) -> PreparedCorpus:
    folder = tmp_path_factory.mktemp("prepared") / "tiny"
    # Pictures of noise, which a JPEG would not keep.
    return prepare(manifest, folder, SETTINGS, workers=0, form="raw")


@pytest.fixture(scope="module")
def voice(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A finished run of the voice alone."""
    return train_run(recipe, corpus, fold, "am", tmp_path_factory.mktemp("runs"))
