"""What a weights file says about itself."""

from importlib.metadata import version
from typing import Any, Self

from pydantic import Field, FiniteFloat, model_validator

from mrpn.common.config import Settings
from mrpn.common.errors import WeightsError
from mrpn.network import NetworkSpec
from mrpn.weights.calibration import Calibration
from mrpn.weights.materials import Material, Measured

FORMAT = 2


class TrainingData(Settings):
    """One corpus that the weights were trained on.

    Args:
        name: of the corpus, as it is reported.
        licence: of the corpus.
        part: which part of it, such as the actors; empty for all.
    """

    name: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    part: str = ""


class Shared(Settings):
    """An encoder that is, to the last bit, the one of the same modality in another file.

    Args:
        file: its name, in the same folder.
        sha256: of it.
    """

    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.safetensors$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class WeightsHeader(Settings):
    """The JSON header of a weights file: all that is needed to use the weights, and to judge them.

    Args:
        network: the architecture.
        classes: by target, the names of its classes (or of its numbers) in the order of the scores.
        preprocessing: the specification of the inputs, as plain JSON; this room does not read it.
        training_data: the corpora, with their licences.
        licence: of the weights.
        protocol: how the metrics were measured: selection, folds.
        metrics: by name, such as "accuracy", 0..1.
        notes: anything else, one paragraph.
        trained_on: the clips that the weights were trained on or selected by, those of the weights
            they started from among them, told so that leaks can be found.
        measured: what they reach on clips of none of these, and how to measure it again.
        shared: the encoders, by modality, that lie in another weights file of the same folder.
        calibration: how far the probabilities may be trusted; None if that was not found out.
        intended_use: one paragraph.
        limits: one sentence, shown whenever shipped weights are first loaded.
        reproduce: the command that makes the weights again.
        mrpn: version that wrote the file.
        format: of the header.
    """

    network: NetworkSpec
    classes: dict[str, tuple[str, ...]]
    preprocessing: dict[str, Any] = Field(default_factory=dict)
    training_data: tuple[TrainingData, ...] = ()
    licence: str = "not stated"
    protocol: str = "not stated"
    metrics: dict[str, FiniteFloat] = Field(default_factory=dict)
    notes: str = ""
    trained_on: tuple[Material, ...] = ()
    measured: tuple[Measured, ...] = ()
    shared: dict[str, Shared] = Field(default_factory=dict)
    calibration: Calibration | None = None
    intended_use: str = ""
    limits: str = ""
    reproduce: str = ""
    mrpn: str = Field(default_factory=lambda: version("mrpn"))
    format: int = FORMAT

    @model_validator(mode="after")
    def _named(self) -> Self:
        sizes = {name: target.size for name, target in self.network.targets.items()}
        named = {name: len(names) for name, names in self.classes.items()}
        if sizes != named:
            raise ValueError(f"names of classes {named} do not fit the targets' sizes {sizes}")
        return self

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the only target's classes; a WeightsError where there are several."""
        if len(self.classes) != 1:
            raise WeightsError(f"several targets ({', '.join(self.classes)}): choose one by name")
        return next(iter(self.classes.values()))
