"""Whose voice it is: the mouth that moves with it, or nobody's in particular."""

import numpy as np
import pytest

from mrpn.recognition.attribution import Mouth, attribute, synchrony

RANDOM = np.random.default_rng(0)
LOUDNESS = 0.01 + 0.2 * np.repeat(RANDOM.random(40), 5)
STEP = 0.02
TIMES = np.arange(1, 41) * 0.1


def mouth(noise: float, seed: int) -> Mouth:
    """Return a mouth that moves with the sound, but for noise; it starts unknown."""
    moves = np.log10(LOUDNESS.reshape(40, 5).mean(axis=1))
    moves = np.roll(moves, -1)[:-1] + noise * np.random.default_rng(seed).standard_normal(39)
    return Mouth(2.0 + TIMES, np.concatenate([[np.nan], moves]))


def test_a_mouth_that_moves_with_the_sound_is_in_step_with_it() -> None:
    assert synchrony(mouth(0.0, 1), 2.0, LOUDNESS, STEP) == pytest.approx(1.0, abs=0.02)
    assert abs(synchrony(mouth(100.0, 1), 2.0, LOUDNESS, STEP)) < 0.35


def test_the_voice_goes_to_the_mouth_that_moves_with_it() -> None:
    assert attribute([mouth(50, 1), mouth(0.1, 2)], 2.0, LOUDNESS, STEP) == ["other", "own"]
    assert attribute([mouth(0.1, 2), mouth(50, 1)], 2.0, LOUDNESS, STEP) == ["own", "other"]


def test_it_is_shared_where_both_move_or_none_does() -> None:
    both = [mouth(0.05, 1), mouth(0.05, 2)]
    assert attribute(both, 2.0, LOUDNESS, STEP) == ["shared", "shared"]
    still = Mouth(2.0 + TIMES, np.zeros(40))
    assert attribute([still, still], 2.0, LOUDNESS, STEP) == ["shared", "shared"]


def test_one_face_has_the_voice_and_few_pictures_say_nothing() -> None:
    still = Mouth(2.0 + TIMES, np.zeros(40))
    assert attribute([still], 2.0, LOUDNESS, STEP) == ["own"]
    short = Mouth(2.0 + TIMES[:5], np.arange(5.0))
    assert synchrony(short, 2.0, LOUDNESS, STEP) == 0.0
