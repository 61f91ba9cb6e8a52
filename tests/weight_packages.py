"""Packages of weights made on the spot, found like installed ones once their folder is searched."""

from collections.abc import Mapping
from pathlib import Path

from mrpn.common.files import file_digest, write_json
from mrpn.weights import ShippedWeights, read_header


def entry_of(name: str, file: Path) -> ShippedWeights:
    """The registry's entry of a weights file that lies in its package."""
    return ShippedWeights(
        name=name,
        file=file.name,
        sha256=file_digest(file),
        kind="uni-modal network: video",
        line="made for a test",
        licence=read_header(file).licence,
        data="made up",
        preprocessing="",
        size=file.stat().st_size,
        reproduce="",
    )


def make_package(folder: Path, package: str, weights: Mapping[str, Path]) -> Path:
    """Write a distribution with one package of weights into `folder`; return the package's folder.

    Give every package another name: Python keeps what it has imported.
    """
    home = folder / package
    home.mkdir(parents=True)
    (home / "__init__.py").touch()
    entries = []
    for name, source in weights.items():
        file = home / f"{name}.safetensors"
        file.write_bytes(source.read_bytes())
        entries.append(entry_of(name, file).model_dump(mode="json"))
    write_json(home / "registry.json", entries)
    about = folder / f"{package}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[mrpn.weights]\n{package} = {package}\n")
    return home
