"""Note on the card of weights what has been learned of them since they were made.

    python weights/remark.py face-small "Nothing was selected: the last epoch was kept."

The file itself stays as it is. A remark takes the place of a former one; "" takes it away.
"""

import argparse
from pathlib import Path

from mrpn.cli.main import answered
from mrpn.common.errors import WeightsError
from mrpn.weights import read_header, read_registry, write_card, write_registry
from mrpn.weights.registry import INDEX

PACKAGE = Path(__file__).resolve().parent / "mrpn_weights"


def remark(folder: Path, name: str, text: str) -> None:
    """Put a remark into the registry and onto the card; WeightsError for an unknown name."""
    entries = read_registry(folder / INDEX)
    if name not in entries:
        raise WeightsError(f"no weights are called '{name}' here; known: {', '.join(entries)}")
    entry = entries[name].model_copy(update={"remarks": text})
    write_card(folder / f"{name}.md", read_header(folder / entry.file), name, text)
    write_registry(folder / INDEX, {**entries, name: entry}.values())


def main() -> None:
    """Read the command line and note it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", help="of the weights")
    parser.add_argument("text", help="one paragraph")
    parser.add_argument("--folder", type=Path, default=PACKAGE, help="of the package")
    given = parser.parse_args()
    remark(given.folder, given.name, given.text)


if __name__ == "__main__":
    with answered():
        main()
