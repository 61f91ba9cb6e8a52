"""Parts of a network by name, so that new ones can be added without touching the rest."""

import inspect
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from torch import nn

from mrpn.common.errors import ConfigError

M = TypeVar("M", bound=nn.Module)
F = TypeVar("F", bound=Callable[..., nn.Module])


class Registry(Generic[M]):
    """Factories of modules by name.

    Args:
        noun: what the modules are, for the lines of errors ("encoder").
    """

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._factories: dict[str, Callable[..., M]] = {}

    def names(self) -> list[str]:
        """Return the registered names, sorted."""
        return sorted(self._factories)

    def register(self, name: str) -> Callable[[F], F]:
        """Return a decorator that registers a class or function under `name`.

        Raises:
            ConfigError: the name is taken.
        """

        def decorate(factory: F) -> F:
            if name in self._factories:
                raise ConfigError(f"{self.noun} '{name}' is registered already")
            self._factories[name] = factory  # type: ignore[assignment]
            return factory

        return decorate

    def accepts(self, name: str, option: str) -> bool:
        """Whether the factory called `name` takes an option called `option`."""
        parameters = inspect.signature(self._factory(name)).parameters
        takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        return takes_any or option in parameters

    def build(self, name: str, **options: Any) -> M:
        """Make the module called `name`.

        Raises:
            ConfigError: an unknown name, or options that do not fit.
        """
        factory = self._factory(name)
        try:
            inspect.signature(factory).bind(**options)
        except TypeError as error:
            raise ConfigError(f"{self.noun} '{name}': {error}") from error
        return factory(**options)

    def _factory(self, name: str) -> Callable[..., M]:
        if name not in self._factories:
            known = ", ".join(self.names())
            raise ConfigError(f"unknown {self.noun} '{name}': choose from {known}")
        return self._factories[name]
