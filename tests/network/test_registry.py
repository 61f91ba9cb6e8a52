import pytest
from torch import nn

from mrpn.common.errors import ConfigError
from mrpn.network.registry import Registry


@pytest.fixture
def registry():
    registry = Registry("encoder")
    registry.register("dense")(nn.Linear)
    return registry


def test_a_registered_part_is_built_by_name(registry):
    assert registry.names() == ["dense"]
    assert registry.build("dense", in_features=2, out_features=3).weight.shape == (3, 2)


def test_an_unknown_name_is_answered_with_the_known_ones(registry):
    with pytest.raises(ConfigError, match="unknown encoder 'dens': choose from dense"):
        registry.build("dens")


def test_an_option_that_does_not_fit_is_named(registry):
    with pytest.raises(ConfigError, match=r"encoder 'dense'.*'width'"):
        registry.build("dense", in_features=2, out_features=3, width=4)


def test_a_name_is_given_once(registry):
    with pytest.raises(ConfigError, match="registered already"):
        registry.register("dense")(nn.Linear)


def test_options_can_be_asked_for(registry):
    assert registry.accepts("dense", "bias")
    assert not registry.accepts("dense", "width")
    registry.register("any")(lambda **_: nn.Identity())
    assert registry.accepts("any", "width")
