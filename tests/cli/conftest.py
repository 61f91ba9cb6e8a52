"""The commands run in this process, on a drawn corpus of twelve clips and the smallest networks."""

import contextlib
import io
import os
import struct
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import pytest
import yaml

from mrpn.cli.main import main
from mrpn.media import iter_frames, write_video, write_wav

RATE = 16000


class Ran(NamedTuple):
    """What a command left behind: its exit code and what it wrote to either stream."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of error, without its mark; fails where there is another number of them."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("error: ")
        assert "Traceback" not in self.out
        return lines[0].removeprefix("error: ")


Run = Callable[..., Ran]


def _run(*arguments: object) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    argv = ["mrpn", *(str(argument) for argument in arguments)]
    with (
        mock.patch.object(sys, "argv", argv),
        mock.patch.dict(os.environ, {"MRPN_QUIET": "", "COLUMNS": "80"}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as stop,
    ):
        main()
    return Ran(int(stop.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def mrpn() -> Run:
    """Run a command line, such as `mrpn("report", runs)`."""
    return _run


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One epoch of networks of some 2,000 weights, in a folder whose name is awkward."""
    branch = {"in_channels": 1, "width": 4, "stem_stride": 2, "features": 8}
    values = {
        "name": "tiny",
        "title": "Tiny",
        "preprocessing": {
            "clip": {"size": 32, "frame_rate": 4},
            "spectrogram": {"window": 64, "bins": 32, "frames": 32, "hop": 320, "step": 0.4},
            "channels": 1,
        },
        "network": {"branches": {"audio": branch, "video": branch}, "hidden": 8},
        "optimisation": {
            "epochs": 1,
            "batch_size": 4,
            "schedule": {"name": "one-cycle"},
            "select": "last",
            "precision": "32-true",
            "channels_last": False,
        },
    }
    path = tmp_path_factory.mktemp("über [mine]") / "tiny recipe.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def drawn(mrpn: Run, recipe: Path) -> Path:
    """Three drawn men and three women, each happy once and angry once."""
    folder = recipe.parent / "drawn"
    grid = ("intensities=[1]", "statements=[1]", "repetitions=[1]", "duration=[0.8,1.0]")
    settings = [part for name in ("emotions=[happy,angry]", *grid) for part in ("--set", name)]
    easy = ("--difficulty", "easy", "--actors", 6, "--workers", 1)
    ran = mrpn("corpus", "synthesize", folder, *easy, *settings)
    assert ran.code == 0, ran.err
    assert f"12 clips of 6 actors are in {folder}" in ran.err
    return folder


@pytest.fixture(scope="session")
def clip(drawn: Path) -> Path:
    return drawn / "Actor_01" / "01-01-03-01-01-01-01.mp4"


@pytest.fixture(scope="session")
def prepared(mrpn: Run, recipe: Path, drawn: Path) -> Path:
    folder = recipe.parent / "prepared"
    how = ("--corpus", "synthetic", "--recipe", recipe, "--out", folder, "--workers", 1)
    ran = mrpn("prepare", drawn, *how)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"12 of 12 clips of synthetic are ready in {folder} (")
    return folder


@pytest.fixture(scope="session")
def runs(mrpn: Run, recipe: Path, prepared: Path) -> Path:
    """Voice alone, face alone and their late fusion on one of the three rotating folds."""
    folder = recipe.parent / "runs"
    how = ("--data", prepared, "--out", folder, "--jobs", 1)
    ran = mrpn("train", recipe, *how, "--fold", "A1,2", "--strategy", "late")
    assert ran.code == 0, ran.err
    assert "4 clips, 2 actors, 1 fold" in ran.out
    return folder


@pytest.fixture(scope="session")
def weights(runs: Path) -> Path:
    return runs / "A1,2" / "late-seed0" / "weights.safetensors"


def _tone(seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    return (0.4 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * rate)) / rate)).astype("f4")


def _pcm(path: Path, samples: np.ndarray, channels: int, width: int, rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


@pytest.fixture(scope="session")
def odd_sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sound files that are unusual and right: they simply work."""
    folder = tmp_path_factory.mktemp("odd") / "angry"
    folder.mkdir()
    short = (_tone() * 32767).astype("<i2")
    _pcm(folder / "8-bit.wav", (_tone() * 127 + 128).astype(np.uint8), 1, 1, RATE)
    _pcm(folder / "stereo.wav", np.repeat(short, 2), 2, 2, RATE)
    _pcm(folder / "48-khz.wav", (_tone(1.0, 48000) * 32767).astype("<i2"), 1, 2, 48000)
    write_wav(folder / "chunks.wav", _tone())
    content = (folder / "chunks.wav").read_bytes()
    extra = b"FLLR" + struct.pack("<I", 400) + bytes(400)
    at = content.index(b"data")
    (folder / "chunks.wav").write_bytes(content[:at] + extra + content[at:])
    return folder


@pytest.fixture(scope="session")
def bad_media(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that no clip can be read from, and files that lack one modality."""
    folder = tmp_path_factory.mktemp("bad") / "happy"
    folder.mkdir()
    (folder / "cut.mp4").write_bytes(clip.read_bytes()[:3000])
    (folder / "text.wav").write_text("this is no sound\n" * 99, encoding="utf-8")
    (folder / "zero.mp4").touch()
    grey = np.full((64, 64, 3), 90, np.uint8)
    write_video(folder / "empty-room.mp4", [grey] * 4, 4)
    write_video(folder / "faceless.mp4", [grey] * 4, 4, _tone())
    write_wav(folder / "silent.wav", np.zeros(RATE, np.float32))
    write_wav(folder / "voice.wav", _tone())
    return folder


@pytest.fixture(scope="session")
def mute(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn face without sound."""
    path = tmp_path_factory.mktemp("mute") / "mute.mp4"
    write_video(path, [frame.image for frame in iter_frames(clip, 4)], 4)
    return path
