"""The recipes of the project at toy size: one step of the smallest networks on tiny input."""

from pathlib import Path
from typing import Any

import yaml

from mrpn.training.studies import load_study
from mrpn.training.studies.recipes import RowRecipe, as_changes, row_recipes
from untrained import save_untrained

RECIPES = Path(__file__).resolve().parents[1] / "recipes"

_SOUND = {
    "preprocessing.spectrogram.window": 64,
    "preprocessing.spectrogram.bins": 32,
    "preprocessing.spectrogram.frames": 32,
    "preprocessing.spectrogram.hop": 320,
}
_PICTURE = {
    "preprocessing.clip.faces": "whole",
    "preprocessing.clip.size": 16,
    "preprocessing.clip.frame_rate": 4,
    "preprocessing.clip.margin": 1.3,
}
_STEP = {
    "optimisation.epochs": 1,
    "optimisation.batch_size": 8,
    "optimisation.clips_per_epoch": 8,
    "optimisation.loader_workers": 0,
    "optimisation.precision": "32-true",
    "optimisation.channels_last": False,
}


def _branch(name: str) -> dict[str, int]:
    return {f"network.branches.{name}.width": 4, f"network.branches.{name}.features": 8}


VOICE = {**_PICTURE, **_SOUND, **_branch("audio"), "network.hidden": 8, **_STEP}
FACE = {**_PICTURE, **_branch("video"), "network.hidden": 8, **_STEP}
BOTH = {**FACE, **VOICE}
SPEAKERS = {
    **_SOUND,
    "branch.width": 4,
    "branch.features": 8,
    "split.test": 2,
    "split.validation": 2,
    **_STEP,
    "optimisation.clips_per_epoch": None,
}


def as_options(settings: dict[str, Any]) -> list[str]:
    """Return settings as a command takes them."""
    return [part for change in as_changes(settings) for part in ("--set", change)]


def places(key: str) -> list[Path]:
    """Return the recipes with a key at their top: "rows" are studies, "branch" is of speakers."""
    found = sorted(RECIPES.rglob("*.yaml"))
    return [p for p in found if key in yaml.safe_load(p.read_text(encoding="utf-8"))]


STUDIES = places("rows")
TABLES = sorted((RECIPES / "paper").glob("table*.yaml"))


def rows_of(place: Path, **how: Any) -> dict[str, RowRecipe]:
    """Return a study's rows by their labels, under its first protocol."""
    found: dict[str, RowRecipe] = {}
    for each in row_recipes(load_study(place), place, **how):
        found.setdefault(each.row.row, each)
    return found


def starts_of(place: Path, folder: Path, settings: dict[str, Any], size: str = "full") -> list[str]:
    """Write weights from which both encoders of a study's first row can start; give them."""
    first = next(iter(rows_of(place, size=size, changes=as_changes(settings)).values())).recipe
    path = save_untrained(folder / f"{place.stem}-{size}.safetensors", first)
    return ["--initial", f"audio={path}", "--initial", f"video={path}"]
