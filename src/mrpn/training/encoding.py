"""What a frozen encoder makes of every clip of a prepared corpus: computed once, kept beside it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from mrpn.common.files import atomic_path, file_digest, value_digest
from mrpn.common.locking import in_turn
from mrpn.common.progress import say, track
from mrpn.network import MultiModalNetwork
from mrpn.network.branch import Branch
from mrpn.preparation.corpus import PreparedClip
from mrpn.training.dataset import ClipDataset, Encoded
from mrpn.training.hardware import arrange_channels_last
from mrpn.training.recipe import Recipe
from mrpn.weights import load_weights

FOLDER = "encoded"
# Elements that go through an encoder together: more are no faster, and need more memory.
_ELEMENTS = 64
# Of what is kept; another number for another way of making it.
_FORM = 1


def encoded_modalities(recipe: Recipe, modalities: tuple[str, ...]) -> tuple[str, ...]:
    """Return those modalities whose encoders the recipe runs once over every clip."""
    return tuple(name for name in modalities if recipe.network.branches[name].encoded)


def read_encoded(network: MultiModalNetwork, recipe: Recipe) -> None:
    """Have the branches of encoded modalities take what their encoders made, in place."""
    for name in encoded_modalities(recipe, network.modalities):
        cast(Branch, network.branches[name]).encoded = True


def encoded_clips(dataset: ClipDataset, modality: str, weights: Path) -> Encoded:
    """Return what the encoder of some weights makes of every clip; computed where it is missing.

    It works in 32 bits, on clips whole and unvaried. Of several processes that ask for the same,
    one computes it and the others wait.

    Args:
        dataset: without augmentation; all clips of its corpus are encoded, not its own alone, and
            kept in the corpus's folder.
        modality: "audio" or "video".
        weights: a file with a branch of that modality.

    Returns:
        float32 [T, width] by `ClipDataset.source`, of these clips and of all that were there.
    """
    # The first of the clips that share a source comes last, and stays.
    clips = {dataset.source(clip, modality): clip for clip in reversed(dataset.corpus.clips)}
    sources = {name: clip for name, clip in clips.items() if name is not None}
    how = [_FORM, dataset.preprocessing.digest, _views(dataset, modality)]
    asked = value_digest([modality, file_digest(weights), how])
    path = dataset.corpus.folder / FOLDER / f"{modality}-{asked[:16]}.safetensors"
    found = _load(path)
    if sources.keys() <= found.keys():
        return found
    with in_turn(path.with_suffix(".lock")):
        found = _load(path)
        missing = {name: clip for name, clip in sources.items() if name not in found}
        if missing:
            found |= _encode(dataset, modality, weights, missing)
            with atomic_path(path) as partial:
                save_file(found, partial)
    return found


def _load(path: Path) -> dict[str, Tensor]:
    """Return what is kept; nothing where there is no file, or a damaged one."""
    try:
        return load_file(path)
    except (OSError, SafetensorError):
        return {}


def _views(dataset: ClipDataset, modality: str) -> dict[str, float] | None:
    """Return how stills are shown, with the seed where they are jittered; None without any."""
    if modality != "video" or not any(clip.still for clip in dataset.corpus.clips):
        return None
    shown = dataset.stills.model_dump()
    return shown | {"seed": dataset.seed} if dataset.stills.jitter else shown


@torch.no_grad()
def _encode(
    dataset: ClipDataset, modality: str, weights: Path, sources: Mapping[str, PreparedClip]
) -> dict[str, Tensor]:
    say(f"{len(sources)} clips are run through the frozen encoder of {modality}, once")
    network, _ = load_weights(weights)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoder = cast(Branch, network.branches[modality]).encoder.to(device).eval()
    arrange_channels_last(encoder, "32-true")
    found: dict[str, Tensor] = {}
    for names, lengths, elements in _batches(dataset, modality, sources):
        parts = [encoder(part.to(device)).cpu() for part in torch.split(elements, _ELEMENTS)]
        rows = torch.split(torch.cat(parts), lengths)
        found |= {name: own.clone() for name, own in zip(names, rows, strict=True)}
    return found


def _batches(
    dataset: ClipDataset, modality: str, sources: Mapping[str, PreparedClip]
) -> Iterator[tuple[list[str], list[int], Tensor]]:
    """Yield names, lengths and elements of as many whole clips as have `_ELEMENTS` together."""
    waiting: dict[str, Tensor] = {}
    for place, (name, clip) in enumerate(track(sources.items(), "encoding", len(sources)), 1):
        waiting[name] = dataset.elements(clip, modality)
        lengths = [len(values) for values in waiting.values()]
        if sum(lengths) >= _ELEMENTS or place == len(sources):
            yield list(waiting), lengths, torch.cat(list(waiting.values()))
            waiting = {}
