"""The recognizer that ships: N2 on RAVDESS voices x FER2013 faces, actors 21 to 24 held out.

    python experiments/recognizer.py --voices RAVDESS --faces FER2013 --minutes 60

RAVDESS is a folder with the speech recordings, FER2013 the unpacked folders or a folder with the
original csv. Resumes where it was stopped. weights/add.py then calibrates and ships the run, and
recognizer_measured.py measures what ships.
"""

import argparse
from pathlib import Path

import torch
from scripting import CHANGES, load_recipe, minutes, positive, run_script, sitting

from mrpn.common.progress import say
from mrpn.corpora import Fold, read_corpus
from mrpn.preparation import prepare
from mrpn.training import Recipe, export_results, train_recipe
from mrpn.training.run import WEIGHTS

ROOT = Path(__file__).resolve().parent.parent
HELD_OUT = ("21", "22", "23", "24")
WATCHED = ("19", "20")
FOLD = Fold("A21-24", tuple(map(str, range(1, 19))), WATCHED, HELD_OUT)


def main() -> None:
    """Prepare the composite, train the network, keep its tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--set", nargs="*", default=[], help=CHANGES)
    parser.add_argument("--minutes", type=minutes, help="of this sitting")
    parser.add_argument("--threads", type=positive, help="of the training; all cores")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    given = parser.parse_args()
    sitting(given.minutes, lambda: run(given))


def run(given: argparse.Namespace) -> None:
    """Train as far as it comes, and keep what is finished."""
    threads = given.threads or torch.get_num_threads()
    recipe = load_recipe(Recipe, "recognizer", given.set)
    corpus = read_corpus("composite-ravdess-fer2013", given.voices, faces=given.faces)
    prepared = given.work / "prepared" / corpus.name
    prepare(corpus, prepared, recipe.preprocessing.clip)
    runs = given.work / "runs" / recipe.name
    (trained,) = train_recipe(recipe, prepared, [FOLD], runs, jobs=1, threads=threads)
    export_results(runs, given.out / recipe.name)
    say(f"weights: {trained / WEIGHTS}")


if __name__ == "__main__":
    run_script(main)
