import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import Scoring


def make(dropout: float) -> Scoring:
    scoring = Scoring(features=1, classes=2, hidden=2, dropout=dropout)
    state = {
        "hidden.weight": torch.tensor([[2.0], [-1.0]]),
        "hidden.bias": torch.tensor([0.0, 1.0]),
        "scores.weight": torch.tensor([[1.0, 0.0], [0.5, -1.0]]),
        "scores.bias": torch.tensor([0.0, 0.25]),
    }
    scoring.load_state_dict(state)
    return scoring


def test_scores_are_dense_of_relu_of_dense():
    # f = 2: hidden (4, -1 -> 0); f = 0: hidden (0, 1).
    expected = [[0.0, -0.75], [4.0, 2.25], [8.0, 4.25]]
    assert make(0.0)(torch.tensor([[0.0], [2.0], [4.0]])).tolist() == expected


def test_dropout_acts_on_the_hidden_values_in_training_alone():
    scoring, f = make(0.5), torch.full((64, 1), 2.0)
    # The one active hidden value, 4, is either dropped or doubled.
    assert set(scoring(f)[:, 0].tolist()) == {0.0, 8.0}
    assert set(scoring.eval()(f)[:, 0].tolist()) == {4.0}


@pytest.mark.parametrize(
    "options", [{"features": 0}, {"classes": 0}, {"hidden": 0}, {"dropout": 1.0}]
)
def test_sizes_and_dropout_outside_their_ranges_are_refused(options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        Scoring(**{"features": 2, "classes": 2, **options})
