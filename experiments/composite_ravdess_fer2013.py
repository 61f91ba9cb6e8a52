"""The composite of RAVDESS voices and FER2013 faces, and RAVDESS voice alone, on two folds.

Prepares both corpora, trains the strategies of both recipes on folds A1,2 and A9,10, and writes
tables, learning curves and a report under experiments/results/. Resumes where it was interrupted.

    python experiments/composite_ravdess_fer2013.py --voices RAVDESS --faces FER2013

RAVDESS is a folder with the speech recordings (wav or flac), FER2013 the unpacked folders or a
folder with the original fer2013.csv.
"""

import argparse
import time
from pathlib import Path

from mrpn.common.config import load_settings
from mrpn.common.progress import say
from mrpn.corpora import Manifest, ravdess_folds, read_corpus
from mrpn.preparation import prepare
from mrpn.training import Recipe, export_results, train_recipe

ROOT = Path(__file__).resolve().parent.parent
FACES_PER_VOICE = 8


def run(name: str, manifest: Manifest, work: Path, out: Path) -> None:
    """Prepare, train and report one recipe."""
    recipe = load_settings(Recipe, ROOT / "recipes" / f"{name}.yaml")
    started = time.time()
    prepare(manifest, work / "prepared" / name, recipe.preprocessing.clip)
    say(f"{name}: prepared in {time.time() - started:.0f} s")
    folds = ravdess_folds()
    for fold in recipe.folds:
        started = time.time()
        train_recipe(recipe, work / "prepared" / name, [folds[fold]], work / "runs" / name)
        say(f"{name}: fold {fold} trained in {(time.time() - started) / 60:.1f} minutes")
    export_results(work / "runs" / name, out / name)


def main() -> None:
    """Run both experiments."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    given = parser.parse_args()
    composite = read_corpus(
        "composite-ravdess-fer2013",
        given.voices,
        faces=given.faces,
        faces_per_voice=FACES_PER_VOICE,
    )
    run("composite-ravdess-fer2013", composite, given.work, given.out)
    run("ravdess-voice", read_corpus("ravdess", given.voices), given.work, given.out)


if __name__ == "__main__":
    main()
