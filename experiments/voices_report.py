"""The finished settings of voices_ravdess.py beside the AM rows of table 1, fold by fold.

    python experiments/voices_report.py

Reads what voices_ravdess.py exported, and writes a page, Markdown and the tables beside it: with
and without time augmentation on the same clips, actors and seed, where both are there, and the
baselines of others on the same clips. A setting that is not finished on all folds is left out:
means over other folds are none to compare.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from scripting import run_script
from voices_ravdess import NAME, SETTINGS

from mrpn.common.errors import MrpnError
from mrpn.common.progress import say
from mrpn.corpora import ravdess_folds
from mrpn.evaluation import load_predictions, read_runs
from mrpn.evaluation.study import StudyInputs, StudyRow, write_study_report
from mrpn.evaluation.views import percent
from mrpn.training.collect import facts_of, finished_runs, selections_of, warnings_of
from mrpn.training.run import RESULT

RESULTS = Path(__file__).resolve().parent / "results"

BEST = StudyRow(
    "best", "am", "best", "AM (T)", "ours, 45 epochs; chosen on two actors of fold A17,18"
)
ROWS = {
    "best": BEST,
    "best-paper": BEST,
    "t-ao": StudyRow("AM (T)", "am", "T", None, "random slices in training, from speakers"),
    "t-ao-paper": StudyRow("AM (T)", "am", "T", None, "random slices in training, from speakers"),
    "nt-ao": StudyRow("AM (NT)", "am", "NT", None, "clips whole in training, from speakers"),
    "t-wo": StudyRow("AM (T), WO", "am", "WO", "AM (T)", "as AM (T), segments side by side"),
    "t-wo-scratch": StudyRow(
        "AM (T), WO, scratch", "am", "WO", "AM (T)", "as AM (T), WO, from random weights"
    ),
    "t-ao-scratch": StudyRow(
        "AM (T), scratch", "am", "scratch", "AM (T)", "as AM (T), from random weights"
    ),
}
"""The settings of voices_ravdess.py as rows of the table."""

OPENSMILE = StudyRow(
    "openSMILE, SVM", "svm-compare", meaning="others: ComParE functionals, linear classifier"
)
RESEMBLYZER = StudyRow(
    "Resemblyzer", "logistic-resemblyzer", meaning="others: speaker embedding, linear classifier"
)
BASELINES = {row.strategy: row for row in (OPENSMILE, RESEMBLYZER)}
"""What baselines/voices.py measured on the same clips and folds, as further rows."""

COMPARISONS = (
    ("best", "AM (T)"),
    ("best", OPENSMILE.row),
    ("best", RESEMBLYZER.row),
    ("AM (T)", "AM (NT)"),
    ("AM (T)", "AM (T), WO"),
    ("AM (T), WO", "AM (T), WO, scratch"),
    ("AM (T)", "AM (T), scratch"),
)
"""What is asked: what the other recipe brings, slices in time, overlap, the start from speakers."""

CHOSEN_ON = "A17,18"
"""The fold whose actors were those of the validation in voices_choosing.py."""


def inputs(results: Path, baselines: Path | None = None) -> StudyInputs:
    """Gather the settings that are finished on all folds; without any, those that are begun.

    Args:
        results: what voices_ravdess.py exported.
        baselines: the results of baselines/, to stand beside them; none by default.

    Raises:
        MrpnError: there are no results.
    """
    counts = {name: len([*results.glob(f"{name}/*/*/{RESULT}")]) for name in ROWS}
    begun = [name for name in ROWS if counts[name]]
    there = [name for name in begun if counts[name] == len(ravdess_folds())] or begun
    if not there:
        raise MrpnError(f"{results}: no finished runs here; voices_ravdess.py makes them")
    tables, curves, texts, recipes = [], [], [], {}
    for name in there:
        folders = finished_runs(results / name)
        runs = read_runs(folders)
        said = [json.loads((folder / RESULT).read_text("utf-8")) for folder in folders]
        protocol = said[0]["protocol"]
        label = {"row": ROWS[name].row, "protocol": protocol}
        tables.append(runs.predictions.assign(**label))
        if runs.history is not None:
            curves.append(runs.history.assign(**label))
        texts += said
        recipes[f"{label['row']} ({protocol})"] = _origin(name, said)
    protocols = {each["protocol"] for each in texts}
    theirs = [] if baselines is None else _baselines(baselines, protocols)
    measured = {name for table in theirs for name in table["strategy"]}
    rows = [
        *dict.fromkeys(ROWS[name] for name in there),
        *(row for name, row in BASELINES.items() if name in measured),
    ]
    names = {row.row for row in rows}
    facts = facts_of(NAME, texts)
    del facts["Corpus hash"]
    return StudyInputs(
        name=NAME,
        title="RAVDESS, voice alone: the AM rows of table 1 at a size for two cores",
        question="How near does a network of a quarter of the paper's width come, and what does "
        "cutting random slices out of the clips (T) bring?",
        rows=rows,
        predictions=pd.concat([*tables, *theirs], ignore_index=True),
        published="table1",
        corpus="RAVDESS, all speech recordings",
        folds=[fold.name for fold in ravdess_folds()],
        seeds=(0,),
        comparisons=[pair for pair in COMPARISONS if names.issuperset(pair)],
        facts={**facts, "Recipe": recipes, "Validation accuracy, mean over folds": _ends(curves)},
        warnings=[*warnings_of(texts), *_chosen_on(tables)],
        curves=pd.concat(curves, ignore_index=True) if curves else None,
        selections=selections_of(texts),
    )


def _origin(name: str, said: Sequence[dict[str, Any]]) -> str:
    """Say which recipe a setting is, and of which prepared recordings, by hashes."""
    recipe, prepared = (
        ", ".join(dict.fromkeys(each[key][:12] for each in said))
        for key in ("recipe_digest", "corpus_digest")
    )
    return f"{SETTINGS[name].recipe} {recipe}, recordings as prepared {prepared}"


def _ends(curves: Sequence[pd.DataFrame]) -> dict[str, str]:
    """Say what the validation actors had at the end, and before, setting by setting.

    By protocol `paper` they are the tested ones, so that the last of it is what the epoch that
    nobody chose has there.
    """
    told = {}
    for curve in curves:
        means = curve.groupby("epoch")["validation_accuracy"].mean()
        last = int(means.index.max())
        shown = [epoch for epoch in (last - 15, last - 10, last - 5, last) if epoch > 0]
        values = ", ".join(f"{percent(means[epoch])} after {epoch}" for epoch in shown)
        told[f"{curve['row'].iloc[0]} ({curve['protocol'].iloc[0]})"] = f"{values} epochs"
    return told


def _baselines(folder: Path, protocols: set[str]) -> list[pd.DataFrame]:
    """Return the predictions of others on the same clips, under the protocols that are shown."""
    return [
        load_predictions(path).assign(row=row.row, protocol=protocol)
        for protocol in sorted(protocols)
        for name, row in BASELINES.items()
        if (path := folder / f"ravdess-{protocol}" / name / "predictions.csv").exists()
    ]


def _chosen_on(tables: list[pd.DataFrame]) -> list[str]:
    """Say on whom `best` was chosen, and what it reaches on all others, every actor alike."""
    told = []
    for table in tables:
        if (table["row"] == "best").any():
            others = table[table["fold"] != CHOSEN_ON]
            right = (others["prediction"] == others["label"]).groupby(others["actor"]).mean()
            told.append(
                f"BEST ({table['protocol'].iloc[0]}): its recipe was chosen on the actors of "
                f"{CHOSEN_ON}; on the {len(right)} others it has {100 * right.mean():.1f} %"
            )
    return told


def main() -> None:
    """Write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--results", type=Path, default=RESULTS / NAME, help="what was exported")
    parser.add_argument(
        "--baselines", type=Path, default=RESULTS / "baselines", help="results of baselines/"
    )
    parser.add_argument("--out", type=Path, help="folder; by default 'report' inside")
    given = parser.parse_args()
    folder = given.out or given.results / "report"
    say(f"written: {write_study_report(inputs(given.results, given.baselines), folder)}")


if __name__ == "__main__":
    run_script(main, resumes=False)
