"""Small media files made on the spot."""

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mrpn.media import write_video
from mrpn.media.faces import register, registry
from squares import Squares

Picture = NDArray[np.uint8]
Wave = NDArray[np.float32]


def grey_frames(count: int, width: int = 64, height: int = 48) -> list[Picture]:
    """Pictures of one grey each: picture k has the value 8 k."""
    return [np.full((height, width, 3), 8 * k, np.uint8) for k in range(count)]


def tone(seconds: float, rate: int = 16000, frequency: float = 440.0) -> Wave:
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)).astype(
        np.float32
    )


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    """Two seconds of 10 pictures per second with sound, and no face."""
    path = tmp_path / "movie.mp4"
    write_video(path, grey_frames(20), 10, tone(2.0))
    return path


@pytest.fixture
def mute(tmp_path: Path) -> Path:
    """One second of 8 pictures per second without sound."""
    path = tmp_path / "mute.mp4"
    write_video(path, grey_frames(8), 8)
    return path


@pytest.fixture
def make_wav(tmp_path: Path) -> Callable[..., Path]:
    """Return a writer of PCM wav files: (channels [C, N] in [-1, 1], rate, bytes per sample)."""

    def write(channels: Wave, rate: int = 16000, width: int = 2, name: str = "a.wav") -> Path:
        values = np.atleast_2d(channels).astype(np.float64)
        top = 2.0 ** (8 * width - 1)
        whole = np.clip(np.round(values * top), -top, top - 1).astype("<i4").T.copy()
        raw = whole.view(np.uint8).reshape(*whole.shape, 4)[..., :width].copy()
        if width == 1:
            raw = (whole + 128).astype(np.uint8)
        path = tmp_path / name
        with wave.open(str(path), "wb") as file:
            file.setnchannels(values.shape[0])
            file.setsampwidth(width)
            file.setframerate(rate)
            file.writeframes(raw.tobytes())
        return path

    return write


@pytest.fixture
def squares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the detector of drawn squares for one test."""
    monkeypatch.setattr(registry, "_registry", dict(registry._registry))
    monkeypatch.setattr(Squares, "asked", 0)
    register("squares", Squares)
