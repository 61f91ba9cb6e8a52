"""What an exported network loses beside the original."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from mrpn.media import read_clip
from mrpn.recognition.exporting import LENGTH
from mrpn.recognition.recognizer import Recognizer

_LENGTHS = {"audio": 6, "video": 12}
_RANDOM = 8


@dataclass(frozen=True)
class Compared:
    """How an exported network's answers differ from the original's.

    Attributes:
        clips: that were compared.
        random: whether they are noise, for want of files.
        largest: difference of any probability.
        agree: share of the clips with the same likeliest class.
    """

    clips: int
    random: bool
    largest: float
    agree: float


def run_onnx(path: Path, inputs: dict[str, Tensor]) -> NDArray[np.float32]:
    """Return an ONNX file's probabilities [classes] of one clip.

    Args:
        path: of the .onnx file.
        inputs: elements [T, ...] by modality; T = 0 is a missing one.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feed: dict[str, NDArray[np.generic]] = {}
    for name, values in inputs.items():
        padded = values if len(values) else torch.zeros(1, *values.shape[1:])
        feed[name] = padded[None].numpy()
        feed[name + LENGTH] = np.array([len(values)], np.int64)
    probabilities: NDArray[np.float32] = session.run(["probabilities"], feed)[0][0]
    return probabilities


def compare(recognizer: Recognizer, path: Path, files: Sequence[Path]) -> Compared:
    """Compare an exported network with the original on whole clips, or on noise without any.

    Raises:
        MediaError: a file that cannot be read.
    """
    clips = [_inputs(recognizer, file) for file in files] or _noise(recognizer)
    differences, agree = [], 0
    for inputs in clips:
        rows = {name: recognizer.scorer.encode(name, values) for name, values in inputs.items()}
        (scored,) = recognizer.scorer.score([rows])
        used = [name for name, values in inputs.items() if len(values)]
        expected = recognizer.answering.probabilities(scored.fused, used)
        found = run_onnx(path, inputs)
        differences.append(float(np.abs(found - expected).max()))
        agree += int(found.argmax() == expected.argmax())
    return Compared(len(clips), not files, max(differences), agree / len(clips))


def _inputs(recognizer: Recognizer, file: Path) -> dict[str, Tensor]:
    names = recognizer.scorer.modalities
    clip = read_clip(
        file if "video" in names else None,
        file if "audio" in names else None,
        recognizer.preprocessing.clip,
    )
    sequences = recognizer.preprocessing.sequences(clip)
    return {name: sequences[name] for name in names}


def _noise(recognizer: Recognizer) -> list[dict[str, Tensor]]:
    generator = torch.Generator().manual_seed(0)
    shapes = recognizer.preprocessing.shapes()
    return [
        {
            name: torch.randn(_LENGTHS[name], *shapes[name], generator=generator)
            for name in recognizer.scorer.modalities
        }
        for _ in range(_RANDOM)
    ]
