"""Put the weights of a finished run into this package: halved, measured, with card and entry.

    python weights/add.py runs/fer2013-small/official/vm-seed0 --name face-small \
        --data prepared/fer2013-48 --line "faces, seven emotions, ResNet-18 of width 32"

The test clips are scored once more, with the very file that ships, and must be in nothing that it
or what it started from was trained on, by actors and by content. Weights of that name are replaced.
"""

import argparse
from pathlib import Path

from mrpn.cli.main import answered
from mrpn.common.errors import ConfigError
from mrpn.corpora import read_corpus
from mrpn.preparation import PreparedCorpus
from mrpn.training.shipping import Sources, Texts, ship
from mrpn.weights.registry import check_name

PACKAGE = Path(__file__).resolve().parent / "mrpn_weights"


def main() -> None:
    """Read the command line and ship the run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", type=Path, help="folder of the finished run")
    parser.add_argument("--name", required=True, help="by which the weights are loaded")
    parser.add_argument("--data", type=Path, required=True, help="its prepared corpus")
    parser.add_argument("--line", required=True, help="what they are good for")
    parser.add_argument("--notes", default="", help="one paragraph for the card")
    parser.add_argument("--intended-use", default="", help="of the card; by default its kind's")
    parser.add_argument("--limits", default="", help="of the card, said when they load")
    parser.add_argument("--reproduce", default="", help="the command that makes them again")
    parser.add_argument(
        "--started-from", type=Path, nargs="*", default=[], help="files that do not ship"
    )
    parser.add_argument(
        "--corpus", nargs="*", default=[], metavar="NAME=FOLDER", help="what those learned from"
    )
    parser.add_argument(
        "--calibrate",
        nargs="*",
        default=[],
        metavar="EVIDENCE[=PREPARED]",
        help="audio+video audio video=prepared/fer2013: find out on the test clips, of the run or "
        "of another prepared corpus, how far probabilities may be trusted",
    )
    parser.add_argument("--out", type=Path, default=PACKAGE, help="folder of the package")
    given = parser.parse_args()
    texts = Texts(given.line, given.notes, given.intended_use, given.limits, given.reproduce)
    check_name(given.name)
    corpora = [item.partition("=") for item in given.corpus]
    for name, _, folder in corpora:
        if not (name and folder):
            raise ConfigError(f"--corpus {name}: write it as NAME=FOLDER")
    manifests = {name: read_corpus(name, folder) for name, _, folder in corpora}
    own = PreparedCorpus(given.data)
    asked = [item.partition("=") for item in given.calibrate]
    doubted = {name: PreparedCorpus(Path(at)) if at else own for name, _, at in asked}
    sources = Sources(own, given.started_from, manifests, doubted)
    ship(given.run, given.name, texts, sources, given.out)


if __name__ == "__main__":
    with answered("stopped; the package is as it was"):
        main()
