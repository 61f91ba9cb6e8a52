"""Encoders that start from trained ones: found by name, checked for shape and for their input."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from rich.markup import escape

from mrpn.common.errors import ConfigError, WeightsError
from mrpn.common.progress import say
from mrpn.inputs import Preprocessing
from mrpn.media import ClipSettings
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
# How much of a picture its face takes, told as a margin about RetinaFace's box: pictures that are
# faces already are framed as 0.95 to 1.0 (experiments/framing.py, FER2013), and the longer side of
# dlib's box is 0.71 of RetinaFace's (median of 15 real films, 0.65 to 0.87).
_WHOLE = 1.0
_BOX = {"dlib": 0.71}
# Framing that differs by no more is left to the augmentation (ours).
_ALIKE = 1.1
_told: set[str] = set()


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

    Faces framed otherwise than those the encoder learned from are told, once in a process.

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
        branch = None if network.spec is None else network.spec.branches[name]
        _check_start(path, name, branch, preprocessing)
        source, _ = load_weights(path)
        encoders = [cast(Branch, each.branches[name]).encoder for each in (network, source)]
        try:
            encoders[0].load_state_dict(encoders[1].state_dict())
        except RuntimeError as error:
            raise WeightsError(
                f"{path}: its {name} encoder has another shape than the recipe's"
            ) from error


def check_starts(recipe: Recipe, strategy: str, initial: Mapping[str, Path]) -> None:
    """Refuse what `load_encoders` and `freeze_encoders` would, by the files' headers alone.

    Args:
        recipe: the experiment.
        strategy: whose encoders start; other modalities are passed over.
        initial: weights files by modality.

    Raises:
        WeightsError: as `load_encoders` does.
        ConfigError: as `freeze_encoders` does.
    """
    for name in recipe.modalities(strategy):
        branch = recipe.network.branches[name]
        if name in initial:
            _check_start(initial[name], name, branch, recipe.preprocessing)
        elif branch.frozen:
            raise _frozen_at_random(recipe, name)


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
            raise _frozen_at_random(recipe, name)
        cast(Branch, network.branches[name]).freeze_encoder()


def _frozen_at_random(recipe: Recipe, name: str) -> ConfigError:
    return ConfigError(
        f"{recipe.name}: the {name} encoder is frozen at random values; name what it "
        f"starts from, network.branches.{name}.initial or --initial {name}=WEIGHTS"
    )


def _check_start(
    path: Path, name: str, branch: BranchSpec | None, preprocessing: Preprocessing
) -> None:
    header = read_header(path)
    if name not in header.network.branches:
        known = ", ".join(header.network.branches)
        raise WeightsError(f"{path}: has no branch for {name} to start from, only {known}")
    if branch is not None:
        _check_shape(path, name, header.network.branches[name], branch)
    _check_input(path, name, header, preprocessing)


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
    for setting in (name for name in values[0] if name in values[1]):
        theirs, ours = values[0][setting], values[1][setting]
        if theirs != ours:
            raise WeightsError(
                f"{path}: its {name} encoder learned with {setting} {theirs}, the recipe has "
                f"{ours}; set {setting}={theirs}"
            )
    if name == "video":
        _check_size(path, found.clip.size, wanted.clip.size)
        _tell_framing(path, found.clip, wanted.clip)


def _heard(preprocessing: Preprocessing) -> dict[str, Any]:
    """Return what a segment looks like; how far segments lie apart is nothing to an encoder."""
    values = preprocessing.spectrogram.model_dump(exclude={"step"})
    named = {f"preprocessing.spectrogram.{key}": value for key, value in values.items()}
    return {"preprocessing.clip.rate": preprocessing.clip.rate, **named}


def _seen(preprocessing: Preprocessing) -> dict[str, Any]:
    names = ("channels", "mean", "deviation")
    found = {f"preprocessing.{name}": getattr(preprocessing, name) for name in names}
    # Whole pictures are level or not as they come.
    if not preprocessing.clip.whole:
        found["preprocessing.clip.align"] = preprocessing.clip.align
    return found


def _check_size(path: Path, theirs: int, ours: int) -> None:
    """Refuse crops larger or smaller by more than a third (ours): features lose their scale."""
    if 3 * ours > 4 * theirs or 4 * ours < 3 * theirs:
        low, high = -(-3 * theirs // 4), 4 * theirs // 3
        raise WeightsError(
            f"{path}: its video encoder learned from crops of {theirs} pixels, the recipe's have "
            f"{ours}; set preprocessing.clip.size between {low} and {high}"
        )


def _tell_framing(path: Path, theirs: ClipSettings, ours: ClipSettings) -> None:
    """Say where faces fill the crops more, or less, than those that an encoder learned from."""
    before, now = _framing(theirs), _framing(ours)
    if max(before, now) <= _ALIKE * min(before, now):
        return
    box = _BOX.get(ours.detector, 1.0)
    remedy = f"set preprocessing.clip.margin={before / box:.3g} to frame them alike"
    if ours.whole:
        remedy = "start from weights that learned from whole pictures to frame them alike"
    line = (
        f"{path}: its video encoder learned from {_framed(theirs)}, the recipe shows "
        f"{_framed(ours)}; {remedy}"
    )
    if line not in _told:
        _told.add(line)
        say(escape(line))


def _framing(clip: ClipSettings) -> float:
    return _WHOLE if clip.whole else clip.margin * _BOX.get(clip.detector, 1.0)


def _framed(clip: ClipSettings) -> str:
    if clip.whole:
        return "faces that fill the picture"
    return f"crops {clip.margin:g} times the face that {clip.detector} finds"
