"""What the paper's tables and all around them take, counted from the recipes: no measurement.

    python benchmarks/paper_plan.py [--out benchmarks/results]

Multiplications and additions of one clip of average length, forward, backward (twice the forward)
and in validation, by PyTorch's own counter; times clips, epochs, folds and rows. How long that
takes on a given machine is a division by what it really computes in a second, which only a
measurement tells.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from mrpn.common.config import load_settings
from mrpn.common.files import write_json, write_text
from mrpn.corpora import crema_d_folds, ravdess_folds
from mrpn.network import Sequence
from mrpn.training.recipe import NetworkSettings, Recipe
from mrpn.training.speakers import SpeakerRecipe
from mrpn.training.strategies import make_network
from mrpn.training.studies import load_study
from mrpn.training.studies.recipes import RowRecipe, row_recipes

RECIPES = Path(__file__).resolve().parents[1] / "recipes"
STUDIES = (*sorted(RECIPES.glob("paper/table*.yaml")), RECIPES / "side-claims.yaml")
# A run ends at most here, and often does earlier: this many epochs are an assumption.
EPOCHS = 60
# FER2013's training faces without those that occur again, and its validation part.
FACES = 27_000, 3_589


class About(NamedTuple):
    """A corpus: clips, their average length in seconds (rounded), its folds, its classes."""

    clips: int
    seconds: float
    folds: int
    classes: int


CORPORA = {
    "ravdess": About(1440, 3.7, len(ravdess_folds("paper")), 8),
    "crema-d": About(7438, 2.5, len(crema_d_folds("paper")), 6),
}


def flops(recipe: Recipe, strategy: str, seconds: float, classes: int) -> float:
    """Return the operations of one clip of a length, forward."""
    trained = {}
    for need in recipe.needs(strategy):
        (modality,) = recipe.modalities(need)
        trained[modality] = make_network(recipe, need, classes, 0, {})
    network = make_network(recipe, strategy, classes, 0, trained).eval()
    read = recipe.preprocessing
    counts = {
        "video": max(1, round(seconds * read.clip.frame_rate)),
        "audio": max(1, read.segment_count(round(seconds * read.clip.rate))),
    }
    inputs = {
        name: Sequence.from_list([torch.zeros(counts[name], *read.shapes()[name])])
        for name in network.modalities
    }
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(inputs)
    return float(counter.get_total_flops())


def run_flops(row: RowRecipe, corpus: About) -> float:
    """Return the operations of one run of `EPOCHS` epochs, with its validation."""
    recipe, whole = row.recipe, corpus.seconds
    # A slice is as long as any other between the least and the whole.
    slices = recipe.augmentation.time
    seen = whole if slices is None else (slices.minimum + whole) / 2
    backward = 1 if row.row.strategy == "late" else 3
    training = backward * flops(recipe, row.row.strategy, seen, corpus.classes)
    validation = flops(recipe, row.row.strategy, whole, corpus.classes)
    share = 1 / corpus.folds
    return EPOCHS * corpus.clips * ((1 - share) * training + share * validation)


def faces_flops() -> float:
    """Return the operations of pretraining on FER2013, with its validation."""
    recipe = load_settings(Recipe, RECIPES / "fer2013-base-112.yaml")
    train, validation = FACES
    epochs = recipe.optimisation.epochs
    # A second is one picture at least, and a still is one.
    second = 1 / recipe.preprocessing.clip.frame_rate
    return epochs * (3 * train + validation) * flops(recipe, "vm", second, 7)


def speakers_flops() -> float:
    """Return the operations of pretraining on speakers, without its verification."""
    recipe = load_settings(SpeakerRecipe, RECIPES / "speakers-base.yaml")
    network = NetworkSettings.model_validate({"branches": {"audio": recipe.branch.model_dump()}})
    voice = Recipe(name="v", title="v", preprocessing=recipe.preprocessing, network=network)
    slices, settings = recipe.slices, recipe.optimisation
    seconds = (slices.shortest + slices.longest) / 2
    clips = settings.clips_per_epoch or 0
    return 3 * settings.epochs * clips * flops(voice, "am", seconds, 1251)


def main() -> None:
    """Print the plan, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    lines = ["| what | runs | PFLOP of a run, least to most | EFLOP in all |", "|---|---|---|---|"]
    found = {}
    for place in STUDIES:
        study = load_study(place)
        corpus = CORPORA[study.corpus.reader]
        changes = ["preprocessing.clip.detector=retinaface"]
        rows = [run_flops(row, corpus) for row in row_recipes(study, place, changes=changes)]
        total = corpus.folds * sum(rows)
        found[study.name] = {"runs": corpus.folds * len(rows), "flop_of_rows": rows, "flop": total}
        lines.append(
            f"| {study.name} | {corpus.folds * len(rows)} | {min(rows) / 1e15:.1f} to "
            f"{max(rows) / 1e15:.1f} | {total / 1e18:.2f} |"
        )
    pretraining = {"faces": faces_flops(), "speakers": speakers_flops()}
    lines += [f"| {name} | 1 | | {total / 1e18:.2f} |" for name, total in pretraining.items()]
    text = "\n".join([*lines, "", f"Runs of {EPOCHS} epochs are assumed; rows that tables share"])
    text += " are counted in each.\n"
    print(text)
    if arguments.out is not None:
        values = {"epochs": EPOCHS, "studies": found, "pretraining": pretraining}
        write_json(arguments.out / "paper_plan.json", values)
        write_text(arguments.out / "paper_plan.md", text)


if __name__ == "__main__":
    main()
