"""Recipes: everything that defines a training run, read from YAML and saved beside its results."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from mrpn.common.config import Settings
from mrpn.common.errors import ConfigError
from mrpn.common.files import value_digest
from mrpn.corpora.folds import Protocol
from mrpn.evaluation.strategies import unimodal
from mrpn.inputs import Preprocessing
from mrpn.network import BranchSpec, Variant, Wiring
from mrpn.training.sounds import Masks, Sounds

Modality = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Select = Literal["best", "best-accuracy", "last"]
FUSIONS = ("late", "n0", "n1", "n2")
# What varies a modality before its encoder sees it.
_VARIED = {"audio": ("sound", "masks"), "video": ("spatial",)}
# Settings that came later, by group, and their value that changes nothing.
_LATER: dict[str, dict[str, object]] = {
    "augmentation": {"sound": None, "masks": None, "missing": {}},
    "augmentation.spatial": {"blur": 0.0},
    "augmentation.time": {"joint": True},
    "network": Wiring().joints(),
    "sounds": {"warped": 1.0, "pitch": 0.0, "tempo": 0.0},
    "optimisation": {"mixup": None, "growing": None},
}


class Spatial(Settings):
    """Ranges of the spatial augmentation of face crops (paper, figure 8; ranges ours).

    `per` says who shares a random draw: all frames of a clip (`VA`), or each frame its own (`IA`).
    """

    per: Literal["clip", "frame"] = "clip"
    flip: float = Field(0.5, ge=0, le=1)
    rotation: float = Field(15.0, ge=0, le=180, description="degrees, to either side")
    scale: float = Field(0.15, ge=0, lt=1, description="1 - scale to 1 + scale")
    shift: float = Field(0.1, ge=0, lt=1, description="fraction of the crop, to either side")
    brightness: float = Field(0.2, ge=0, le=1)
    contrast: float = Field(0.2, ge=0, lt=1)
    coarse: float = Field(0.0, ge=0, lt=1, description="least resolution is 1 - coarse (ours)")
    blur: float = Field(
        0.0, ge=0, le=0.1, description="largest deviation of a Gaussian blur, of the crop (ours)"
    )
    erase: float = Field(0.0, ge=0, le=1, description="how often a patch is greyed (ours)")


class TimeSlice(Settings):
    """Time augmentation (`T`): one random slice of the clip, the same for both modalities.

    Not `joint`, each modality has a slice of its own, of the same distribution (ours, an ablation).
    """

    minimum: float = Field(1.0, gt=0, description="seconds")
    joint: bool = True


class Stills(Settings):
    """How a single picture becomes a clip: a few views, each a little jittered."""

    views: int = Field(4, ge=1)
    jitter: float = Field(0.04, ge=0, le=0.5, description="shift, scale and rotation of each view")


class Augmentation(Settings):
    """What is varied in training; `null` switches a part off.

    Ours: sound and masks; and `missing`, how often each modality is left out of a clip, so that a
    network learns to do with the others. The last one that a clip has always stays.
    """

    spatial: Spatial | None = Spatial()
    time: TimeSlice | None = TimeSlice()
    sound: Sounds | None = None
    masks: Masks | None = None
    missing: dict[Modality, Annotated[float, Field(ge=0, lt=1)]] = Field(default_factory=dict)


class OneCycle(Settings):
    """A one-cycle schedule over the whole run, stepped every batch (short recipes)."""

    name: Literal["one-cycle"] = "one-cycle"
    warm_up: float = Field(0.25, gt=0, lt=1, description="fraction of all steps")


class Plateau(Settings):
    """The rate is halved when the validation loss has not dropped (paper, section 5.3)."""

    name: Literal["plateau"] = "plateau"
    patience: int = Field(10, ge=0)
    factor: float = Field(0.5, gt=0, lt=1)
    stop_after: int = Field(25, ge=1, description="end after so many stalled epochs")


class Growing(Settings):
    """Face crops are small at first and grow, which saves work (Tan & Le 2021; for crops: ours).

    The side is `start` of the whole in the first epoch, and grows evenly by epochs in steps of
    8 pixels, so that the encoder's stages halve it without a rest.
    """

    start: float = Field(0.5, gt=0, lt=1, description="first side, as a share of the whole")
    until: float = Field(0.7, gt=0, le=1, description="share of the epochs that are not whole")


class Optimisation(Settings):
    """The optimiser (AdamW), its schedule, how long it runs, and which epoch is kept.

    `select` takes the epoch of least validation loss (best), of highest validation accuracy, ties
    by the loss (best-accuracy), or the last.
    """

    epochs: int = Field(100, ge=1)
    batch_size: int = Field(16, ge=1)
    clips_per_epoch: int | None = Field(None, ge=1, description="null: every clip once")
    rate: float = Field(1e-3, gt=0)
    weight_decay: float = Field(0.01, ge=0)
    gradient_clip: float | None = Field(5.0, gt=0)
    schedule: OneCycle | Plateau = Field(default=Plateau(), discriminator="name")
    select: Select = "best"
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    mixup: float | None = Field(
        None, gt=0, description="alpha of the shares in which clips are mixed in pairs (ours)"
    )
    growing: Growing | None = Field(None, description="crops that are small at first")
    average: float | None = Field(
        None, gt=0, lt=1, description="decay of a running mean of the weights, which is kept (ours)"
    )
    loss_weights: dict[Modality, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, description="of the side terms; 1 for those not named"
    )
    precision: Literal["auto", "32-true", "bf16-mixed"] = "auto"
    channels_last: bool = True
    loader_workers: int = Field(0, ge=0)


class BranchSettings(BranchSpec):
    """A branch, and what its encoder starts from.

    Args:
        initial: weights whose encoder of the same modality is taken over: a shipped name
            (`mrpn weights list`), or the path of a file, relative to the current folder as paths
            on the command line are. None starts from random values.
        frozen: leave the encoder as it starts; aggregator and all above it are trained (ours).
        encoded: run the frozen encoder once over every clip, whole and unvaried, and train on what
            it made of them (ours). Nothing of that modality can then be varied but the time slice.
    """

    initial: str | None = Field(None, min_length=1)
    frozen: bool = False
    encoded: bool = False

    @model_validator(mode="after")
    def _encoded_is_frozen(self) -> Self:
        if self.encoded and not self.frozen:
            raise ValueError("encoded: only a frozen encoder can be run once; set frozen: true")
        return self

    def declared(self) -> dict[str, Any]:
        """Return what a network's declaration has of it: all but how it is trained."""
        return self.model_dump(include=set(BranchSpec.model_fields))


