"""Trials lie on RAVDESS's grid, under its names."""

import numpy as np
import pytest

from mrpn.corpora.synthetic import SyntheticSettings
from mrpn.corpora.synthetic.trials import Trial, prior, trials


def test_a_trial_has_its_ravdess_name():
    trial = Trial("fearful", 2, 1, 2, 7)
    assert trial.id == "01-01-06-02-01-02-07"
    assert str(trial.path) == "Actor_07/01-01-06-02-01-02-07.mp4"


def test_the_full_grid_is_ravdess_with_half_as_much_neutral():
    grid = trials(SyntheticSettings())
    assert len(grid) == 1440
    assert len({trial.id for trial in grid}) == 1440
    assert sum(trial.emotion == "neutral" for trial in grid) == 96
    assert sum(trial.emotion == "calm" for trial in grid) == 192


def test_the_prior_is_the_grids_share():
    assert prior(SyntheticSettings())[:2] == pytest.approx([1 / 15, 2 / 15])
    assert prior(SyntheticSettings(intensities=(1,))) == pytest.approx(np.full(8, 1 / 8))
    assert prior(SyntheticSettings(emotions=("happy", "sad"))) == pytest.approx([0.5, 0.5])


def test_streams_and_trials_have_numbers_of_their_own():
    trial, other = Trial("sad", 1, 1, 1, 1), Trial("sad", 1, 1, 1, 2)
    draws = {
        trial.random(0, 1).random(),
        trial.random(0, 2).random(),
        trial.random(1, 1).random(),
        other.random(0, 1).random(),
    }
    assert len(draws) == 4
    assert trial.random(0, 1).random() == trial.random(0, 1).random()
