"""Recipes: what they refuse, and what their digest tells apart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrpn.common.config import load_settings
from mrpn.common.errors import ConfigError
from mrpn.inputs import SpectrogramSettings
from mrpn.training import Recipe
from mrpn.training.recipe import OneCycle, Plateau, TimeSlice

RECIPES = sorted(
    path
    for path in (Path(__file__).resolve().parents[2] / "recipes").glob("*.yaml")
    if not path.stem.startswith("speakers-") and "rows" not in yaml.safe_load(path.read_text())
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
        ({"protocol": "random"}, "'protocol'"),
        ({"optimisation": {"mixup": 0.0}}, "'optimisation.mixup'"),
        ({"optimisation": {"growing": {"start": 1.0}}}, "'optimisation.growing.start'"),
        ({"optimisation": {"select": "first"}}, "'optimisation.select'"),
        ({"augmentation": {"sound": {"pitch": 13}}}, "'augmentation.sound.pitch'"),
        ({"augmentation": {"masks": {"bands": -1}}}, "'augmentation.masks.bands'"),
        ({"network": {"side": "g"}}, "'network.side'"),
        ({"network": {"fusion_gradient": 1.5}}, "'network.fusion_gradient'"),
        ({"network": {"side": "f'", "fusion_gradient": 0.0}}, "'network': .* share its way back"),
        ({"diary": {"every": 0}}, "'diary.every'"),
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
    changes: list[dict[str, Any]] = [
        {"seed": 1},
        {"protocol": "paper"},
        {"augmentation": {"sound": {}}},
        {"augmentation": {"sound": {"pitch": 1.0}}},
        {"augmentation": {"masks": {}}},
        {"optimisation": {"mixup": 0.2}},
        {"optimisation": {"growing": {}}},
        {"optimisation": {"select": "best-accuracy"}},
        {"augmentation": {"time": {"joint": False}}},
        {"network": {"side": "f'"}},
        {"network": {"fusion_gradient": 0.5}},
        {"network": {"norm": "layer"}},
        {"network": {"update": "dense"}},
    ]
    digests = {make_recipe(**change).digest for change in changes}
    assert len(digests | {make_recipe().digest}) == len(changes) + 1
    assert make_recipe().digest == make_recipe().digest


def test_settings_that_came_later_and_are_off_change_no_digest(
    make_recipe: Callable[..., Recipe],
) -> None:
    # Of this recipe before there were any of these.
    before = "04225f29c244b890b7b9ea18ef51900a892548a2c0b4730c95c4cb0c9a4e4de0"
    off = {
        "augmentation": {
            "sound": None,
            "masks": None,
            "missing": {},
            "spatial": {"blur": 0.0},
            "time": {"joint": True},
        },
        "optimisation": {"mixup": None},
        "network": {"side": "f", "fusion_gradient": 1, "norm": "batch", "update": "own"},
        "diary": None,
    }
    assert make_recipe().digest == make_recipe(**off).digest == before


def test_a_diary_changes_no_digest(make_recipe: Callable[..., Recipe]) -> None:
    assert make_recipe(diary={"every": 3}).digest == make_recipe().digest


def test_recipes_of_voices_are_the_papers_at_its_size_and_small_and_more() -> None:
    full, small, best = (
        load_settings(Recipe, RECIPES[0].parent / f"ravdess-voice{ending}.yaml")
        for ending in ("", "-small", "-best")
    )
    assert (full.optimisation.schedule, full.optimisation.epochs) == (Plateau(stop_after=25), 100)
    assert full.optimisation.rate == 1e-4
    for recipe, width in ((full, 64), (small, 16), (best, 16)):
        branch = recipe.network.branches["audio"]
        assert (branch.encoder, branch.width) == ("resnet18", width)
        assert (recipe.optimisation.batch_size, recipe.folds) == (16, ())
        assert recipe.augmentation.time == TimeSlice(minimum=1.0)
        assert (branch.aggregator == "mean") is (recipe is best)
        assert (recipe.preprocessing.spectrogram == SpectrogramSettings()) is (recipe is not best)
        extras = (recipe.augmentation.masks, recipe.optimisation.average, branch.initial)
        assert all(map(bool, extras)) is (recipe is best)
        assert any(map(bool, extras)) is (recipe is best)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("augmentation.time=null", lambda recipe: recipe.augmentation.time is None),
        (
            "preprocessing.spectrogram.step=1.0",
            lambda recipe: recipe.preprocessing.segment_count(3 * 16000) == 3,
        ),
        ("protocol=paper", lambda recipe: recipe.protocol == "paper"),
    ],
)
def test_variants_of_table_1_are_one_setting_each(
    change: str, found: Callable[[Recipe], bool]
) -> None:
    for path in (RECIPES[0].parent / f"ravdess-voice{end}.yaml" for end in ("", "-small", "-best")):
        assert found(load_settings(Recipe, path, [change]))
        assert not found(load_settings(Recipe, path))
