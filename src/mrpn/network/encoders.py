"""Encoders F_m by name: each turns every element of a sequence into a vector."""

from collections.abc import Callable
from typing import Any, TypeVar

from torch import Tensor, nn

from mrpn.common.errors import ConfigError
from mrpn.network.registry import Registry
from mrpn.network.resnet import ResNet18

F = TypeVar("F", bound=Callable[..., nn.Module])

encoders: Registry[nn.Module] = Registry("encoder")


def register_encoder(name: str) -> Callable[[F], F]:
    """Return a decorator that adds an encoder under `name`.

    An encoder is a module, or a function that makes one, with the option `in_channels` (and
    `width`, if its size can be chosen) and an attribute `out_features`; it maps flat elements
    [N, ...] to [N, out_features]. It meets no padding and is never run on nothing.
    """
    return encoders.register(name)


def encoder(name: str, **options: Any) -> nn.Module:
    """Make the encoder called `name`; a ConfigError for an unknown name or option."""
    return encoders.build(name, **options)


register_encoder("resnet18")(ResNet18)


@register_encoder("mlp")
class Perceptron(nn.Sequential):
    """Dense units with ReLU between them, for sequences of vectors (ours).

    Args:
        in_channels: width of an element.
        width: width of every dense unit, and of the output.
        layers: number of dense units, 1 or more.
    """

    def __init__(self, in_channels: int, width: int = 64, layers: int = 2) -> None:
        if min(in_channels, width, layers) < 1:
            sizes = f"in_channels={in_channels}, width={width}, layers={layers}"
            raise ConfigError(f"mlp: sizes must be 1 or more, not {sizes}")
        units: list[nn.Module] = [nn.Linear(in_channels, width)]
        for _ in range(layers - 1):
            units += [nn.ReLU(), nn.Linear(width, width)]
        super().__init__(*units)
        self.out_features = width


@register_encoder("identity")
class Identity(nn.Module):
    """Elements [N, in_channels] as they are, for vectors that are features already (ours)."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.out_features = in_channels

    def forward(self, elements: Tensor) -> Tensor:
        """Return the elements, once they are seen to be vectors of the promised width."""
        if elements.shape[1:] != (self.out_features,):
            shape = list(elements.shape)
            raise ConfigError(f"identity: elements are [N, {self.out_features}], not {shape}")
        return elements
