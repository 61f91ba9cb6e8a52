"""From a study's rows to their recipes: the shared one, its size, the row's own settings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mrpn.common.config import Settings, apply_changes, load_settings, validate
from mrpn.common.errors import ConfigError, MrpnError
from mrpn.common.progress import say
from mrpn.corpora.folds import Protocol
from mrpn.media import ClipSettings, detector_of
from mrpn.training.recipe import Recipe
from mrpn.training.studies.starts import without_start
from mrpn.training.studies.study import PRODUCT, Row, Study

# What a study says itself, for all of its rows.
_OF_THE_STUDY = ("protocol", "seed", "folds", "strategies")
FULL_SIZE = "full"


@dataclass(frozen=True)
class RowRecipe:
    """A row under one protocol, with its recipe; the seed is set run by run."""

    row: Row
    protocol: Protocol
    recipe: Recipe


class _Mapping(Settings, extra="allow"):
    """Any mapping of settings, to be laid over a recipe."""


def row_recipes(
    study: Study, place: Path, *, size: str | None = None, changes: Sequence[str] = ()
) -> list[RowRecipe]:
    """Return the recipe of every row under every protocol, row by row.

    Laid over the shared recipe, in this order: the wished-for detector where it is installed, with
    its settings; the size, the row's settings, and the changes. Where a row has an encoder start
    from nothing, its recipe names no weights for it either.

    Args:
        study: the study.
        place: its file, to which paths in it are relative.
        size: one of the study's sizes; None, or "full", is the recipe as it is.
        changes: `key.sub=value` for all rows.

    Raises:
        ConfigError: an unknown size, settings that do not fit, or a change of what the study says.
    """
    for change in changes:
        name = change.partition("=")[0].strip()
        if name in _OF_THE_STUDY:
            raise ConfigError(f"--set {change}: a study says this; use an option of the command")
    base = _values(place.parent / study.recipe)
    overlay = _overlay(study, place, size)
    base = _with_detector(base, study, [*overlay, *changes])
    base = apply_changes(base, overlay)
    found = []
    for row in study.rows:
        values = apply_changes(base, [*as_changes(row.set), *changes])
        for protocol in study.protocols:
            source = f"{place}, row '{row.row}'"
            recipe = validate(Recipe, {**values, "protocol": protocol}, source)
            if row.strategy != PRODUCT:
                recipe.modalities(row.strategy)
            found.append(RowRecipe(row, protocol, without_start(recipe, row, source)))
    return found


def as_changes(settings: Mapping[str, Any]) -> list[str]:
    """Return settings by dotted name as `key.sub=value`."""
    return [f"{name}={json.dumps(value)}" for name, value in settings.items()]


def _values(path: Path) -> dict[str, Any]:
    return load_settings(_Mapping, path).model_dump()


def _overlay(study: Study, place: Path, size: str | None) -> list[str]:
    if size is None or size == FULL_SIZE:
        return []
    if size not in study.sizes:
        known = ", ".join((FULL_SIZE, *study.sizes))
        raise ConfigError(f"{place}: has no size '{size}'; there are {known}")
    return as_changes(_values(place.parent / study.sizes[size]))


def _with_detector(values: dict[str, Any], study: Study, changes: Sequence[str]) -> dict[str, Any]:
    """Return a recipe's values with the detector a study wishes for, if it is installed."""
    wanted = study.detector
    chosen = ("preprocessing.clip.detector=", "preprocessing.clip.faces=")
    if wanted is None or any(change.startswith(chosen) for change in changes):
        return values
    if not _is_installed(wanted):
        return values
    detector = f"preprocessing.clip.detector={wanted}"
    return apply_changes(values, [detector, *as_changes(study.detecting)])


@cache
def _is_installed(detector: str) -> bool:
    """Return whether a face detector can be had; says once if it cannot."""
    try:
        detector_of(ClipSettings(detector=detector))
    except MrpnError:
        say(f"the face detector '{detector}' is not installed; the recipe's own is taken")
        return False
    return True
