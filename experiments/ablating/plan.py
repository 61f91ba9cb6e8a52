"""What is changed and where, decided before the first run: the rows and the settings."""

from pathlib import Path
from typing import Any

from fuzzy.plan import Setting, described, latent_recipe, latent_settings

from mrpn.common.config import apply_changes, validate
from mrpn.common.files import value_digest
from mrpn.training import Recipe
from mrpn.training.studies import load_study
from mrpn.training.studies.recipes import as_changes
from mrpn.training.studies.study import Row

STUDY = Path(__file__).resolve().parents[2] / "recipes" / "ablations.yaml"

# One setting of each kind of the fuzziness study, at the strongest that it is swept to.
SETTINGS = {
    "default": "face and voice independent",
    "voice-missing-0.7": "the voice nearly worthless",
    "flipped-0.4": "wrong labels in training",
    "clarity-1": "shared clarity",
    "split-0.5": "cues split over both",
    "congruence-0.5": "incongruent clips",
}
# Clips that the diaries' accuracies are counted on; they decide nothing.
VALIDATED = 720
# Sequences of vectors have no times that slices could be cut at.
_LEFT_OUT = "N2 separate slices"
# What reads the vectors of a modality in order; here their mean does, in the study an LSTM.
_LSTM = Row.model_validate(
    {
        "row": "N2 LSTM",
        "strategy": "n2",
        "set": {f"network.branches.{name}.aggregator": "lstm" for name in ("audio", "video")},
        "meaning": "LSTMs where the others take the mean of a modality's vectors",
    }
)


def settings() -> list[Setting]:
    """Return the settings, in the order of `SETTINGS`."""
    known = {setting.name: setting for setting in latent_settings()}
    return [known[name] for name in SETTINGS]


def rows() -> list[Row]:
    """Return the rows of the study of ablations but that of slices in time, and one more."""
    return [*(row for row in load_study(STUDY).rows if row.row != _LEFT_OUT), _LSTM]


def comparisons() -> list[tuple[str, str]]:
    """Return which rows are compared, as the study has them, and the added row."""
    found = [(one, other) for one, other in load_study(STUDY).comparisons if one != _LEFT_OUT]
    return [*found, (_LSTM.row, "N2")]


def row_recipe(row: Row, seed: int) -> Recipe:
    """Return a row's recipe: the fuzziness study's, and the row's own settings laid over it."""
    values = latent_recipe(seed).model_dump(mode="json")
    values = apply_changes(values, as_changes({**row.set, "strategies": [row.strategy]}))
    return validate(Recipe, values, f"row '{row.row}'")


def configuration() -> dict[str, Any]:
    """Return all that is planned, for the record: the shared recipe, rows, settings, pairs."""
    return {
        "recipe": latent_recipe(0).model_dump(mode="json"),
        "rows": [row.model_dump(mode="json", exclude_defaults=True) for row in rows()],
        "settings": described(settings()),
        "comparisons": comparisons(),
        "validation_clips": VALIDATED,
    }


def plan_digest(setting: Setting, seed: int) -> str:
    """Hash of all that decides what a setting's rows come to with one seed."""
    recipes = {row.row: [row.strategy, row_recipe(row, seed).digest] for row in rows()}
    return value_digest([setting.digest, recipes, VALIDATED])
