"""The face encoders: ResNet-18 on FER2013, in the size of a recipe. Resumable.

    python experiments/faces_fer2013.py --faces FER2013 --recipe fer2013-small

FER2013 is the unpacked folders, or a folder with the original fer2013.csv. Tables, learning curve
and predictions go to experiments/results/, the weights stay beneath --work.
"""

import argparse
import time
from pathlib import Path

from mrpn.common.config import load_settings
from mrpn.common.progress import say
from mrpn.corpora import OfficialSplit, drop_duplicates, read_corpus
from mrpn.preparation import prepare
from mrpn.training import Recipe, export_results, train_recipe

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Prepare the faces, train the encoder, keep its tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--recipe", default="fer2013-small", help="a recipe of recipes/, by name")
    parser.add_argument("--threads", type=int, help="of the training; all cores")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    given = parser.parse_args()
    recipe = load_settings(Recipe, ROOT / "recipes" / f"{given.recipe}.yaml")
    prepared = given.work / "prepared" / "fer2013-48"
    manifest = drop_duplicates(read_corpus("fer2013", given.faces))
    prepare(manifest, prepared, recipe.preprocessing.clip)
    started = time.time()
    runs = given.work / "runs" / recipe.name
    train_recipe(recipe, prepared, [OfficialSplit()], runs, jobs=1, threads=given.threads)
    say(f"{recipe.name}: trained in {(time.time() - started) / 60:.1f} minutes")
    export_results(runs, given.out / recipe.name)


if __name__ == "__main__":
    main()
