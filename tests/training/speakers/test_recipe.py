"""Recipes of speaker recognition: those that come with the package, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.common.config import load_settings
from mrpn.common.errors import ConfigError
from mrpn.training.speakers import SpeakerRecipe

RECIPES = Path(__file__).resolve().parents[3] / "recipes"


@pytest.mark.parametrize(("name", "width"), [("speakers-small", 16), ("speakers-base", 64)])
def test_the_packages_recipes_hear_what_the_paper_does(name: str, width: int) -> None:
    recipe = load_settings(SpeakerRecipe, RECIPES / f"{name}.yaml")
    assert recipe.name == name
    assert recipe.branch.width == width
    assert recipe.preprocessing.shapes()["audio"] == (1, 256, 250)
    assert recipe.preprocessing.spectrogram.step == 0.2


def test_titles_and_loaders_do_not_change_a_result_and_the_rest_does(
    make_recipe: Callable[..., SpeakerRecipe], recipe: SpeakerRecipe
) -> None:
    assert make_recipe(title="x", optimisation={"loader_workers": 2}).digest == recipe.digest
    changes: list[dict[str, Any]] = [
        {"loss": {"margin": 0.1}},
        {"split": {"test": 3}},
        {"slices": {"longest": 2.0}},
        {"sounds": None},
        {"sounds": {"pitch": 1.0}},
    ]
    digests = {make_recipe(**change).digest for change in changes}
    assert len(digests | {recipe.digest}) == 6


def test_settings_that_came_later_and_are_off_change_no_digest(recipe: SpeakerRecipe) -> None:
    # Of this recipe before there were mixup, pitch and tempo.
    before = "2ac121facf442eaf7d9b0b15a8b6199d263698e2353c10ec1ec35130b4a33568"
    assert recipe.digest == before


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"slices": {"shortest": 2.0}}, "longest 1.2 s is less than shortest 2.0 s"),
        ({"branch": {"in_channels": 3}}, "branch.in_channels is 3, but the preprocessing makes"),
        ({"optimisation": {"loss_weights": {"audio": 1}}}, "there are no side terms here"),
        ({"optimisation": {"select": "best-accuracy"}}, "other speakers have no accuracy"),
        ({"split": {"test": -1}}, "'split.test"),
        ({"split": {"test": 1.5}}, "'split.test"),
        ({"loss": {"kind": "cosface"}}, "'loss.kind'"),
        ({"loss": {"margins": 1}}, "unknown key 'loss.margins'"),
        ({"sounds": {"decay": [0.0, 1.0]}}, "'sounds.decay"),
    ],
)
def test_what_cannot_be_is_one_line(
    make_recipe: Callable[..., SpeakerRecipe], changes: dict[str, Any], line: str
) -> None:
    with pytest.raises(ConfigError, match=line) as error:
        make_recipe(**changes)
    assert "\n" not in str(error.value)