class NetworkSettings(Wiring):
    """The branches by modality, and what lies above them, joined as `Wiring` says.

    "audio" and "video" are a clip's sound and face crops; any other modality, and these too where
    the corpus says so, are the arrays of that name in an `arrays` corpus.
    """

    branches: dict[Modality, BranchSettings] = Field(min_length=1)
    hidden: int = Field(256, ge=1)
    dropout: float = Field(0.5, ge=0, lt=1)
    variant: Variant = "normalized"


class DiarySettings(Settings):
    """How often the gradients of the loss terms are noted, beside each epoch's accuracies.

    The diary changes no result, and so no digest.
    """

    every: int = Field(10, ge=1, description="batches from one note to the next")


class Recipe(Settings):
    """A whole experiment on one prepared corpus.

    Under the protocol `strict` other held-out actors than those of the test choose rate and epoch;
    under `paper` those of the test do, as in the paper's tables, which is optimistic.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    description: str = ""
    protocol: Protocol = "strict"
    strategies: tuple[str, ...] = Field((), description="none named: all that the branches allow")
    folds: tuple[str, ...] = ()
    seed: int = Field(0, ge=0)
    preprocessing: Preprocessing
    stills: Stills = Stills()
    augmentation: Augmentation = Augmentation()
    network: NetworkSettings
    optimisation: Optimisation = Optimisation()
    diary: DiarySettings | None = None

    @model_validator(mode="after")
    def _strategies_fit(self) -> Self:
        if len(set(self.strategies)) != len(self.strategies):
            raise ValueError("strategies: name each once")
        for strategy in self.strategies:
            if strategy not in self.possible:
                known = ", ".join(self.possible)
                raise ValueError(f"strategy '{strategy}' has no branches; there are {known}")
        for group, names in (
            ("optimisation.loss_weights", self.optimisation.loss_weights),
            ("augmentation.missing", self.augmentation.missing),
        ):
            for name in names:
                if name not in self.network.branches:
                    raise ValueError(f"{group}.{name}: there is no such branch")
        shapes = self.preprocessing.shapes()
        for name, branch in self.network.branches.items():
            channels = shapes[name][0] if name in shapes else branch.in_channels
            if branch.encoder == "resnet18" and branch.in_channels != channels:
                raise ValueError(
                    f"network.branches.{name}.in_channels is {branch.in_channels}, but the "
                    f"preprocessing makes {name} of {channels}"
                )
        return self

    @model_validator(mode="after")
    def _crops_grow(self) -> Self:
        video = self.network.branches.get("video")
        learns = video is not None and video.encoder == "resnet18" and not video.encoded
        if self.optimisation.growing is not None and not learns:
            raise ValueError(
                "optimisation.growing: only a resnet18 of crops, not run beforehand, takes them at "
                "any size; set optimisation.growing=null"
            )
        return self

    @model_validator(mode="after")
    def _encoded_is_not_varied(self) -> Self:
        for name, branch in self.network.branches.items():
            if not branch.encoded:
                continue
            if name not in _VARIED:
                raise ValueError(
                    f"network.branches.{name}.encoded: only sound and crops are encoded once"
                )
            for part in _VARIED[name]:
                if getattr(self.augmentation, part) is not None:
                    raise ValueError(
                        f"network.branches.{name}.encoded: its encoder sees every clip once, so "
                        f"nothing can be varied there; set augmentation.{part}=null"
                    )
        return self

    @property
    def possible(self) -> tuple[str, ...]:
        """The strategies that the branches allow: each alone; with two or more, the fusions."""
        alone = tuple(unimodal(name) for name in sorted(self.network.branches))
        return alone + (FUSIONS if len(alone) > 1 else ())

    def modalities(self, strategy: str) -> tuple[str, ...]:
        """Return the modalities that a strategy uses; ConfigError for one the branches lack."""
        if strategy not in self.possible:
            known = ", ".join(self.possible)
            raise ConfigError(f"{self.name}: no strategy '{strategy}'; its branches allow {known}")
        names = sorted(self.network.branches)
        return tuple(name for name in names if unimodal(name) == strategy) or tuple(names)

    def needs(self, strategy: str) -> tuple[str, ...]:
        """Return the strategies whose trained networks a strategy builds on."""
        alone = tuple(map(unimodal, self.modalities(strategy)))
        return alone if strategy == "late" else ()

    @property
    def digest(self) -> str:
        """The sha256 of all that decides a run's result; titles, lists of runs, a diary do not.

        Nor do the names of initial weights: their content has its place in a run's identity.
        """
        beside = {"name", "title", "description", "strategies", "folds", "diary"}
        values = self.model_dump(mode="json", exclude=beside)
        del values["optimisation"]["loader_workers"]
        for branch in values["network"]["branches"].values():
            del branch["initial"]
            for later in ("frozen", "encoded"):
                if not branch[later]:
                    del branch[later]
        return value_digest(settled(values))


def settled(values: dict[str, Any]) -> dict[str, Any]:
    """Return a recipe's values without later settings that change nothing.

    So digests of recipes from before there were such settings hold.
    """
    return _without_neutral(values, "")


def _without_neutral(values: dict[str, Any], group: str) -> dict[str, Any]:
    neutral = _LATER.get(group, {})
    return {
        key: _without_neutral(value, f"{group}.{key}".strip("."))
        if isinstance(value, dict)
        else value
        for key, value in values.items()
        if neutral.get(key, ...) != value
    }
