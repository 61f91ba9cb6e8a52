"""Recipes of speaker recognition: all that defines a run."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from mrpn.common.config import Settings
from mrpn.common.files import value_digest
from mrpn.inputs import Preprocessing
from mrpn.network import BranchSpec
from mrpn.training.recipe import Optimisation, settled
from mrpn.training.sounds import Masks, Sounds

HeldOut = Annotated[int, Field(ge=0)] | Annotated[float, Field(gt=0, lt=1)]


class SplitSettings(Settings):
    """Which speakers are never trained on (ours).

    Attributes:
        test: speakers held out for the reported verification, a number or a share of all.
        validation: further speakers held out to follow, and to select by; 0 for none.
        rule: "most" takes those with most utterances, ties by a hash of the name, so that most
            training speakers stay; "hash" goes by the hash alone. Either way only speakers with
            two utterances or more, since others give no pair of the same speaker.
        utterances: of each held-out speaker, at most so many, chosen by a hash.
    """

    test: HeldOut = 0.04
    validation: HeldOut = 0.04
    rule: Literal["most", "hash"] = "most"
    utterances: int = Field(20, ge=2)


class Slices(Settings):
    """How much of an utterance is heard, in seconds.

    Attributes:
        shortest, longest: of the slices in training; one length for a whole batch, a whole number
            of the preprocessing's steps from the shortest.
        tested: of the beginning of an utterance in verification, at most.
    """

    shortest: float = Field(1.0, gt=0)
    longest: float = Field(3.0, gt=0)
    tested: float = Field(10.0, gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.longest < self.shortest:
            raise ValueError(f"longest {self.longest} s is less than shortest {self.shortest} s")
        return self


class Margin(Settings):
    """The loss over training speakers.

    Attributes:
        kind: "softmax" of a linear classifier; "am" softmax of scaled cosines, the true speaker's
            reduced by the margin (Wang et al. 2018); "aam" with the margin added to the angle
            (Deng et al. 2019).
        margin: of "am" a cosine, of "aam" an angle in radians.
        scale: of the cosines.
    """

    kind: Literal["softmax", "am", "aam"] = "aam"
    margin: float = Field(0.2, ge=0, lt=1)
    scale: float = Field(30.0, gt=0)


class SpeakerRecipe(Settings):
    """A whole run of speaker recognition on one prepared corpus.

    Attributes:
        branch: of the modality "audio", as in the recipe that is to start from its encoder.
        resamples: how often speakers are drawn anew for the interval of the error.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    description: str = ""
    seed: int = Field(0, ge=0)
    preprocessing: Preprocessing
    branch: BranchSpec
    split: SplitSettings = SplitSettings()
    slices: Slices = Slices()
    sounds: Sounds | None = Sounds()
    masks: Masks | None = Masks()
    loss: Margin = Margin()
    optimisation: Optimisation = Optimisation()
    resamples: int = Field(1000, ge=1)

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        (channels, *_) = self.preprocessing.shapes()["audio"]
        if self.branch.encoder == "resnet18" and self.branch.in_channels != channels:
            raise ValueError(
                f"branch.in_channels is {self.branch.in_channels}, but the preprocessing makes "
                f"audio of {channels}"
            )
        if self.optimisation.loss_weights:
            raise ValueError("optimisation.loss_weights: there are no side terms here")
        if self.optimisation.select == "best-accuracy":
            raise ValueError("optimisation.select: other speakers have no accuracy, take best")
        return self

    @property
    def digest(self) -> str:
        """The sha256 of all that decides a run's result; its title does not."""
        values = self.model_dump(mode="json", exclude={"name", "title", "description"})
        del values["optimisation"]["loader_workers"]
        return value_digest(settled(values))
