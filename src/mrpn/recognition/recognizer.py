"""The recognizer: a weights file and a clip in, class probabilities out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch

from mrpn.common.errors import MediaError
from mrpn.inputs import Preprocessing
from mrpn.media import is_still, read_clip
from mrpn.network import MultiModalNetwork, Sequence
from mrpn.weights import find_weights, load_weights, preprocessing_of

UNLOCATED = "trained on pictures of faces: the middle of the picture is taken for one"


@dataclass(frozen=True)
class Recognition:
    """What was recognised in one clip.

    Args:
        source: the file.
        probabilities: by class, summing to 1, in the order of the network's scores.
        used: the modalities that the answer rests on.
        problems: what was amiss with the file: "no sound", "no face", ...
        duration: length of the clip in seconds.
    """

    source: str
    probabilities: dict[str, float]
    used: tuple[str, ...]
    problems: tuple[str, ...]
    duration: float

    @property
    def label(self) -> str:
        """The most probable class."""
        return max(self.probabilities, key=lambda name: self.probabilities[name])

    def to_dict(self) -> dict[str, object]:
        """Return the result as plain values, for JSON."""
        return {
            "source": self.source,
            "label": self.label,
            "probabilities": self.probabilities,
            "used": list(self.used),
            "problems": list(self.problems),
            "duration": self.duration,
        }


class Recognizer:
    """Recognises whole clips with a trained network, in the way it was trained to see them.

    Args:
        network: with a single class target.
        classes: the names of its classes.
        preprocessing: how media become its input.
    """

    def __init__(
        self,
        network: MultiModalNetwork,
        classes: tuple[str, ...],
        preprocessing: Preprocessing,
    ) -> None:
        self.network = network.eval()
        self.classes = classes
        self.preprocessing = preprocessing

    @classmethod
    def from_file(cls, path: Path, device: torch.device | str = "cpu") -> Self:
        """Load a recognizer from a weights file that `mrpn train` wrote.

        Raises:
            WeightsError: the file cannot be read, or does not say how its input is made.
        """
        network, header = load_weights(Path(path), device)
        return cls(network, header.class_names, preprocessing_of(Path(path), header))

    @classmethod
    def from_pretrained(cls, name_or_path: str | Path, device: torch.device | str = "cpu") -> Self:
        """Load a recognizer from weights that an installed package ships, or from a file.

        Nothing is downloaded. The licence and the limits of shipped weights are said in one line
        the first time.

        Args:
            name_or_path: a name of `mrpn weights list`, or the path of a weights file.
            device: where the network runs.

        Raises:
            WeightsError: no such name or file, or as `from_file`.
        """
        return cls.from_file(find_weights(name_or_path), device)

    @torch.inference_mode()
    def predict(self, path: Path | str) -> Recognition:
        """Recognise one clip.

        Args:
            path: any media file; a missing face or sound is worked around and said.

        Raises:
            MediaError: the file is not media, or has nothing that the network takes.
        """
        path = Path(path)
        modalities = self.network.modalities
        clip = read_clip(
            path if "video" in modalities else None,
            path if "audio" in modalities else None,
            self.preprocessing.clip,
        )
        tensors = self.preprocessing.sequences(clip)
        inputs = {name: Sequence.from_list([tensors[name]]) for name in modalities}
        used = tuple(name for name in modalities if len(tensors[name]))
        if not used:
            raise MediaError(f"{path}: {', '.join(clip.problems) or 'nothing to recognise'}")
        return Recognition(
            source=str(path),
            probabilities=self._probabilities(inputs),
            used=used,
            problems=clip.problems + self._doubts(path),
            duration=clip.duration,
        )

    def _doubts(self, path: Path) -> tuple[str, ...]:
        """Say where the file is not of the kind that the network was trained on."""
        whole = self.preprocessing.clip.whole and "video" in self.network.modalities
        if whole and not is_still(path):
            return ("trained on pictures of faces: the middle of the picture is taken for one",)
        return ()

    def _probabilities(self, inputs: Mapping[str, Sequence]) -> dict[str, float]:
        device = next(self.network.parameters()).device
        scores = self.network({name: s.to(device) for name, s in inputs.items()}).fused
        values: list[float] = scores[0].float().softmax(0).tolist()
        return dict(zip(self.classes, values, strict=True))
