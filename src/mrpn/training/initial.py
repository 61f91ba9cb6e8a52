"""Encoders that start from trained ones: found by name, checked for shape and for their input."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from mrpn.common.errors import ConfigError, WeightsError
from mrpn.inputs import Preprocessing
from mrpn.network import BranchSpec, MultiModalNetwork
from mrpn.network.branch import Branch
from mrpn.training.recipe import Recipe
from mrpn.weights import (
    WeightsHeader,
    find_weights,
    load_weights,
    preprocessing_of,
    read_header,
)

_SHAPE = ("encoder", "in_channels", "width", "stem_stride", "encoder_options")


def initial_files(
    recipe: Recipe, strategy: str, given: Mapping[str, Path | str] | None = None
) -> dict[str, Path]:
    """Return the weights files that a strategy's encoders start from, by modality.

    Args:
        recipe: whose branches name them as `initial`.
        strategy: modalities that it lacks are passed over.
        given: names or paths that go before the recipe's.

    Raises:
        WeightsError: a name or path that is not there.
    """
    branches = recipe.network.branches
    named = {name: branches[name].initial for name in recipe.modalities(strategy)}
    wanted = {name: (given or {}).get(name, initial) for name, initial in named.items()}
    return {
        name: find_weights(place, "start from")
        for name, place in wanted.items()
        if place is not None
    }


def load_encoders(
    network: MultiModalNetwork,
    initial: Mapping[str, Path],
    preprocessing: Preprocessing,
) -> None:
    """Start the encoders of some modalities from those of trained networks, in place.

    Args:
        network: modalities that it lacks are passed over.
        initial: weights files by modality; each holds a network with a branch of that name.
        preprocessing: how the network's input is made.

    Raises:
        WeightsError: a file without such a branch, with an encoder of another shape, or of one
            that learned from other input.
    """
    for name, path in initial.items():
        if name not in network.modalities:
            continue
        header = read_header(path)
        if name not in header.network.branches:
            known = ", ".join(header.network.branches)
            raise WeightsError(f"{path}: has no branch for {name} to start from, only {known}")
        if network.spec is not None:
            _check_shape(path, name, header.network.branches[name], network.spec.branches[name])
        _check_input(path, name, header, preprocessing)
        source, _ = load_weights(path)
        encoders = [cast(Branch, each.branches[name]).encoder for each in (network, source)]
        try:
            encoders[0].load_state_dict(encoders[1].state_dict())
        except RuntimeError as error:
            raise WeightsError(
                f"{path}: its {name} encoder has another shape than the recipe's"
            ) from error


def freeze_encoders(
    network: MultiModalNetwork, recipe: Recipe, initial: Mapping[str, Path]
) -> None:
    """Take the encoders out of training that the recipe says shall stay as they start, in place.

    Args:
        network: of a strategy of the recipe.
        recipe: whose branches say so.
        initial: the weights files that encoders start from, by modality.

    Raises:
        ConfigError: one of them has nothing to start from.
    """
    for name in network.modalities:
        if not recipe.network.branches[name].frozen:
            continue
        if name not in initial:
            raise ConfigError(
                f"{recipe.name}: the {name} encoder is frozen at random values; name what it "
                f"starts from, network.branches.{name}.initial or --initial {name}=WEIGHTS"
            )
        cast(Branch, network.branches[name]).freeze_encoder()


def _check_shape(path: Path, name: str, found: BranchSpec, wanted: BranchSpec) -> None:
    for option in _SHAPE:
        theirs, ours = getattr(found, option), getattr(wanted, option)
        if theirs != ours:
            raise WeightsError(
                f"{path}: its {name} encoder has another shape than the recipe's, {option} "
                f"{theirs} and not {ours}; set network.branches.{name}.{option}={theirs}"
            )


def _check_input(path: Path, name: str, header: WeightsHeader, wanted: Preprocessing) -> None:
    if name not in ("audio", "video"):
        return
    found = preprocessing_of(path, header)
    values = [_heard(each) if name == "audio" else _seen(each) for each in (found, wanted)]
    for setting in values[0]:
        theirs, ours = values[0][setting], values[1][setting]
        if theirs != ours:
            raise WeightsError(
                f"{path}: its {name} encoder learned with {setting} {theirs}, the recipe has "
                f"{ours}; set {setting}={theirs}"
            )
    if name == "video":
        _check_size(path, found.clip.size, wanted.clip.size)


def _heard(preprocessing: Preprocessing) -> dict[str, Any]:
    """Return what a segment looks like; how far segments lie apart is nothing to an encoder."""
    values = preprocessing.spectrogram.model_dump(exclude={"step"})
    named = {f"preprocessing.spectrogram.{key}": value for key, value in values.items()}
    return {"preprocessing.clip.rate": preprocessing.clip.rate, **named}


def _seen(preprocessing: Preprocessing) -> dict[str, Any]:
    names = ("channels", "mean", "deviation")
    return {f"preprocessing.{name}": getattr(preprocessing, name) for name in names}


def _check_size(path: Path, theirs: int, ours: int) -> None:
    """Refuse crops larger or smaller by more than a third (ours): features lose their scale."""
    if 3 * ours > 4 * theirs or 4 * ours < 3 * theirs:
        low, high = -(-3 * theirs // 4), 4 * theirs // 3
        raise WeightsError(
            f"{path}: its video encoder learned from crops of {theirs} pixels, the recipe's have "
            f"{ours}; set preprocessing.clip.size between {low} and {high}"
        )
