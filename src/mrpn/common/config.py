"""Configuration: pydantic models from YAML files and `key.sub=value` settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from mrpn.common.errors import ConfigError


class Settings(BaseModel):
    """Base of every configuration model: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


S = TypeVar("S", bound=BaseModel)


class _Kind(NamedTuple):
    """A kind of file, by the key at its top that no other kind has, and which command takes it."""

    key: str
    noun: str
    said: str
    command: str


_KINDS = (
    _Kind("rows", "study", "a study", "mrpn crossval"),
    _Kind(
        "network",
        "recipe",
        "a recipe of training",
        "mrpn train (of faces alone, mrpn pretrain face)",
    ),
    _Kind("branch", "recipe", "a recipe of speaker recognition", "mrpn pretrain voice"),
)


def load_settings(model: type[S], path: Path, changes: Sequence[str] = ()) -> S:
    """Read a YAML file into `model`, with `key.sub=value` changes laid over it.

    Raises ConfigError with one line naming the file, the key and what is wrong with it; where it is
    another kind of file, what that is and which command takes it.
    """
    wanted = next((kind for kind in _KINDS if kind.key in model.model_fields), None)
    noun = "recipe" if wanted is None else wanted.noun
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the {noun}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        first = " ".join(str(error).split())
        raise ConfigError(f"{path}: not valid YAML: {first}") from error
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: a {noun} is a mapping of settings, not {type(values).__name__}")
    if wanted is not None and wanted.key not in values:
        _refuse_another_kind(path, values, wanted)
    return validate(model, apply_changes(values, changes), str(path))


def _refuse_another_kind(path: Path, values: dict[str, Any], wanted: _Kind) -> None:
    if values and all("." in str(key) for key in values):
        raise ConfigError(
            f"{path}: these are settings laid over a recipe, a size of a study; name it by --size"
        )
    for kind in _KINDS:
        if kind.key in values:
            raise ConfigError(
                f"{path}: this is {kind.said}; use {kind.command}, or give {wanted.said}"
            )


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
        elif item["type"] == "missing":
            lines.append(f"'{key}' is missing")
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
