"""RAVDESS voices x FER2013 faces, paired by class and by clarity: six strategies, in sittings.

    python experiments/composite_clarity.py --voices RAVDESS --faces FER2013 --minutes 60

RAVDESS is a folder with the speech recordings, FER2013 the unpacked folders or a folder with the
original csv. Recipe, voices and faces are those of recipes/composite-frozen.yaml; what differs is
who meets whom, for each fold apart, by classifiers that its training actors alone have taught.
What a sitting does not finish, the next one does, with the same result.

Results go to experiments/results/, with the test pairs of every fold (pairs.csv) and what fusions
of the classifiers' own posteriors reach under both pairings (clarity.json). --toy goes the whole
way at a size that means nothing.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from clarity.facts import note_pairs, summarise
from clarity.tables import TAUGHT_BY, Judges, clarity_of
from scripting import load_recipe, minutes, positive, run_script

from mrpn.common.errors import MrpnError
from mrpn.common.locking import alone
from mrpn.common.progress import say
from mrpn.corpora import (
    Fold,
    FoldSet,
    Manifest,
    compose,
    corpus_folds,
    drop_duplicates,
    pair_by_clarity,
    read_corpus,
)
from mrpn.corpora.clarity import Order
from mrpn.corpora.composite import FACES_PER_VOICE
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, export_results
from mrpn.training.collect import write_problems
from mrpn.training.jobs import Ended, Job
from mrpn.training.pool import default_jobs, threads_of_each, train_jobs

ROOT = Path(__file__).resolve().parent.parent
RECIPE = "composite-encoded"
STEPS = ("clarity", "networks")
TOY = (
    *(f"network.branches.{name}.features=8" for name in ("audio", "video")),
    "network.hidden=8",
    "preprocessing.spectrogram.step=1.0",
    "optimisation.epochs=1",
    "optimisation.batch_size=4",
    "optimisation.clips_per_epoch=8",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Estimate the clarity, pair by it and train, as far as the time goes."""
    given = _arguments(arguments)
    end = None if given.minutes is None else time.time() + 60 * given.minutes
    name = "-".join(
        ("composite-ravdess-fer2013", "clarity")
        + (("opposed",) if given.order == "opposed" else ())
        + (("toy",) if given.toy else ())
    )
    busy = MrpnError(f"{given.work}: another process is at work on {name}; wait for it")
    with alone(given.work / f"{name}.lock", busy):
        run(name, given, end)


def run(name: str, given: argparse.Namespace, end: float | None) -> None:
    """Go through the steps asked for, fold by fold."""
    recipe = recipe_of(name, given.order, given.toy)
    faces = drop_duplicates(read_corpus("fer2013", given.faces))
    composite = compose(
        read_corpus("ravdess", given.voices),
        faces,
        seed=0,
        faces_per_voice=1 if given.toy else FACES_PER_VOICE,
    )
    judges = Judges(composite, faces, given.work / "clarity")
    folds = _chosen(corpus_folds(composite), given)
    pairs = {fold.name: by_clarity(judges, fold, given.order) for fold in folds}
    if "clarity" in given.steps:
        for fold in folds:
            note_pairs(given.out / name, judges, fold, pairs[fold.name])
        summarise(given.out / name)
    if "networks" in given.steps:
        for fold in folds:
            if not train(recipe, fold, pairs[fold.name], given, end):
                say("the time is up; the same command goes on")
                return


def recipe_of(name: str, order: Order, toy: bool = False) -> Recipe:
    """Return the recipe of the pairing by class under the name of this one."""
    title = f"RAVDESS voices x FER2013 faces, paired by class and clarity ({order})"
    changes = (f"name={name}", f"title={title}", *(TOY if toy else ()))
    return load_recipe(Recipe, RECIPE, changes)


def by_clarity(judges: Judges, fold: Fold, order: Order) -> Manifest:
    """Return a fold's clips, paired by the clarity that its training actors' classifiers see."""
    pairs = pair_by_clarity(
        judges.composite,
        fold,
        voices=clarity_of(judges.voices(fold)),
        faces=clarity_of(judges.all_faces()),
        order=order,
    )
    first, *others = pairs.notes
    return replace(pairs, notes=(first, f"composite: {TAUGHT_BY}", *others))


def train(
    recipe: Recipe,
    fold: Fold,
    pairs: Manifest,
    given: argparse.Namespace,
    end: float | None,
) -> bool:
    """Train all strategies on a fold and keep their tables; say whether the time has sufficed."""
    # One store for all folds: who meets whom changes, sounds and pictures do not.
    prepared = given.work / "prepared" / recipe.name
    prepare(pairs, prepared, recipe.preprocessing.clip)
    runs = given.work / "runs" / recipe.name
    write_problems(PreparedCorpus(prepared), runs)
    at_once = given.jobs or default_jobs()
    threads = threads_of_each(at_once)
    jobs = [
        Job(recipe, prepared, fold, strategy, runs, threads, {}, end)
        for strategy in recipe.possible
    ]
    ends = train_jobs(jobs, at_once, ended=_raise)
    if any(ended.state == "finished" for ended in ends):
        export_results(runs, given.out / recipe.name)
    return all(ended.state == "finished" for ended in ends)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--folds", nargs="+", help="by name, such as A1,2; all by default")
    parser.add_argument("--order", choices=get_args(Order), default="shared")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    parser.add_argument("--minutes", type=minutes, help="of this sitting")
    parser.add_argument("--jobs", type=positive, help="runs at a time; one a core")
    parser.add_argument("--toy", action="store_true", help="one fold, tiny, for tests")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    return parser.parse_args(arguments)


def _chosen(folds: FoldSet, given: argparse.Namespace) -> list[Fold]:
    names = given.folds or (folds.names[:1] if given.toy else folds.names)
    return [folds[name] for name in names]


def _raise(ended: Ended) -> None:
    if ended.error is not None:
        raise ended.error


if __name__ == "__main__":
    run_script(main)
