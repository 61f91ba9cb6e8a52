"""Gathering the runs of a recipe: what a report is computed from, and the small files to keep."""

import json
import shutil
from collections.abc import Mapping, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from mrpn.common.errors import MrpnError
from mrpn.common.files import atomic_path
from mrpn.evaluation import (
    ReportInputs,
    concat_predictions,
    load_predictions,
    product_of_posteriors,
    read_runs,
    save_predictions,
)
from mrpn.evaluation.strategies import is_unimodal, ordered
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.callbacks import HISTORY
from mrpn.training.run import PREDICTIONS, RECIPE, RESULT

BOUNDS = "bounds.json"
PROBLEMS = "problems.csv"
_MODELS = {
    "best": "the model of the best epoch on validation actors, who are not the tested ones",
    "last": "the model of the last epoch",
}
_WARNINGS = {
    "synthetic": "SYNTHETIC CORPUS: drawn faces and synthesised voices, nobody was recorded",
    "composite": "COMPOSITE CORPUS: voices and faces of different people, paired by class",
}


def finished_runs(out: Path) -> list[Path]:
    """Return the folders of finished runs, `<out>/<fold>/<strategy>-seed<seed>`.

    Raises MrpnError if there are none.
    """
    folders = [path.parent for path in sorted(out.glob(f"*/*/{RESULT}"))]
    if not folders:
        raise MrpnError(f"{out}: no finished runs here; 'mrpn train' makes them, and resumes")
    return folders


def report_inputs(out: Path, pictures: Sequence[tuple[str, str | bytes, str]] = ()) -> ReportInputs:
    """Gather the finished runs under a folder into what a report is computed from.

    Where both uni-modal networks were run on the same folds, the untrained product of their
    posteriors is added as a strategy.

    Args:
        out: the folder of runs; may hold `bounds.json` (Bayes accuracies) and `problems.csv`.
        pictures: further pictures as (title, SVG or PNG, caption).
    """
    folders = finished_runs(out)
    results = [json.loads((folder / RESULT).read_text("utf-8")) for folder in folders]
    recipe = yaml.safe_load((folders[0] / RECIPE).read_text("utf-8"))
    runs = read_runs(folders)
    bounds, problems = out / BOUNDS, out / PROBLEMS
    return ReportInputs(
        title=str(recipe["title"]),
        predictions=with_product(runs.predictions, results),
        history=runs.history,
        facts=_facts(recipe, results),
        bounds=json.loads(bounds.read_text("utf-8")) if bounds.exists() else None,
        problems=pd.read_csv(problems, dtype=str) if problems.exists() else None,
        pictures=pictures,
        warnings=_warnings(results),
        parameters={result["strategy"]: result["parameters"] for result in results},
    )


def with_product(predictions: pd.DataFrame, results: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return predictions with those of the product of the uni-modal posteriors added."""
    alone = [name for name in ordered(predictions["strategy"]) if is_unimodal(name)]
    if len(alone) < 2:
        return predictions
    fused = []
    for (fold, _), runs in predictions.groupby(["fold", "seed"]):
        parts = [runs[runs["strategy"] == name] for name in alone]
        if all(len(part) for part in parts):
            prior = next(r["training_classes"] for r in results if r["fold"] == fold)
            multiply = partial(product_of_posteriors, prior=prior)
            fused.append(reduce(multiply, parts))
    return concat_predictions([predictions, *fused])


def write_problems(corpus: PreparedCorpus, out: Path) -> None:
    """Write beside the runs which clips could not be read as wanted, and why, if there are any."""
    problems = corpus.problems()
    (out / PROBLEMS).unlink(missing_ok=True)
    if len(problems):
        with atomic_path(out / PROBLEMS) as partial:
            problems.to_csv(partial, index=False)


def export_results(out: Path, target: Path) -> None:
    """Copy what is small: all but the weights of every finished run, its predictions as CSV."""
    target.mkdir(parents=True, exist_ok=True)
    for name in (BOUNDS, PROBLEMS):
        if (out / name).exists():
            shutil.copyfile(out / name, target / name)
    for source in finished_runs(out):
        folder = target / source.relative_to(out)
        folder.mkdir(parents=True, exist_ok=True)
        for name in (HISTORY, RECIPE, RESULT):
            with atomic_path(folder / name) as partial:
                shutil.copyfile(source / name, partial)
        table = load_predictions(source / PREDICTIONS)
        save_predictions(table, (folder / PREDICTIONS).with_suffix(".csv"))


def _facts(recipe: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    first = results[0]
    folds = {result["fold"]: result["fold_digest"][:12] for result in results}
    machine = first["machine"]
    return {
        "Corpus": first["corpus"],
        "Licence": first["licence"],
        "Recipe": f"{recipe['name']} ({first['recipe_digest'][:12]})",
        "Protocol": f"{first['protocol']}: test clips scored once, by {_MODELS[first['selected']]}",
        "Folds (hash)": folds,
        "Seeds": sorted({result["seed"] for result in results}),
        "Corpus hash": first["corpus_digest"][:12],
        "Machine": f"{machine['processor']}, {machine['cores']} cores, {machine['platform']}",
        "Software": f"mrpn {machine['mrpn']}, torch {machine['torch']}, Python {machine['python']}",
    }


def _warnings(results: Sequence[Mapping[str, Any]]) -> list[str]:
    first = results[0]
    notes = [note for note in first["notes"] if note.startswith("composite:")]
    kind = _WARNINGS.get(first["corpus_kind"])
    return ([kind] if kind else []) + notes
