"""The composite of RAVDESS voices and FER2013 faces, and RAVDESS voice alone, on two folds.

Three steps, each resumable: `faces` trains the face encoder on FER2013's training part; `voice`
trains RAVDESS voice alone; `composite` trains the six strategies, their face encoders started
from the first step. Tables, learning curves and predictions go to experiments/results/.

    python experiments/composite_ravdess_fer2013.py --voices RAVDESS --faces FER2013

RAVDESS is a folder with the speech recordings (wav or flac), FER2013 the unpacked folders or a
folder with the original fer2013.csv.
"""

import argparse
import time
from pathlib import Path

from scripting import load_recipe, positive, run_script

from mrpn.common.progress import say
from mrpn.corpora import Manifest, OfficialSplit, drop_duplicates, ravdess_folds, read_corpus
from mrpn.preparation import prepare
from mrpn.training import Recipe, export_results, train_recipe
from mrpn.training.run import WEIGHTS, RunPlace

ROOT = Path(__file__).resolve().parent.parent


STEPS = ("faces", "voice", "composite")


def run(
    name: str,
    manifest: Manifest,
    given: argparse.Namespace,
    initial: dict[str, Path] | None = None,
) -> None:
    """Prepare and train one recipe, and keep its tables."""
    recipe = load_recipe(Recipe, name)
    started = time.time()
    prepared = given.work / "prepared" / name
    prepare(manifest, prepared, recipe.preprocessing.clip)
    say(f"{name}: prepared in {time.time() - started:.0f} s")
    runs = given.work / "runs" / name
    known = ravdess_folds()
    folds = [known[fold] for fold in recipe.folds] or [OfficialSplit()]
    for fold in folds:
        started = time.time()
        train_recipe(recipe, prepared, [fold], runs, jobs=given.jobs, initial=initial)
        say(f"{name}: {fold.name} trained in {(time.time() - started) / 60:.1f} minutes")
    export_results(runs, given.out / name)


def main() -> None:
    """Run the steps asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    parser.add_argument("--jobs", type=positive, help="runs at a time; one a core")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    given = parser.parse_args()
    if "faces" in given.steps:
        run("fer2013-faces", drop_duplicates(read_corpus("fer2013", given.faces)), given)
    if "voice" in given.steps:
        run("ravdess-voice-quick", read_corpus("ravdess", given.voices), given)
    if "composite" in given.steps:
        composite = read_corpus("composite-ravdess-fer2013", given.voices, faces=given.faces)
        place = RunPlace(given.work / "runs" / "fer2013-faces", OfficialSplit().name, 0)
        initial = {"video": place.folder("vm") / WEIGHTS}
        run("composite-ravdess-fer2013", composite, given, initial)


if __name__ == "__main__":
    run_script(main)
