"""Whether all that recognition needs is there and works, and what to do where it is not."""

import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import av
import numpy as np
import torch

from mrpn.common.errors import MrpnError
from mrpn.inputs import Preprocessing
from mrpn.media import detector, write_video
from mrpn.network import BranchSpec, NetworkSpec, Target, build_network
from mrpn.recognition.recognizer import Recognizer
from mrpn.recognition.windows import Windows
from mrpn.weights import shipped_weights
from mrpn.weights.registry import HOW

PACKAGES = ("mrpn", "torch", "av", "onnxruntime", "numpy", "pandas", "lightning")
_DECODERS = ("h264", "hevc", "vp9", "av1", "mpeg4", "aac", "mp3", "opus", "flac", "pcm_s16le")


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing.

    Attributes:
        name: of the thing.
        good: whether it is as it should be.
        text: what it is like.
        remedy: what to do where it is not good.
    """

    name: str
    good: bool
    text: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Yield what is found, one thing after the other; nothing is changed or downloaded."""
    yield Finding("python", True, f"{platform.python_version()} on {platform.platform()}")
    for name in PACKAGES:
        yield _package(name)
    yield _optional("onnx", "pip install mrpn[export] to export networks as ONNX")
    yield Finding("processor", True, f"{os.cpu_count()} cores, torch on {torch.get_num_threads()}")
    yield _accelerator()
    yield _decoders()
    yield _encoder()
    yield _tried("face detector", _detects, "pip install --force-reinstall mrpn")
    yield _weights()
    yield _tried("self-test", _recognises, "tell us, with this list")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed", f"pip install {name}")


def _optional(name: str, remedy: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, True, f"not installed; {remedy}")


def _accelerator() -> Finding:
    if torch.cuda.is_available():
        return Finding("accelerator", True, torch.cuda.get_device_name())
    if torch.backends.mps.is_available():
        return Finding("accelerator", True, "Apple's MPS")
    return Finding("accelerator", True, "none; recognition is made for processors")


def _decoders() -> Finding:
    missing = [name for name in _DECODERS if not _has(name, "r")]
    text = f"PyAV's FFmpeg {'.'.join(map(str, av.library_versions['libavcodec']))}"
    if missing:
        return Finding("decoders", False, f"{text} lacks {', '.join(missing)}", "pip install -U av")
    return Finding("decoders", True, f"{text}: {', '.join(_DECODERS)}")


def _encoder() -> Finding:
    name = next((name for name in ("libx264", "mpeg4") if _has(name, "w")), None)
    if name is None:
        return Finding("film writer", False, "no H.264 or MPEG-4 encoder", "pip install -U av")
    return Finding("film writer", True, f"{name} and aac")


def _has(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        av.Codec(name, mode)
    except (av.error.FFmpegError, ValueError):
        return False
    return True


def _weights() -> Finding:
    names = list(shipped_weights())
    if not names:
        return Finding("weights", False, "none are installed", HOW)
    return Finding("weights", True, ", ".join(names))


def _tried(name: str, function: Callable[[], str], remedy: str) -> Finding:
    started = time.perf_counter()
    try:
        text = function()
    except (MrpnError, OSError, RuntimeError, ImportError) as error:
        return Finding(name, False, " ".join(str(error).split()), remedy)
    return Finding(name, True, f"{text}, {time.perf_counter() - started:.1f} s")


def _detects() -> str:
    found = detector("retinaface").detect(np.zeros((1, 64, 64, 3), np.uint8))
    return f"retinaface runs ({len(found[0].scores)} faces in the dark)"


def _recognises() -> str:
    """Recognise two seconds of noise, written as a film and read again, by a small network."""
    values = {"clip": {"faces": "whole", "size": 48}, "channels": 1}
    preprocessing = Preprocessing.model_validate(values)
    branch = BranchSpec(in_channels=1, width=8, features=32)
    spec = NetworkSpec(
        branches={"audio": branch, "video": branch}, targets={"class": Target(size=2)}, hidden=16
    )
    recognizer = Recognizer(build_network(spec), ("a", "b"), preprocessing, windows=Windows())
    random = np.random.default_rng(0)
    with TemporaryDirectory(prefix="mrpn-") as folder:
        path = Path(folder) / "noise.mp4"
        pictures = random.integers(0, 255, (20, 64, 64, 3)).astype(np.uint8)
        write_video(path, pictures, 10, (0.1 * random.standard_normal(32000)).astype(np.float32))
        result = recognizer.predict(path)
    if abs(sum(result.probabilities.values()) - 1) > 1e-4:
        raise RuntimeError("probabilities do not sum to 1")
    return f"{result.duration:.1f} s of film written, read and recognised"
