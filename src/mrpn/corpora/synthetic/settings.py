"""What a synthetic corpus is made of: its trials, its latent cues, and how they are rendered."""

from typing import Any, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from mrpn.common.config import Settings, validate
from mrpn.common.errors import ConfigError
from mrpn.corpora.labels import EMOTIONS
from mrpn.corpora.synthetic.dependence import Link

_FEWEST = {"clarity": 2, "split": 4, "congruence": 3}


class CueSettings(Settings):
    """How clearly one modality shows the emotion (ours).

    Args:
        fuzzy: probability that it shows an emotion next to the true one on the modality's
            confusion ring.
        missing: probability of a weak expression: it shows neutral.
        label_noise: probability that it shows any other emotion, as if labelled wrongly.
        noise: strength of the rendering's noise, 0 for none, 1 for the usual.
    """

    fuzzy: float = Field(0.16, ge=0, le=1)
    missing: float = Field(0.11, ge=0, le=1)
    label_noise: float = Field(0.0, ge=0, le=1)
    noise: float = Field(1.0, ge=0, le=4)

    @property
    def unclear(self) -> float:
        """Probability that the modality does not show the emotion itself on purpose."""
        return self.fuzzy + self.missing + self.label_noise

    @model_validator(mode="after")
    def _probabilities(self) -> Self:
        if self.unclear > 1 + 1e-12:
            raise ValueError(
                f"fuzzy + missing + label_noise is {self.unclear:g}; it may not exceed 1"
            )
        return self


class SyntheticSettings(Settings):
    """A synthetic corpus: RAVDESS's grid of trials, latent cues, and rendering (ours).

    Args:
        actors: number of actors, even; odd numbers are men, even numbers women.
        emotions: the classes, a subset of EMOTIONS in that order.
        intensities: 1 normal, 2 strong; neutral has no strong intensity, as in RAVDESS.
        statements: 1, 2 or both.
        repetitions: 1, 2 or both.
        face, voice: how clearly each modality shows the emotion.
        label_noise: probability that the label written down is another than what both show.
        dependence: strength of the dependence of face and voice within a class. 0: independent
            given the class.
        link: what depends. "clarity", -1 to 1: with 1 they are unclear together, as far as the two
            probabilities allow, with -1 one is clear when the other is not; the accuracy of each
            alone stays what it is. "split", 0 to 1: the share of clips whose cues are split over
            both, so that neither alone can tell a class from its partner. "congruence", 0 to 1:
            the share of clips in which face and voice mean two emotions that together mean a third.
        seed: same settings and seed, same corpus.
        size: width and height of the picture in pixels, even.
        frame_rate: pictures per second.
        duration: shortest and longest clip in seconds; drawn regardless of the cues.
    """

    actors: int = Field(24, ge=2, le=24, multiple_of=2)
    emotions: tuple[str, ...] = EMOTIONS
    intensities: tuple[int, ...] = (1, 2)
    statements: tuple[int, ...] = (1, 2)
    repetitions: tuple[int, ...] = (1, 2)
    face: CueSettings = CueSettings()
    voice: CueSettings = CueSettings()
    label_noise: float = Field(0.0, ge=0, le=1)
    dependence: float = Field(0.0, ge=-1, le=1)
    link: Link = "clarity"
    seed: int = Field(0, ge=0)
    size: tuple[int, int] = (320, 240)
    frame_rate: float = Field(12.0, ge=1, le=60)
    duration: tuple[float, float] = (1.2, 2.0)

    @field_validator("emotions")
    @classmethod
    def _known_emotions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in value if name not in EMOTIONS]
        if unknown:
            raise ValueError(f"unknown emotion '{unknown[0]}'; choose from {', '.join(EMOTIONS)}")
        if len(set(value)) < 2:
            raise ValueError("at least two emotions are needed")
        return tuple(name for name in EMOTIONS if name in value)

    @field_validator("intensities", "statements", "repetitions")
    @classmethod
    def _ones_and_twos(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not value or not set(value) <= {1, 2}:
            raise ValueError("choose 1, 2 or both")
        return tuple(sorted(set(value)))

    @field_validator("size")
    @classmethod
    def _even_size(cls, value: tuple[int, int]) -> tuple[int, int]:
        if min(value) < 64 or max(value) > 1920 or value[0] % 2 or value[1] % 2:
            raise ValueError("width and height are even numbers from 64 to 1920")
        return value

    @field_validator("duration")
    @classmethod
    def _ordered_duration(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not 0.5 <= value[0] <= value[1] <= 60:
            raise ValueError("0.5 <= shortest <= longest <= 60 seconds")
        return value

    @model_validator(mode="after")
    def _neutral_has_trials(self) -> Self:
        if "neutral" in self.emotions and 1 not in self.intensities:
            raise ValueError("neutral exists at intensity 1 only: add it, or leave neutral out")
        return self

    @model_validator(mode="after")
    def _link_fits(self) -> Self:
        if self.link != "clarity" and self.dependence < 0:
            raise ValueError(f"dependence is a share, 0 to 1, where link is {self.link}")
        if len(self.emotions) < _FEWEST[self.link]:
            raise ValueError(f"link {self.link} needs {_FEWEST[self.link]} emotions or more")
        return self

    @model_serializer(mode="wrap")
    def _as_before(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out the usual link, so that corpora older than the choice keep their hash."""
        values: dict[str, Any] = handler(self)
        if values.get("link") == "clarity":
            del values["link"]
        return values


# Bayes accuracy given the cues, one modality and both: easy 91.3 and 98.1 %, default 73.7 and
# 90.8 %, hard 56.2 and 79.2 %. Face and voice are independent given the class in all of them, so
# the product of the two posteriors is the best fusion; `dependence=1` leaves each modality as it
# is, and default then has 87.4 % for both together, but only 77.4 % for the product.
DIFFICULTIES: dict[str, dict[str, Any]] = {
    "easy": {
        "face": {"fuzzy": 0.05, "missing": 0.04, "noise": 0.6},
        "voice": {"fuzzy": 0.05, "missing": 0.04, "noise": 0.6},
    },
    "default": {},
    "hard": {
        "face": {"fuzzy": 0.27, "missing": 0.18, "noise": 1.5},
        "voice": {"fuzzy": 0.27, "missing": 0.18, "noise": 1.5},
    },
}


def difficulty(name: str, **changes: Any) -> SyntheticSettings:
    """Return the settings of a named difficulty, with other settings laid over them (ours).

    Args:
        name: "easy", "default" or "hard".
        changes: settings of SyntheticSettings by name.

    Raises:
        ConfigError: for an unknown name or an impossible setting.
    """
    if name not in DIFFICULTIES:
        raise ConfigError(f"difficulty '{name}' is unknown; choose from {', '.join(DIFFICULTIES)}")
    return validate(SyntheticSettings, DIFFICULTIES[name] | changes, f"difficulty {name}")
