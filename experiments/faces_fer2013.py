"""The face encoders: ResNet-18 on FER2013, in the size of a recipe. Resumable, in sittings.

    python experiments/faces_fer2013.py --faces FER2013 --recipe fer2013-small --minutes 60

FER2013 is the unpacked folders, or a folder with the original fer2013.csv. Learning curve,
predictions and the report go to experiments/results/RECIPE/, the weights stay beneath --work. What
a sitting does not finish, the next one does, with the same result.
"""

import argparse
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

from mrpn.common.progress import say
from mrpn.corpora import read_corpus
from mrpn.training import Recipe, export_results
from mrpn.training.faces import epoch_line, prepare_faces, train_faces
from mrpn.training.faces_report import report_faces
from mrpn.training.run import WEIGHTS

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Prepare the faces, train the encoder until the time is up, keep its tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--recipe", default="fer2013-small", help="a recipe of recipes/, by name")
    parser.add_argument("--set", nargs="*", default=[], help=CHANGES)
    parser.add_argument(
        "--keep-alike",
        action="store_true",
        help="train on photographs of the test in other pixels as well",
    )
    parser.add_argument("--minutes", type=minutes, help="of this sitting")
    parser.add_argument("--threads", type=positive, help="of the training; all cores")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    over = end_of_sitting(given.minutes)
    recipe = load_recipe(Recipe, given.recipe, given.set)
    manifest = read_corpus("fer2013", given.faces)
    size = recipe.preprocessing.clip.size
    prepared = prepare_faces(
        manifest,
        recipe,
        given.work / "prepared" / f"fer2013-{size}",
        alike=not given.keep_alike,
    )

    def report(row: dict[str, Any]) -> None:
        say(epoch_line(row, recipe.optimisation.epochs))
        over(row["epoch"], recipe.optimisation.epochs)

    runs = given.work / "runs" / recipe.name
    try:
        run = train_faces(recipe, prepared, runs, report=report)
    except TimeUpError:
        say(f"{recipe.name}: not finished yet; the same command goes on")
        return
    export_results(runs, given.out / recipe.name)
    found = report_faces(run, manifest, given.out / recipe.name / "report")
    say("\n".join(found.headlines))
    say(f"weights: {run / WEIGHTS}")


if __name__ == "__main__":
    run_script(main)
