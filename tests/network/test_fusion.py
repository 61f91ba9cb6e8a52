import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import Fusion

CLOSE = {"rtol": 0, "atol": 1e-6}
A = torch.tensor([[0.0], [2.0], [4.0]])
V = torch.tensor([[1.0], [5.0], [3.0]])


@pytest.fixture
def fusion():
    fusion = Fusion({"v": 1, "a": 1}, classes=2, hidden=2, dropout=0.0)
    state = {
        "scoring.hidden.weight": torch.tensor([[1.0, 1.0], [1.0, -1.0]]),
        "scoring.hidden.bias": torch.tensor([0.0, 0.5]),
        "scoring.scores.weight": torch.tensor([[1.0, -1.0], [0.5, 2.0]]),
        "scoring.scores.bias": torch.tensor([0.1, -0.1]),
    }
    fusion.load_state_dict(fusion.state_dict() | state)
    return fusion


def test_fusion_agrees_with_hand_computed_values_in_training_and_test_mode(fusion):
    # g_a = (-c, 0, c), g_v = (-c, c, 0) with c = 2 / sqrt(8/3 + 1e-5) = 1.2247426;
    # hidden = (g_a + g_v, g_a - g_v + 0.5), through ReLU.
    expected = torch.tensor([[-0.4, 0.9], [1.3247426, 0.5123713], [-0.4, 3.9618564]])
    torch.testing.assert_close(fusion({"a": A, "v": V}), expected, **CLOSE)
    # Kept: means 0.2 and 0.3, variances 0.9 + 0.1 * 4 (unbiased).
    expected = torch.tensor(
        [[0.5385273, 0.1192637], [5.8008552, 2.7504276], [4.3360951, 5.6799478]]
    )
    torch.testing.assert_close(fusion.eval()({"v": V, "a": A}), expected, **CLOSE)


def test_a_missing_slice_is_0_behind_the_norm_and_outside_its_statistics(fusion):
    torch.nn.init.constant_(fusion.norm.bias, 0.7)
    everyone = torch.tensor([True, True, True])
    present = {"a": torch.tensor([True, True, False]), "v": everyone}
    inside = []
    fusion.scoring.register_forward_pre_hook(lambda _, given: inside.append(given[0]))
    scores = fusion({"a": A, "v": V}, present)
    # Modality a: mean 1, biased variance 1 over two rows.
    expected = torch.tensor([-0.999995 + 0.7, 0.999995 + 0.7, 0.0])
    torch.testing.assert_close(inside[0][:, 0], expected, **CLOSE)
    expected = torch.tensor([-1.2247426, 1.2247426, 0.0]) + 0.7
    torch.testing.assert_close(inside[0][:, 1], expected, **CLOSE)
    assert scores.isfinite().all()


def test_a_row_without_anything_is_scored_and_leaves_no_trace(fusion):
    rows = torch.tensor([True, True, False])
    scores = fusion({"a": A, "v": V}, {"a": rows, "v": rows})
    # All features 0: hidden (0, 0.5).
    torch.testing.assert_close(scores[2], torch.tensor([-0.4, 0.9]), **CLOSE)
    assert fusion.norm.running_mean.tolist() == pytest.approx([0.1, 0.3])


def test_widths_may_be_given_in_a_fixed_order():
    fusion = Fusion([1, 2], classes=3, hidden=4)
    assert fusion([torch.rand(5, 1), torch.rand(5, 2)]).shape == (5, 3)
    with pytest.raises(ConfigError, match=r"widths \[1, 2\] was given features of \[5, 2\]"):
        fusion([torch.rand(5, 2), torch.rand(5, 1)])
    with pytest.raises(ConfigError, match="at least one modality"):
        Fusion([], classes=3)
