"""What is swept: the settings, decided before the first run, and the recipe they all share."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any

from mrpn.common.config import load_settings, validate
from mrpn.common.files import value_digest
from mrpn.corpora import Fold
from mrpn.corpora.synthetic import SyntheticSettings, difficulty
from mrpn.training import Recipe

STRATEGIES = ("am", "vm", "product", "late", "n0", "n1", "n2")
TRAINED = tuple(name for name in STRATEGIES if name != "product")
FUSIONS = tuple(name for name in STRATEGIES if name not in ("am", "vm"))
OBSERVERS = ("face", "voice", "both", "product")

DEFAULT = {"fuzzy": 0.16, "missing": 0.11}
EASY = {"fuzzy": 0.05, "missing": 0.04}


@dataclass(frozen=True)
class Setting:
    """One setting of the sweep.

    Args:
        name: of the setting, and of its results.
        knobs: the value that it stands at, by knob; the origin of several knobs stands at 0 (or
            its usual value) on each.
        corpus: settings of the synthetic corpus; the seed is laid over them.
        flipped: share of wrong training labels.
    """

    name: str
    knobs: dict[str, float]
    corpus: SyntheticSettings
    flipped: float = 0.0

    @property
    def digest(self) -> str:
        """Hash of all that decides the setting's data, apart from the seed."""
        return value_digest([self.corpus.model_dump(mode="json"), self.flipped])


# Title of each knob, and the setting at its origin.
KNOBS = {
    "face-fuzzy": "confusion inside the face",
    "voice-fuzzy": "confusion inside the voice",
    "face-missing": "weak expression of the face",
    "voice-missing": "weak expression of the voice",
    "face-noise": "wrong emotion in the face",
    "voice-noise": "wrong emotion in the voice",
    "flipped": "wrong labels in training",
    "clarity": "shared clarity",
    "split": "cues split over both",
    "congruence": "incongruent clips",
}


def latent_settings() -> list[Setting]:
    """Return the settings of the sweep over latent sequences, 20 of them."""
    usual = {
        "face-fuzzy": 0.16,
        "voice-fuzzy": 0.16,
        "face-missing": 0.11,
        "voice-missing": 0.11,
        **dict.fromkeys(("face-noise", "voice-noise", "flipped", "clarity"), 0.0),
    }
    settings = [Setting("default", usual, difficulty("default"))]
    for half in ("face", "voice"):
        for value in (0.4, 0.7):
            settings.append(_one_half(half, "fuzzy", "fuzzy", value))
        for value in (0.4, 0.7):
            settings.append(_one_half(half, "missing", "missing", value))
        settings.append(_one_half(half, "noise", "label_noise", 0.4))
    for share in (0.2, 0.4):
        flipped = Setting(f"flipped-{share:g}", {"flipped": share}, difficulty("default"), share)
        settings.append(flipped)
    for value in (0.5, 1.0):
        corpus = difficulty("default", dependence=value)
        settings.append(Setting(f"clarity-{value:g}", {"clarity": value}, corpus))
    easy: dict[str, Any] = {"face": EASY, "voice": EASY}
    origin = {"split": 0.0, "congruence": 0.0}
    settings.append(Setting("easy", origin, validate(SyntheticSettings, easy, "easy")))
    for link in ("split", "congruence"):
        for value in (0.25, 0.5):
            values = {**easy, "link": link, "dependence": value}
            corpus = validate(SyntheticSettings, values, link)
            settings.append(Setting(f"{link}-{value:g}", {link: value}, corpus))
    return settings


def rendered_settings() -> list[Setting]:
    """Return the three settings that are drawn and spoken, of the demo's size.

    No dependence; one half confused; cues split over both.
    """
    chosen = {"default": "default", "face-fuzzy-0.7": "face-fuzzy", "split-0.5": "split"}
    size = {"actors": 24, "repetitions": (1,), "frame_rate": 8.0}
    return [
        Setting(
            f"rendered-{setting.name}",
            {chosen[setting.name]: setting.knobs[chosen[setting.name]]}
            if setting.name != "default"
            else {},
            setting.corpus.model_copy(update=size),
        )
        for setting in latent_settings()
        if setting.name in chosen
    ]


def rendered_recipe(seed: int) -> Recipe:
    """Return the recipe of the drawn settings: the demo's."""
    with as_file(files("mrpn.cli") / "demo.yaml") as path:
        return load_settings(Recipe, path, [f"seed={seed}"])


def latent_recipe(seed: int) -> Recipe:
    """Return the recipe of the latent sweep: small networks, a fixed schedule, the last epoch."""
    branch = {
        "encoder": "mlp",
        "in_channels": 16,
        "width": 32,
        "aggregator": "mean",
        "features": 32,
    }
    values = {
        "name": "fuzziness",
        "title": "The fuzziness study, latent sequences",
        "strategies": TRAINED,
        "seed": seed,
        "preprocessing": {"clip": {}},
        "network": {
            "branches": {"audio": branch, "video": branch},
            "hidden": 64,
            "dropout": 0.2,
        },
        "optimisation": {
            "epochs": 10,
            "batch_size": 64,
            "rate": 1e-2,
            "schedule": {"name": "one-cycle"},
            "select": "last",
            "precision": "32-true",
        },
    }
    return validate(Recipe, values, "the fuzziness study")


def configuration() -> dict[str, Any]:
    """Return all that is planned, for the record: the latent recipe and every setting."""
    return {
        "recipe": latent_recipe(0).model_dump(mode="json"),
        "settings": described([*latent_settings(), *rendered_settings()]),
    }


def described(settings: Sequence[Setting]) -> dict[str, Any]:
    """Return settings by name, for the record."""
    return {
        setting.name: {
            "knobs": setting.knobs,
            "corpus": setting.corpus.model_dump(mode="json"),
            "flipped": setting.flipped,
        }
        for setting in settings
    }


def rendered_fold(actors: tuple[str, ...]) -> Fold:
    """Return the fold of the rendered settings: eight actors are tested, two validate."""
    return Fold("A1-8", actors[10:], actors[8:10], actors[:8])


def _one_half(half: str, knob: str, field: str, value: float) -> Setting:
    corpus = difficulty("default", **{half: {**DEFAULT, field: value}})
    return Setting(f"{half}-{knob}-{value:g}", {f"{half}-{knob}": value}, corpus)
