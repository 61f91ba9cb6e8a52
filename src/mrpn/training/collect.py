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
from mrpn.corpora.naming import natural_key
from mrpn.evaluation import (
    ReportInputs,
    concat_predictions,
    load_predictions,
    product_of_posteriors,
    read_runs,
    save_predictions,
)
from mrpn.evaluation.strategies import is_unimodal, ordered
from mrpn.evaluation.study import Selection
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.callbacks import HISTORY
from mrpn.training.diary import DIARY
from mrpn.training.results import load_result
from mrpn.training.run import PREDICTIONS, RECIPE, RESULT

BOUNDS = "bounds.json"
PROBLEMS = "problems.csv"
_CHOSEN = {
    "best": "the model of the epoch of least loss on the validation actors",
    "best-accuracy": "the model of the epoch of highest accuracy on the validation actors",
    "last": "the model of the last epoch",
}
_OPTIMISTIC = (
    "OPTIMISTIC: by the paper's protocol networks were chosen on the very actors they are scored on"
)
_WARNINGS = {
    "synthetic": "SYNTHETIC CORPUS: drawn faces and synthesised voices, nobody was recorded",
    "composite": "COMPOSITE CORPUS: voices and faces of different people, put together",
}

# Notes of a composite that bear on its figures: what pairing makes of it, faces tested repeatedly.
_TOLD = ("composite:", "test:")


def finished_runs(out: Path) -> list[Path]:
    """Return the folders of finished runs, `<out>/<fold>/<strategy>-seed<seed>`.

    Raises MrpnError if there are none.
    """
    folders = [path.parent for path in out.glob(f"*/*/{RESULT}")]
    if folders:
        return sorted(folders, key=lambda folder: natural_key(folder.relative_to(out).as_posix()))
    if studies := sorted(path.parent for path in out.glob("*/study.json")):
        named = " or ".join(map(str, studies))
        raise MrpnError(f"{out}: holds studies, each with a report of its own; name {named}")
    raise MrpnError(f"{out}: no finished runs here; 'mrpn train' makes them, and resumes")


def report_inputs(out: Path, pictures: Sequence[tuple[str, str | bytes, str]] = ()) -> ReportInputs:
    """Gather the finished runs under a folder into what a report is computed from.

    Where both uni-modal networks were run on the same folds, the untrained product of their
    posteriors is added as a strategy.

    Args:
        out: the folder of runs; may hold `bounds.json` (Bayes accuracies) and `problems.csv`.
        pictures: further pictures as (title, SVG or PNG, caption).
    """
    folders = finished_runs(out)
    results = [load_result(folder / RESULT) for folder in folders]
    recipe = yaml.safe_load((folders[0] / RECIPE).read_text("utf-8"))
    runs = read_runs(folders)
    bounds, problems = out / BOUNDS, out / PROBLEMS
    return ReportInputs(
        title=str(recipe["title"]),
        predictions=with_product(runs.predictions, results),
        history=runs.history,
        facts=facts_of(str(recipe["name"]), results),
        bounds=json.loads(bounds.read_text("utf-8")) if bounds.exists() else None,
        problems=pd.read_csv(problems, dtype=str) if problems.exists() else None,
        pictures=pictures,
        warnings=warnings_of(results),
        parameters={result["strategy"]: result["parameters"] for result in results},
        diary=runs.diary,
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
        kept = [DIARY] if (source / DIARY).exists() else []
        for name in (HISTORY, RECIPE, RESULT, *kept):
            with atomic_path(folder / name) as partial:
                shutil.copyfile(source / name, partial)
        table = load_predictions(source / PREDICTIONS)
        save_predictions(table, (folder / PREDICTIONS).with_suffix(".csv"))


def facts_of(recipe: str, results: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """Return where results come from, in the order in which a report shows it.

    Args:
        recipe: its name.
        results: of finished runs, of one recipe or of several on the same corpus.
    """
    first = results[0]
    by_name = sorted(results, key=lambda r: (r["protocol"] != "strict", natural_key(r["fold"])))
    folds = {f"{r['fold']} ({r['protocol']})": r["fold_digest"][:12] for r in by_name}
    machines = {
        f"{m['processor']}, {m['cores']} cores, {m['platform']}": None
        for m in (result["machine"] for result in results)
    }
    software = {
        f"mrpn {m['mrpn']}, torch {m['torch']}, Python {m['python']}": None
        for m in (result["machine"] for result in results)
    }
    return {
        "Corpus": first["corpus"],
        "Licence": first["licence"],
        "Recipe": f"{recipe} ({', '.join(_short(results, 'recipe_digest'))})",
        "Protocol": list({_protocol(result): None for result in results}),
        "Folds (hash)": folds,
        "Seeds": sorted({result["seed"] for result in results}),
        "Corpus hash": ", ".join(_short(results, "corpus_digest")),
        "Machine": list(machines),
        "Software": list(software),
    }


def _protocol(result: Mapping[str, Any]) -> str:
    """Say by which model the test clips were scored."""
    chosen = _CHOSEN[result["selected"]]
    if result["protocol"] == "paper":
        return f"paper: validation actors are the test actors; test clips scored by {chosen}"
    return f"strict: test clips scored once, by {chosen}"


def _short(results: Sequence[Mapping[str, Any]], digest: str) -> list[str]:
    return list({result[digest][:12]: None for result in results})


def selections_of(results: Sequence[Mapping[str, Any]]) -> tuple[Selection, ...]:
    """Return how the networks of these results were chosen, each way once.

    Results that were written before they said so have their epoch's rule alone.
    """
    return tuple(dict.fromkeys(_selection(result) for result in results))


def _selection(result: Mapping[str, Any]) -> Selection:
    protocol, selected = str(result["protocol"]), result["selected"]
    how = str(result.get("selection", _CHOSEN[selected]))
    old = protocol == "paper" and selected != "last"
    return Selection(protocol, how, bool(result.get("optimistic", old)))


def warnings_of(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what a reader of these results must know first: that nobody was recorded, say."""
    first = results[0]
    notes = [note for note in first["notes"] if note.startswith(_TOLD)]
    kind = _WARNINGS.get(first["corpus_kind"])
    chosen = [_OPTIMISTIC] if any(result.get("optimistic") for result in results) else []
    return ([kind] if kind else []) + chosen + notes
