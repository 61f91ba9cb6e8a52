"""Recipes: what they refuse, and what their digest tells apart."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.common.config import load_settings
from mrpn.common.errors import ConfigError
from mrpn.training import Recipe
from mrpn.training.recipe import OneCycle, Plateau

RECIPES = sorted(
    path
    for path in (Path(__file__).resolve().parents[2] / "recipes").glob("*.yaml")
    if not path.stem.startswith("speakers-")
)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_of_the_repository_is_valid(path: Path) -> None:
    assert load_settings(Recipe, path).name == path.stem


def test_the_defaults_are_the_papers(recipe: Recipe) -> None:
    assert recipe.possible == ("am", "vm", "late", "n0", "n1", "n2")
    assert recipe.optimisation.schedule == Plateau(patience=10, factor=0.5)
    assert recipe.augmentation.spatial is not None
    assert recipe.augmentation.spatial.per == "clip"
    assert recipe.augmentation.time is not None
    assert recipe.augmentation.time.minimum == 1.0


def test_a_schedule_is_chosen_by_its_name(make_recipe: Callable[..., Recipe]) -> None:
    chosen = make_recipe(optimisation={"schedule": {"name": "one-cycle", "warm_up": 0.5}})
    assert chosen.optimisation.schedule == OneCycle(warm_up=0.5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"optimisation": {"epoch": 3}}, "unknown key 'optimisation.epoch'"),
        ({"optimisation": {"schedule": {"name": "cosine"}}}, "optimisation.schedule"),
        ({"optimisation": {"batch_size": 0}}, "'optimisation.batch_size'"),
        ({"strategies": ["am", "am"]}, "strategies: name each once"),
        ({"strategies": ["n3"]}, "strategy 'n3' has no branches; there are am, vm, late, n0"),
        ({"name": "Two Words"}, "'name'"),
        ({"seed": -1}, "'seed'"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_key(
    make_recipe: Callable[..., Recipe], changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        make_recipe(**changes)
    assert "\n" not in str(error.value)


def test_a_strategy_needs_its_branches(make_recipe: Callable[..., Recipe]) -> None:
    voice = {"branches": {"audio": {"in_channels": 1}}}
    with pytest.raises(ConfigError, match="strategy 'vm' has no branches; there are am "):
        make_recipe(network=voice, strategies=["vm"])
    assert make_recipe(network=voice).possible == ("am",)


def test_any_modalities_have_their_strategies(make_recipe: Callable[..., Recipe]) -> None:
    branch = {"encoder": "mlp", "in_channels": 3}
    recipe = make_recipe(network={"branches": dict.fromkeys(("pulse", "video", "gaze"), branch)})
    alone = ("only-gaze", "only-pulse", "vm")
    assert recipe.possible == (*alone, "late", "n0", "n1", "n2")
    assert recipe.modalities("only-pulse") == ("pulse",)
    assert recipe.modalities("vm") == ("video",)
    assert recipe.modalities("n2") == ("gaze", "pulse", "video")
    assert recipe.needs("late") == alone
    assert recipe.needs("n2") == ()
    with pytest.raises(ConfigError, match="no strategy 'am'; its branches allow only-gaze"):
        recipe.modalities("am")


def test_the_digest_tells_recipes_apart(make_recipe: Callable[..., Recipe]) -> None:
    assert make_recipe().digest == make_recipe().digest
    assert make_recipe().digest != make_recipe(seed=1).digest
