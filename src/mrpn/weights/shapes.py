"""The shapes of a declared network, found without room for its values."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from mrpn.common.errors import ConfigError
from mrpn.network import NetworkSpec, build_network

_FILLS = {"constant_", "fill_", "kaiming_uniform_", "normal_", "uniform_", "zero_"}


class _Unfilled(TorchFunctionMode):
    """Leaves out initial values, for whose functions torch imports for a second on "meta"."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if args and getattr(func, "__name__", "") in _FILLS:
            return args[0]
        return func(*args, **(kwargs or {}))


def shapes_of(spec: NetworkSpec) -> dict[str, list[int]]:
    """Return the shapes of a network's parameters and buffers by name.

    However large the network, there is no memory taken for it; but for parts that somebody
    registered and that look at values while they are made.

    Raises:
        ConfigError: names, options or a kind that do not fit, or sizes beyond all bounds.
    """
    try:
        with torch.device("meta"), _Unfilled():
            network = build_network(spec)
    except RuntimeError as error:
        if "meta" not in str(error):
            raise ConfigError(f"such a network cannot be made: {error}") from error
        network = build_network(spec)
    return {name: list(value.shape) for name, value in network.state_dict().items()}
