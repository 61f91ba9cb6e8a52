"""A folder of small media files, and what prepares them in a blink."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.media import ClipSettings, write_video, write_wav

SIZE = 16


@pytest.fixture(scope="session")
def settings() -> ClipSettings:
    return ClipSettings(faces="whole", size=SIZE)


@pytest.fixture(scope="session")
def make_media() -> Callable[..., Path]:
    """Return a writer of films with sound, voices and pictures: film-0.mp4, voice-0.wav, ..."""

    def write(folder: Path, count: int = 3) -> Path:
        folder.mkdir(parents=True)
        rng = np.random.default_rng(0)
        for index in range(count):
            wave = rng.normal(0, 0.1, 8000 + 1000 * index).astype(np.float32)
            frames = rng.integers(0, 255, (5 + index, SIZE, SIZE, 3)).astype(np.uint8)
            write_video(folder / f"film-{index}.mp4", frames, 10, wave)
            write_wav(folder / f"voice-{index}.wav", wave)
            Image.fromarray(frames[0]).save(folder / f"face-{index}.png")
        return folder

    return write


@pytest.fixture
def media(tmp_path: Path, make_media: Callable[..., Path]) -> Path:
    return make_media(tmp_path / "media")


@pytest.fixture(scope="session")
def manifest_of() -> Callable[..., Manifest]:
    """Return a maker of manifests: (root, clip id = (video, audio), ...)."""

    def make(root: Path, **clips: tuple[str | None, str | None]) -> Manifest:
        records = [
            ClipRecord(id=name, label="calm", actor="1", sex=None, video=video, audio=audio)
            for name, (video, audio) in clips.items()
        ]
        return Manifest("tests", root, ("calm",), tuple(records))

    return make


@pytest.fixture(scope="session")
def bytes_of() -> Callable[[Path], dict[str, bytes]]:
    """Return what reads all files of a folder."""
    return lambda folder: {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
