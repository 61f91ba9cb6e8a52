"""Weights files: safetensors with a JSON header, never a pickle."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from mrpn.common.config import describe
from mrpn.common.errors import ConfigError, WeightsError
from mrpn.common.files import atomic_path, file_digest
from mrpn.network import MultiModalNetwork, build_network
from mrpn.weights.header import FORMAT, Shared, WeightsHeader
from mrpn.weights.shapes import shapes_of

KEY = "mrpn"
LARGEST_HEADER = 4 * 2**20


def save_weights(
    path: Path, network: MultiModalNetwork, header: WeightsHeader, *, half: bool = False
) -> None:
    """Write a network's parameters, buffers and header to one file, atomically.

    In half precision parameters are rounded to float16 rather than bfloat16, whose range they
    don't need and whose digits they lack. Running variances, whose range is the network's input's,
    stay whole.

    Args:
        path: of the file, by convention `*.safetensors`.
        network: on any device, in any mode; left as it is.
        header: whose `network` declares this network; encoders that it shares are not written.
        half: store parameters in 16 bits; statistics of norms keep their 32. They load as 32.

    Raises:
        WeightsError: a header of another network or too large, or parameters too large for 16 bits.
    """
    state = network.state_dict()
    if network.spec is None:
        given = {n: list(v.shape) for n, v in state.items()}
        _check_fit(path, given, shapes_of(header.network))
    elif network.spec != header.network:
        raise WeightsError(f"{path}: the header declares another network than the one to be saved")
    parameters = {name for name, _ in network.named_parameters()}
    stored = {}
    for name, value in state.items():
        if name.startswith(tuple(map(_encoder, header.shared))):
            continue
        tensor = value.detach().cpu().contiguous()
        if half and name in parameters:
            tensor = tensor.to(torch.float16)
            if not tensor.isfinite().all():
                raise WeightsError(f"{path}: '{name}' does not fit in 16 bits, store it whole")
        stored[name] = tensor
    text = header.model_dump_json()
    if len(text.encode()) > LARGEST_HEADER:
        raise WeightsError(f"{path}: a header of more than {LARGEST_HEADER} bytes")
    with atomic_path(path) as partial:
        save_file(stored, partial, metadata={KEY: text})


def read_header(path: Path) -> WeightsHeader:
    """Return the header of a weights file without reading its tensors.

    Raises:
        WeightsError: as `load_weights`.
    """
    with _opened(path) as file:
        return _header(path, file.metadata())


def load_weights(
    path: Path, device: torch.device | str = "cpu"
) -> tuple[MultiModalNetwork, WeightsHeader]:
    """Build the network a weights file declares, in test mode on `device`, with its weights.

    Encoders that the file shares with others are part of the network, and the header, which goes
    with the whole network, names no shared ones: both can be saved anywhere. What does not fit is
    refused before there is room for the network, however large the one that is declared.

    Raises:
        WeightsError: a file that cannot be read, is not safetensors, lacks a header of this
            package, or whose tensors do not fit the network it declares.
    """
    with _opened(path) as file:
        header = _header(path, file.metadata())
        try:
            declared = shapes_of(header.network)
        except ConfigError as error:
            raise WeightsError(f"{path}: {error}") from error
        state: dict[str, Tensor] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for modality, shared in header.shared.items():
        state |= _shared(path, modality, shared)
    _check_fit(path, {name: list(value.shape) for name, value in state.items()}, declared)
    network = build_network(header.network)
    network.load_state_dict(state)
    return network.to(device).eval(), header.model_copy(update={"shared": {}})


def _shared(path: Path, modality: str, shared: Shared) -> dict[str, Tensor]:
    """Return the encoder that a file has in common with one beside it."""
    other = path.with_name(shared.file)
    try:
        digest = file_digest(other)
    except OSError as error:
        raise WeightsError(
            f"{path}: its {modality} encoder is that of {shared.file}, which is not beside it"
        ) from error
    if digest != shared.sha256:
        raise WeightsError(
            f"{path}: its {modality} encoder is that of {shared.file}, but the file of that name "
            "beside it is another"
        )
    with _opened(other) as file:
        names = [name for name in file.keys() if name.startswith(_encoder(modality))]  # noqa: SIM118
        return {name: file.get_tensor(name) for name in names}


def _encoder(modality: str) -> str:
    """Return the beginning of the names of a modality's encoder."""
    return f"branches.{modality}.encoder."


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
    except OSError as error:
        raise WeightsError(f"{path}: cannot read the weights: {error.strerror}") from error
    # The tensors' index shares this part with the header, hence the factor.
    if size < 8 or length > min(size - 8, 2 * LARGEST_HEADER):
        raise WeightsError(f"{path}: not a safetensors file, or cut short")
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except SafetensorError as error:
        raise WeightsError(f"{path}: not a safetensors file: {error}") from error


def _header(path: Path, metadata: dict[str, str] | None) -> WeightsHeader:
    text = (metadata or {}).get(KEY)
    if text is None:
        raise WeightsError(f"{path}: lacks the header of mrpn's weights; was it saved by another?")
    try:
        values = json.loads(text)
        found = values.get("format") if isinstance(values, dict) else None
        if isinstance(found, int) and found > FORMAT:
            raise WeightsError(f"{path}: format {found} is newer than this mrpn, update it")
        return WeightsHeader.model_validate_json(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise WeightsError(f"{path}: its header is not JSON") from error
    except ValidationError as error:
        raise WeightsError(f"{path}: its header: {describe(error)}") from error


def _check_fit(path: Path, given: dict[str, list[int]], wanted: dict[str, list[int]]) -> None:
    """Refuse tensors whose names or shapes are not those of the declared network."""
    for name in sorted(wanted.keys() | given.keys()):
        shapes = (given.get(name), wanted.get(name))
        if None in shapes:
            problem = "is missing" if name not in given else "is not part of it"
            raise WeightsError(f"{path}: does not fit the network it declares: '{name}' {problem}")
        if shapes[0] != shapes[1]:
            problem = f"'{name}' is {shapes[0]}, not {shapes[1]}"
            raise WeightsError(f"{path}: does not fit the network it declares: {problem}")
