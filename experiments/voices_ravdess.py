"""RAVDESS voices on all 12 folds: the AM rows of table 1. Resumable, in sittings of any length.

    python experiments/voices_ravdess.py --voices RAVDESS --minutes 60

RAVDESS is a folder with the speech recordings (wav or flac); --start names what speakers.py made.
The settings follow one another, each complete over the folds before the next. What a sitting does
not finish, the next one does, with the same result; at most an epoch is trained again. Learning
curves, predictions and results go to experiments/results/ravdess-voice-small/SETTING/.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripting import CHANGES, load_recipe, minutes, positive, run_script, sitting

from mrpn.common.errors import WeightsError
from mrpn.common.progress import say
from mrpn.corpora import ravdess_folds, read_corpus
from mrpn.preparation import prepare
from mrpn.training import Recipe, export_results, train_recipe
from mrpn.training.run import RESULT
from mrpn.weights import find_weights, read_header

ROOT = Path(__file__).resolve().parent.parent
NAME = "ravdess-voice-small"
PAPER = ("protocol=paper", "optimisation.select=best-accuracy")


@dataclass(frozen=True)
class Setting:
    """What is trained on every fold.

    Args:
        changes: of the recipe.
        recipe: its name.
        pretrained: whether the encoder starts from the given weights; if not, as its recipe says.
    """

    changes: tuple[str, ...] = ()
    recipe: str = NAME
    pretrained: bool = True

    def load(self, changes: Sequence[str] = ()) -> Recipe:
        """Return the recipe with its changes, and others laid over them."""
        return load_recipe(Recipe, self.recipe, (*self.changes, *changes))


SETTINGS = {
    "t-ao": Setting(),
    "t-ao-paper": Setting(PAPER),
    "nt-ao": Setting(("augmentation.time=null",)),
    "t-wo": Setting(("preprocessing.spectrogram.step=1.0",)),
    "t-wo-scratch": Setting(("preprocessing.spectrogram.step=1.0",), pretrained=False),
    "t-ao-scratch": Setting(pretrained=False),
    "best": Setting(recipe="ravdess-voice-best", pretrained=False),
    "best-paper": Setting(PAPER, recipe="ravdess-voice-best", pretrained=False),
}


def main() -> None:
    """Train the settings asked for, one after the other, until the time is up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument(
        "--start",
        type=Path,
        default=Path("voice-small"),
        help="weights of a speaker encoder; those that ship by default",
    )
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=[*SETTINGS])
    parser.add_argument("--folds", nargs="+", help="by name, such as A1,2; all by default")
    parser.add_argument("--set", nargs="*", default=[], help=CHANGES)
    parser.add_argument("--minutes", type=minutes, help="of this sitting")
    parser.add_argument("--jobs", type=positive, help="folds at a time; one a core")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    given = parser.parse_args()
    sitting(given.minutes, lambda: [run(name, given) for name in given.settings])


def run(name: str, given: argparse.Namespace) -> None:
    """Train one setting on every fold, and keep what is finished."""
    setting = SETTINGS[name]
    recipe = setting.load(given.set)
    named = recipe.network.branches["audio"].initial
    if not setting.pretrained and named is not None:
        start_of(Path(named))
    initial = {"audio": start_of(given.start)} if setting.pretrained else None
    known = ravdess_folds(recipe.protocol)
    folds = [known[fold] for fold in given.folds or known.names]
    prepared = given.work / "prepared" / "ravdess-voices"
    prepare(read_corpus("ravdess", given.voices), prepared, recipe.preprocessing.clip)
    runs = given.work / "runs" / NAME / name
    say(f"{NAME}, {name}")
    try:
        train_recipe(
            recipe,
            prepared,
            folds,
            runs,
            jobs=given.jobs,
            threads=1,
            initial=initial,
        )
    finally:
        if any(runs.glob(f"*/*/{RESULT}")):
            export_results(runs, given.out / NAME / name)


def start_of(name_or_path: Path) -> Path:
    """Return the file of weights to start from.

    Raises WeightsError where there is none, or where any of RAVDESS trained them, whoever it was:
    these runs show what speakers bring.
    """
    path = find_weights(name_or_path, "start from")
    header = read_header(path)
    known = {m.corpus for m in header.trained_on} | {d.name for d in header.training_data}
    if own := sorted(name for name in known if "ravdess" in name):
        raise WeightsError(
            f"{path}: was trained on {', '.join(own)}; RAVDESS is to start from speakers alone, "
            "which experiments/speakers.py trains"
        )
    return path


if __name__ == "__main__":
    run_script(main)
