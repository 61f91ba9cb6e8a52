"""Two folds trained at once against one after the other, on the same cores.

    python benchmarks/at_once.py --voices RAVDESS [--epochs N] [--out DIR]

RAVDESS's voices, recipe ravdess-voice-small, two folds: one after the other with all cores each
(what is done for a single fold), one after the other with one thread, and both at once with one
thread each (what is done for several). The whole time counts, from the call to the last result.
"""

import argparse
import tempfile
import time
from pathlib import Path

from measuring import cores, table

from mrpn.common.config import load_settings
from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.corpora import ravdess_folds, read_corpus
from mrpn.preparation import prepare
from mrpn.training import Recipe, train_recipe

RECIPE = Path(__file__).resolve().parent.parent / "recipes" / "ravdess-voice-small.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--prepared", type=Path, help="folder to prepare in; by default passing")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    ways = {
        f"one after the other, {cores()} threads": (1, cores()),
        "one after the other, one thread": (1, 1),
        "two at once, one thread each": (2, 1),
    }
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="mrpn-") as folder:
        recipe = load_settings(Recipe, RECIPE, [f"optimisation.epochs={given.epochs}"])
        prepared = given.prepared or Path(folder) / "prepared"
        prepare(read_corpus("ravdess", given.voices), prepared, recipe.preprocessing.clip)
        folds = [*ravdess_folds()][:2]
        for number, (name, (jobs, threads)) in enumerate(ways.items()):
            start = time.perf_counter()
            runs = Path(folder) / str(number)
            train_recipe(recipe, prepared, folds, runs, jobs=jobs, threads=threads)
            seconds[name] = round(time.perf_counter() - start, 1)
    fastest = min(list(seconds.values())[:2])
    rows = [(name, value, f"{fastest / value:.2f}") for name, value in seconds.items()]
    text = table(("two folds", "s", "throughput, by the better of the first two"), rows)
    print(text)
    if given.out is not None:
        about = {"machine": describe_machine(), "recipe": recipe.name, "epochs": given.epochs}
        write_json(given.out / "at_once.json", {**about, "seconds": seconds})
        write_text(given.out / "at_once.md", text)


if __name__ == "__main__":
    main()
