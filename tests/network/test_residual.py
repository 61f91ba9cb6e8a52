import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import ResidualPerceptron

CLOSE = {"rtol": 0, "atol": 1e-6}
F = torch.tensor([[0.0, 1.0], [2.0, 5.0], [4.0, 3.0]])

# By hand: g = (f - mean) / sqrt(variance + 1e-5); in training mean (2, 3) and biased variance
# (8/3, 8/3), in test mode the statistics kept from that one batch, (0.2, 0.3) and (1.3, 1.3);
# d = (g1 + g2 / 2, 0.25 - g2); then the variant.
EXPECTED = {
    "normalized": (
        [[-1.0873496, -0.4109654], [0.6484815, 1.4986788], [1.9976397, 0.5621765]],
        [[0.3574313, 1.0239448], [2.553112, 4.1425459], [4.3220021, 2.4754026]],
    ),
    "raw": (
        [[0.137393, 1.8137772], [2.6484815, 5.2739362], [4.7728971, 3.5621765]],
        [[0.5328422, 1.4100066], [2.9744136, 5.0203891], [4.9891945, 3.107355]],
    ),
    "post": (
        [[-1.272583, -1.232492], [0.1020726, 1.2168273], [1.1705105, 0.0156647]],
        [[0.2862033, 0.9732453], [2.3433822, 4.1056757], [4.0006922, 2.4311395]],
    ),
    "centred": (
        [[-1.9499566, -0.5971882], [0.2969631, 0.772615], [1.7705367, 0.124353]],
        [[-0.1097265, 0.4339514], [2.5275257, 3.162935], [4.3111966, 1.5827576]],
    ),
    "relu": (
        [[-1.2247426, 0.25], [0.6123713, 1.2247426], [2.4494852, 0.25]],
        [[-0.0438527, 0.6139383], [5.2184751, 4.1221568], [7.8496391, 2.3680475]],
    ),
}


def make(variant: str) -> ResidualPerceptron:
    perceptron = ResidualPerceptron(2, variant)
    perceptron.dense.weight.data = torch.tensor([[1.0, 0.5], [0.0, -1.0]])
    perceptron.dense.bias.data = torch.tensor([0.0, 0.25])
    return perceptron


@pytest.mark.parametrize("variant", EXPECTED)
def test_every_variant_agrees_with_hand_computed_values(variant):
    perceptron = make(variant)
    training, test = EXPECTED[variant]
    torch.testing.assert_close(perceptron(F), torch.tensor(training), **CLOSE)
    assert perceptron.norm.running_mean.tolist() == pytest.approx([0.2, 0.3])
    assert perceptron.norm.running_var.tolist() == pytest.approx([1.3, 1.3])
    torch.testing.assert_close(perceptron.eval()(F), torch.tensor(test), **CLOSE)


@pytest.mark.parametrize("variant", EXPECTED)
def test_absent_rows_come_out_0_and_change_nothing_for_the_others(variant):
    perceptron = make(variant)
    rows = torch.cat((F, torch.full((1, 2), 50.0)))
    out = perceptron(rows, torch.tensor([True, True, True, False]))
    torch.testing.assert_close(out[:3], torch.tensor(EXPECTED[variant][0]), **CLOSE)
    assert out[3].tolist() == [0.0, 0.0]


def test_the_normalized_variant_is_the_default():
    assert ResidualPerceptron(2).variant == "normalized"


def test_an_unknown_variant_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match="'tanh': choose from normalized, raw"):
        ResidualPerceptron(2, "tanh")
