"""Settings refuse what cannot be made, and the difficulties keep the ceilings they promise."""

import pytest

from mrpn.common.config import validate
from mrpn.common.errors import ConfigError
from mrpn.corpora.synthetic import DIFFICULTIES, LatentModel, SyntheticSettings, difficulty


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"actors": 3}, "multiple of 2"),
        ({"emotions": ["happy", "bored"]}, "unknown emotion 'bored'"),
        ({"emotions": ["happy"]}, "at least two emotions"),
        ({"intensities": [3]}, "choose 1, 2 or both"),
        ({"intensities": [2]}, "neutral exists at intensity 1 only"),
        ({"face": {"fuzzy": 0.8, "missing": 0.3}}, "may not exceed 1"),
        ({"dependence": 1.5}, "less than or equal to 1"),
        ({"size": [321, 240]}, "even numbers"),
        ({"duration": [2.0, 1.0]}, "shortest <= longest"),
        ({"noise": 1}, "unknown key 'noise'"),
    ],
)
def test_impossible_settings_are_one_clear_line(change, message):
    with pytest.raises(ConfigError, match=message):
        validate(SyntheticSettings, change, "recipe.yaml")


def test_emotions_take_their_usual_order():
    assert SyntheticSettings(emotions=("sad", "neutral")).emotions == ("neutral", "sad")


def test_an_unknown_difficulty_is_named():
    with pytest.raises(ConfigError, match="'heroic' is unknown; choose from easy, default, hard"):
        difficulty("heroic")


def test_changes_are_laid_over_a_difficulty():
    settings = difficulty("hard", actors=4, dependence=1.0)
    assert (settings.actors, settings.dependence, settings.face.fuzzy) == (4, 1.0, 0.27)


@pytest.mark.parametrize(
    ("name", "alone", "both"),
    [("easy", 0.9127, 0.9810), ("default", 0.7373, 0.9079), ("hard", 0.5620, 0.7916)],
)
def test_difficulties_have_their_stated_ceilings(name, alone, both):
    best = LatentModel.of(difficulty(name)).bayes()
    assert best.face == pytest.approx(alone, abs=1e-4)
    assert best.voice == pytest.approx(alone, abs=1e-4)
    assert best.both == pytest.approx(both, abs=1e-4)
    assert name in DIFFICULTIES
