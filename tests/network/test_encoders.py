import pytest
import torch
from torch import nn

from mrpn.common.errors import ConfigError
from mrpn.network import encoder, encoders, register_encoder

INPUTS = {
    "resnet18": ({"in_channels": 2, "width": 2}, (2, 16, 16), 16),
    "mlp": ({"in_channels": 3, "width": 5}, (3,), 5),
    "identity": ({"in_channels": 3}, (3,), 3),
}


def test_every_registered_encoder_is_tested_here():
    assert encoders.names() == sorted(INPUTS)


@pytest.mark.parametrize("name", INPUTS)
def test_encoders_turn_elements_into_vectors_of_the_promised_width(name):
    options, shape, width = INPUTS[name]
    encode = encoder(name, **options)
    assert encode.out_features == width
    elements = torch.rand(4, *shape, requires_grad=True)
    features = encode(elements)
    assert features.shape == (4, width)
    features.sum().backward()
    assert elements.grad.isfinite().all()


def test_mlp_has_as_many_dense_units_as_asked_with_relu_between():
    kinds = [type(unit) for unit in encoder("mlp", in_channels=3, width=4, layers=3)]
    assert kinds == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]
    with pytest.raises(ConfigError, match="layers=0"):
        encoder("mlp", in_channels=3, layers=0)


def test_identity_refuses_what_is_no_vector_of_its_width():
    with pytest.raises(ConfigError, match=r"\[N, 3\], not \[4, 2\]"):
        encoder("identity", in_channels=3)(torch.rand(4, 2))


def test_an_encoder_of_ones_own_is_added_by_name(monkeypatch):
    monkeypatch.setattr(encoders, "_factories", dict(encoders._factories))

    @register_encoder("double")
    class Double(nn.Module):
        def __init__(self, in_channels: int) -> None:
            super().__init__()
            self.out_features = in_channels

        def forward(self, elements):
            return 2 * elements

    assert encoder("double", in_channels=1)(torch.ones(2, 1)).tolist() == [[2.0], [2.0]]
