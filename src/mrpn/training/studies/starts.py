"""Where the encoders of a study's rows start: as the row says, the command line, the recipe."""

from collections.abc import Mapping
from pathlib import Path

from mrpn.common.errors import ConfigError
from mrpn.training.initial import initial_files
from mrpn.training.recipe import Recipe
from mrpn.training.studies.study import GIVEN, NOTHING, Row


def without_start(recipe: Recipe, row: Row, source: str) -> Recipe:
    """Return a recipe that names no weights where its row has an encoder start from nothing.

    Raises ConfigError, naming `source`, for a modality that the recipe has no branch for.
    """
    branches = dict(recipe.network.branches)
    for name, start in row.initial.items():
        if name not in branches:
            known = ", ".join(branches)
            raise ConfigError(f"{source}: initial.{name}: there is no such branch, only {known}")
        if start == NOTHING:
            branches[name] = branches[name].model_copy(update={"initial": None})
    network = recipe.network.model_copy(update={"branches": branches})
    return recipe.model_copy(update={"network": network})


def starting_files(row: Row, recipe: Recipe, given: Mapping[str, str]) -> dict[str, Path]:
    """Return the weights files that a row's encoders start from, by modality.

    Of every modality of the recipe, whatever the row trains: rows that start alike share their
    runs.

    Args:
        row: says where its encoders start.
        recipe: of the row.
        given: weights, by name or path, of --initial.

    Raises:
        ConfigError: the row is to start from weights that are given, and none are.
        WeightsError: a name or path that is not there.
    """
    named = {name: s for name, s in row.initial.items() if s not in (NOTHING, GIVEN)}
    named |= {name: s for name, s in given.items() if row.initial.get(name) != NOTHING}
    for name, start in row.initial.items():
        if start == GIVEN and name not in named and recipe.network.branches[name].initial is None:
            raise ConfigError(
                f"row '{row.row}': its {name} encoder starts from weights that are to be given; "
                f"add --initial {name}=WEIGHTS"
            )
    # The last strategy that is possible takes every modality.
    return initial_files(recipe, recipe.possible[-1], named)
