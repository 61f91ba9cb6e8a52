"""Configuration: pydantic models from YAML files and `key.sub=value` settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from mrpn.common.errors import ConfigError


class Settings(BaseModel):
    """Base of every configuration model: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


S = TypeVar("S", bound=BaseModel)


def load_settings(model: type[S], path: Path, changes: Sequence[str] = ()) -> S:
    """Read a YAML file into `model`, with `key.sub=value` changes laid over it.

    Raises ConfigError with one line naming the file, the key and what is wrong with it.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the recipe: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        first = " ".join(str(error).split())
        raise ConfigError(f"{path}: not valid YAML: {first}") from error
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: a recipe is a mapping of settings, not {type(values).__name__}")
    return validate(model, apply_changes(values, changes), str(path))


def validate(model: type[S], values: dict[str, Any], source: str) -> S:
    """Validate `values` as `model`; `source` names their origin in the error's line."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{source}: {describe(error)}") from error


def describe(error: ValidationError) -> str:
    """Put what a validation found into one line: each key and what is wrong with it."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"]) or "(the whole)"
        if item["type"] == "extra_forbidden":
            lines.append(f"unknown key '{key}'")
        else:
            value = repr(item.get("input"))
            shown = value if len(value) <= 60 else value[:57] + "..."
            lines.append(f"'{key}': {item['msg']} (got {shown})")
    return "; ".join(lines)


def apply_changes(values: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
    """Return a copy of `values` with `a.b=value` changes applied; values are read as YAML.

    A group that is null, which is switched off, is switched on by setting something in it.
    """
    result = _copy(values)
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals or not key.strip():
            raise ConfigError(f"--set {change}: write it as key.sub=value")
        parts = key.strip().split(".")
        place = result
        for part in parts[:-1]:
            inner = place.setdefault(part, {})
            if inner is None:
                inner = place[part] = {}
            if not isinstance(inner, dict):
                raise ConfigError(f"--set {change}: '{part}' is a value, not a group of settings")
            place = inner
        try:
            place[parts[-1]] = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ConfigError(f"--set {change}: the value is not valid YAML") from error
    return result


def _copy(values: dict[str, Any]) -> dict[str, Any]:
    return {k: _copy(v) if isinstance(v, dict) else v for k, v in values.items()}
