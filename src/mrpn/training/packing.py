"""What the files of a package have to do with one another: encoders in common, room for all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from mrpn.common.errors import WeightsError
from mrpn.common.files import file_digest
from mrpn.common.words import few
from mrpn.network import Branch, MultiModalNetwork
from mrpn.weights import Shared, ShippedWeights, load_weights, read_header

LARGEST = 12 * 10**6


def shared_encoders(
    network: MultiModalNetwork,
    recipe: Mapping[str, Any],
    origins: Mapping[str, Path],
    file: Path,
) -> dict[str, Shared]:
    """Return the encoders that stayed as they are in another file of the same package.

    Args:
        network: that is to ship.
        recipe: of its run, as plain values.
        origins: the files that its encoders started from, by modality.
        file: of the package, that it is to become.

    Raises:
        WeightsError: a frozen encoder is not that of the file it started from.
    """
    found = {}
    for modality, path in origins.items():
        frozen = recipe["network"]["branches"][modality].get("frozen", False)
        beside = path.parent.resolve() == file.parent.resolve() and path.name != file.name
        if not (frozen and beside):
            continue
        theirs = _encoder_state(load_weights(path)[0], modality)
        ours = _encoder_state(network, modality)
        if any(not torch.equal(theirs[name], value) for name, value in ours.items()):
            raise WeightsError(f"{path}: the {modality} encoder was frozen and yet has changed")
        found[modality] = Shared(file=path.name, sha256=file_digest(path))
    return found


def check_place(folder: Path, entry: ShippedWeights, entries: Mapping[str, ShippedWeights]) -> None:
    """Refuse weights that the package has no room for, or whose place others still need.

    Args:
        folder: of the package.
        entry: that is to come into it.
        entries: of the package, by name.

    Raises:
        WeightsError: all would be more than `LARGEST` bytes; or the file that would be replaced
            holds an encoder of another entry, and would change.
    """
    others = {name: each for name, each in entries.items() if name != entry.name}
    sharers = [name for name, each in others.items() if _needs(folder / each.file, entry)]
    if sharers:
        names = few(sharers)
        raise WeightsError(
            f"{folder / entry.file}: holds an encoder of {names} too, which would no longer load; "
            f"ship under another name, or first ship {names} again with --started-from and a copy "
            f"of {entry.file} in another folder, which stores the encoder twice"
        )
    size = sum(each.size for each in others.values()) + entry.size
    if size > LARGEST:
        raise WeightsError(
            f"{folder}: with {entry.name} ({entry.size / 1e6:.1f} MB) the weights would be "
            f"{size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}; describe these "
            "by the command that makes them"
        )


def _needs(path: Path, entry: ShippedWeights) -> bool:
    """Whether a file has its encoder in that of an entry, but not as the entry now is."""
    shared = read_header(path).shared.values()
    return any(each.file == entry.file and each.sha256 != entry.sha256 for each in shared)


def _encoder_state(network: MultiModalNetwork, modality: str) -> dict[str, Tensor]:
    """Return the parameters and statistics of a modality's encoder."""
    return dict(cast(Branch, network.branches[modality]).encoder.state_dict())
