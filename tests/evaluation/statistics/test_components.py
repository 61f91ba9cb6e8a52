"""Components of variance are found again where they were put in."""

import math

import numpy as np
import pandas as pd
import pytest

from made_up_outcomes import made_up
from mrpn.evaluation.statistics import component_table, components

PEOPLE, CLIPS, TRAINING, REST = 0.3, 0.6, 0.2, 0.5


def drawn(seed: int, seeds: int) -> pd.Series:
    """Scores of 40 folds, 2 actors each, as sums of normal deviates."""
    index = made_up({"x": 0.5}, folds=40, clips=15, seeds=seeds).index
    generator = np.random.default_rng(seed)
    total = REST * generator.standard_normal(len(index))
    levels = {("actor",): PEOPLE, ("clip",): CLIPS, ("fold", "seed"): TRAINING}
    for names, size in levels.items():
        keys = pd.MultiIndex.from_arrays([index.get_level_values(name) for name in names])
        codes, unique = pd.factorize(keys)
        total = total + size * generator.standard_normal(len(unique))[codes]
    return pd.Series(total, index=index)


def test_what_was_put_in_is_found_on_average() -> None:
    found = [components(drawn(seed, seeds=3)) for seed in range(12)]
    mean = {name: np.mean([vars(each)[name] ** 2 for each in found]) for name in vars(found[0])}
    assert math.sqrt(mean["people"]) == pytest.approx(PEOPLE, rel=0.1)
    assert math.sqrt(mean["training"]) == pytest.approx(TRAINING, rel=0.1)
    sampling = (CLIPS**2 + REST**2 / 3) / 15
    assert math.sqrt(mean["clips"]) == pytest.approx(math.sqrt(sampling), rel=0.1)
    reseeded = TRAINING**2 + REST**2 / 30
    assert math.sqrt(mean["reseeded"]) == pytest.approx(math.sqrt(reseeded), rel=0.1)
    for each in found:
        assert each.people_share + each.clips_share + each.training_share == pytest.approx(1)


def test_one_seed_tells_nothing_of_training() -> None:
    found = components(drawn(0, seeds=1))
    assert math.isnan(found.training)
    assert math.isnan(found.reseeded)
    assert math.isnan(found.training_share)
    assert found.people_share + found.clips_share == pytest.approx(1)


def test_seeds_that_agree_have_no_training_variance() -> None:
    wide = made_up({"x": 0.6}, seeds=1)["x"].reset_index()
    twice = pd.concat([wide.assign(seed=0), wide.assign(seed=1)])
    outcomes = twice.set_index(["fold", "actor", "clip", "seed"])["x"]
    assert components(outcomes).reseeded == 0


def test_a_single_actor_has_no_people_to_compare_and_a_table_a_line_for_each_row() -> None:
    wide = made_up({"a": 0.5, "b": 0.6}, folds=1, inside=1, seeds=2)
    assert math.isnan(components(wide["a"]).people)
    assert component_table(wide)["row"].to_list() == ["a", "b"]


def test_classes_of_unlike_difficulty_are_no_chance_of_recording() -> None:
    outcomes = drawn(0, seeds=1)
    clips = outcomes.index.get_level_values("clip")
    # Every actor has as many easy clips as hard ones, or one more.
    labels = {clip: ("hard", "easy")[place % 2] for place, clip in enumerate(dict.fromkeys(clips))}
    harder = outcomes + 10 * (clips.map(labels) == "easy")
    plain, told, untold = (
        components(outcomes),
        components(harder, labels),
        components(harder),
    )
    assert told.clips == pytest.approx(plain.clips, rel=0.05)
    assert untold.clips > 5 * plain.clips


def test_a_class_of_one_clip_an_actor_takes_the_others_variance() -> None:
    outcomes = made_up({"x": 0.5}, folds=4, clips=4, seeds=1)["x"]
    clips = outcomes.groupby(level=["fold", "actor"]).cumcount()
    names = outcomes.index.get_level_values("clip")
    labels = dict(zip(names, ["often" if place else "rare" for place in clips], strict=True))
    often = outcomes[clips != 0].groupby(level=["fold", "actor"]).var(ddof=1).mean()
    assert components(outcomes, labels).clips == pytest.approx(math.sqrt(often / 4))
