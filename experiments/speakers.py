"""Voice encoders from speaker recognition, at two widths. Resumable, in sittings of any length.

    python experiments/speakers.py --speech LibriSpeech --minutes 60

The folder holds LibriSpeech, or any part of it. Learning curves, trials and results go to
experiments/results/RECIPE-WIDTH/, the weights stay beneath --work. What a sitting does not
finish, the next one does, with the same result.
"""

import argparse
import shutil
from pathlib import Path
from typing import Any

import torch
from scripting import (
    CHANGES,
    TimeUpError,
    end_of_sitting,
    load_recipe,
    minutes,
    positive,
    run_script,
)

from mrpn.common.files import atomic_path
from mrpn.common.progress import say
from mrpn.corpora import read_corpus
from mrpn.evaluation.tables import write_table
from mrpn.preparation import prepare
from mrpn.training.callbacks import HISTORY
from mrpn.training.run import RECIPE, RESULT, WEIGHTS
from mrpn.training.speakers import (
    SpeakerRecipe,
    read_result,
    read_trials,
    train_speakers,
    voices_only,
)

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Train the widths asked for, one after the other, until the time is up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--speech", type=Path, required=True, help="recordings of speakers")
    parser.add_argument("--corpus", default="librispeech", help="librispeech or voxceleb")
    parser.add_argument("--recipe", default="speakers-small", help="a recipe of recipes/, by name")
    parser.add_argument("--widths", type=positive, nargs="+", help="instead of the recipe's")
    parser.add_argument("--set", nargs="*", default=[], help=CHANGES)
    parser.add_argument("--minutes", type=minutes, help="of this sitting")
    parser.add_argument("--threads", type=positive, help="of the training; all cores")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    over = end_of_sitting(given.minutes)
    manifest = voices_only(read_corpus(given.corpus, given.speech))
    own = load_recipe(SpeakerRecipe, given.recipe, given.set)
    for width in given.widths or [own.branch.width]:
        changes = [*given.set, f"branch.width={width}"]
        recipe = load_recipe(SpeakerRecipe, given.recipe, changes)
        prepared = prepare(
            manifest, given.work / "prepared" / "speakers", recipe.preprocessing.clip
        )
        name, last = f"{given.recipe}-{width}", recipe.optimisation.epochs

        def report(row: dict[str, Any], name: str = name, last: int = last) -> None:
            say(
                f"{name}: epoch {row['epoch']}  loss {row['train_loss']:.3f}  speakers "
                f"{100 * row['train_accuracy']:.1f} %  {row['seconds']:.1f} s"
            )
            over(row["epoch"], last)

        try:
            run = train_speakers(recipe, prepared, given.work / "runs" / name, report=report)
        except TimeUpError:
            say(f"{name}: not finished yet; the same command goes on")
            return
        keep(run, given.out / name)


def keep(run: Path, target: Path) -> None:
    """Copy what is small of a finished run, and say what it found."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (HISTORY, RECIPE, RESULT):
        with atomic_path(target / name) as partial:
            shutil.copyfile(run / name, partial)
    write_table(read_trials(run).round(4), target / "trials.csv")
    for network, found in read_result(run)["verification"].items():
        say(
            f"{target.name}, {network}: EER {100 * found['eer']:.1f} % "
            f"({100 * found['eer_low']:.1f} to {100 * found['eer_high']:.1f})"
        )
    say(f"weights: {run / WEIGHTS}")


if __name__ == "__main__":
    run_script(main)
