"""What a network predicts: one or several targets by name."""

import re
from collections.abc import Iterable, Mapping
from typing import Literal, Self

from pydantic import Field, model_validator
from torch import nn

from mrpn.common.config import Settings, validate
from mrpn.common.errors import ConfigError

DEFAULT_TARGET = "class"


class Target(Settings):
    """One target function (paper, section 4.3): a class, or a vector of numbers.

    Args:
        kind: "classification" (cross-entropy) or "regression" (squared error).
        size: number of classes (2 or more), or of numbers to predict (1 or more).
        weight: factor of all this target's terms in the loss, 0 or more.
    """

    kind: Literal["classification", "regression"] = "classification"
    size: int = Field(ge=1, le=1_000_000)
    weight: float = Field(default=1.0, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _two_classes(self) -> Self:
        if self.kind == "classification" and self.size < 2:
            raise ValueError("a classification needs two classes or more")
        return self


def as_targets(classes: int | Mapping[str, Target]) -> dict[str, Target]:
    """Return targets by name, in sorted order; a number of classes is one target, "class".

    Raises:
        ConfigError: no target, a bad name, or a bad number of classes.
    """
    if isinstance(classes, int):
        return {DEFAULT_TARGET: validate(Target, {"size": classes}, "classes")}
    check_names(classes, "target")
    for name, target in classes.items():
        if not isinstance(target, Target):
            raise ConfigError(f"target '{name}' is {target!r}: give a Target, with kind and size")
    return {name: classes[name] for name in sorted(classes)}


def check_names(names: Iterable[str], noun: str) -> None:
    """Refuse names of modalities or targets that cannot be parts of parameter names."""
    names = list(names)
    if not names:
        raise ConfigError(f"a network needs at least one {noun}")
    for name in names:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
            raise ConfigError(f"{noun} '{name}': use letters, digits, '_' and '-' in its name")
        if name == "fused" or hasattr(nn.ModuleDict(), name):
            raise ConfigError(f"{noun} '{name}': the name is taken, choose another")
