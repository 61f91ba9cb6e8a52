"""Weights by name: those that installed packages ship, found without any network.

A package takes part by an entry point of the group `mrpn.weights` that names a package of its
own; in that lie `registry.json`, the weights and their cards.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError
from rich.markup import escape

from mrpn.common.config import Settings, describe
from mrpn.common.errors import WeightsError
from mrpn.common.files import file_digest, write_json
from mrpn.common.progress import say
from mrpn.weights.storage import read_header

GROUP = "mrpn.weights"
INDEX = "registry.json"
SUFFIX = ".safetensors"
HOW = "pip install ./weights (a folder of mrpn's repository) brings those that ship with it"
NAME = r"^[a-z0-9][a-z0-9-]*$"
MAKE = "a run's are put into a package by weights/add.py (in mrpn's repository)"


class ShippedWeights(Settings):
    """One entry of a package's `registry.json`.

    Args:
        name: by which it is loaded.
        file: of the weights, beside the registry.
        sha256: of that file.
        kind: what it is: "unimodal network, video", ...
        line: what it is good for, one line.
        licence: of the weights.
        data: what they were trained on.
        preprocessing: digest of the specification of their input.
        size: of the file, in bytes.
        reproduce: the command that makes them again.
        remarks: what has been learned of them since they were made, which the file cannot say.
    """

    name: str = Field(pattern=NAME)
    file: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*\.safetensors$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    kind: str
    line: str
    licence: str
    data: str
    preprocessing: str
    size: int = Field(ge=1)
    reproduce: str
    remarks: str = ""


_Entries = TypeAdapter(list[ShippedWeights])
_announced: set[Path] = set()


def check_name(name: str) -> None:
    """Refuse, by WeightsError, what is no name for weights."""
    if not re.match(NAME, name) or name.endswith("\n"):
        raise WeightsError(
            f"'{name}' is no name for weights; take small letters, digits and -, as in face-small"
        )


def read_registry(index: Path) -> dict[str, ShippedWeights]:
    """Return the entries of a `registry.json` by name.

    Raises:
        WeightsError: it cannot be read, is no registry, or has a name twice.
    """
    try:
        entries = _Entries.validate_json(index.read_bytes())
    except OSError as error:
        raise WeightsError(f"{index}: cannot read the registry: {error.strerror}") from error
    except ValidationError as error:
        raise WeightsError(f"{index}: no registry of weights: {describe(error)}") from error
    found = {entry.name: entry for entry in entries}
    if len(found) < len(entries):
        raise WeightsError(f"{index}: two weights have the same name")
    return found


def write_registry(index: Path, entries: Iterable[ShippedWeights]) -> None:
    """Write a `registry.json` with these entries, in the order of their names, atomically."""
    ordered = sorted(entries, key=lambda entry: entry.name)
    write_json(index, [entry.model_dump(mode="json") for entry in ordered])


def shipped_weights() -> dict[str, tuple[ShippedWeights, Path]]:
    """Return the weights of all installed packages by name, each with the place of its file.

    A package whose registry cannot be read is passed over, and that is said. Where two packages
    use a name, that of the first in alphabetical order has it.
    """
    found: dict[str, tuple[ShippedWeights, Path]] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            for entry, path in _of_package(point):
                found.setdefault(entry.name, (entry, path))
        except (WeightsError, ImportError, AttributeError, TypeError) as error:
            say(escape(f"the weights of the package '{point.value}' are left out: {error}"))
    return dict(sorted(found.items()))


def why_none() -> str:
    """Return why no weights are found by name, and the remedy: no package, or only empty ones."""
    names = sorted({_name_of(point) for point in entry_points(group=GROUP)})
    if not names:
        return f"no weights are installed; {HOW}"
    held = "is installed and holds" if len(names) == 1 else "are installed and hold"
    return f"no weights are installed: {', '.join(names)} {held} none; {MAKE}"


def find_weights(name_or_path: str | Path, purpose: str = "load") -> Path:
    """Return the file of weights given by name or path; shipped ones are checked and announced.

    What has a folder in it, or ends in `.safetensors`, is a path, relative to the current folder.
    Anything else is the name of shipped weights: the file's sha256 must be the registry's, and the
    first time in a process their licence and limits are said in one line, also by path.

    Args:
        name_or_path: such as "face-small" or "runs/A1,2/n2-seed0/weights.safetensors".
        purpose: what the file is wanted for, for the error's line.

    Raises:
        WeightsError: no such name or file; a shipped file that is not what its registry says.
    """
    text, path = str(name_or_path), Path(name_or_path)
    if len(path.parts) != 1 or path.suffix == SUFFIX:
        if not path.is_file():
            raise WeightsError(f"{path}: no such weights file to {purpose}")
        shipped = shipped_weights()
        names = [name for name, (_, at) in shipped.items() if at.resolve() == path.resolve()]
        if not names:
            return path
        text = names[0]
    else:
        shipped = shipped_weights()
    if text not in shipped:
        known = f"known: {', '.join(shipped)}; {HOW}" if shipped else why_none()
        raise WeightsError(f"no weights are called '{text}'; {known}")
    entry, path = shipped[text]
    if path not in _announced:
        _check(entry, path)
        limits = read_header(path).limits
        say(escape(" ".join(f"{text}: licence {entry.licence}. {limits}".split())))
        _announced.add(path)
    return path


def _name_of(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value


def _of_package(point: EntryPoint) -> Iterator[tuple[ShippedWeights, Path]]:
    folder = Path(str(files(point.load())))
    for entry in read_registry(folder / INDEX).values():
        yield entry, folder / entry.file


def _check(entry: ShippedWeights, path: Path) -> None:
    try:
        digest = file_digest(path)
    except OSError as error:
        raise WeightsError(f"{path}: cannot read the weights: {error.strerror}") from error
    if digest != entry.sha256:
        raise WeightsError(
            f"{path}: is not the file that the registry names (sha256 {digest[:12]}, not "
            f"{entry.sha256[:12]}); install its package again"
        )
