"""The finished settings of voices_ravdess.py beside the AM rows of table 1, fold by fold.

    python experiments/voices_report.py

Reads what voices_ravdess.py exported, and writes a page, Markdown and the tables beside it: with
and without time augmentation on the same clips, actors and seed, where both are there. A setting
that is not finished on all folds is left out: means over other folds are none to compare.
"""

import argparse
import json
from pathlib import Path

import pandas as pd
from scripting import run_script

from mrpn.common.errors import MrpnError
from mrpn.common.progress import say
from mrpn.corpora import ravdess_folds
from mrpn.evaluation import read_runs
from mrpn.evaluation.study import StudyInputs, StudyRow, write_study_report
from mrpn.training.collect import facts_of, finished_runs, selections_of, warnings_of
from mrpn.training.run import RESULT

RESULTS = Path(__file__).resolve().parent / "results" / "ravdess-voice-small"

BEST = StudyRow(
    "best", "am", "best", "AM (T)", "ours, 45 epochs; chosen on two actors of fold A17,18"
)
ROWS = {
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
    "best": BEST,
    "best-paper": BEST,
}
"""The settings of voices_ravdess.py as rows of the table."""

CHOSEN_ON = "A17,18"
"""The fold whose actors were those of the validation in voices_choosing.py."""

AGAINST = {"AM (T), WO, scratch": "AM (T), WO"}
"""What a row is compared with where that is not the first: what differs in one thing only."""


def inputs(results: Path) -> StudyInputs:
    """Gather the settings that are finished on all folds; without any, those that are begun.

    Raises MrpnError where there are none.
    """
    counts = {name: len([*results.glob(f"{name}/*/*/{RESULT}")]) for name in ROWS}
    begun = [name for name in ROWS if counts[name]]
    there = [name for name in begun if counts[name] == len(ravdess_folds())] or begun
    if not there:
        raise MrpnError(f"{results}: no finished runs here; voices_ravdess.py makes them")
    tables, curves, texts = [], [], []
    for name in there:
        folders = finished_runs(results / name)
        runs = read_runs(folders)
        said = [json.loads((folder / RESULT).read_text("utf-8")) for folder in folders]
        protocol = said[0]["protocol"]
        tables.append(runs.predictions.assign(row=ROWS[name].row, protocol=protocol))
        if runs.history is not None:
            curves.append(runs.history.assign(row=ROWS[name].row, protocol=protocol))
        texts += said
    rows = [*dict.fromkeys(ROWS[name] for name in there)]
    return StudyInputs(
        name="ravdess-voice-small",
        title="RAVDESS, voice alone: the AM rows of table 1 at a size for two cores",
        question="How near does a network of a quarter of the paper's width come, and what does "
        "cutting random slices out of the clips (T) bring?",
        rows=rows,
        predictions=pd.concat(tables, ignore_index=True),
        published="table1",
        corpus="RAVDESS, all speech recordings",
        folds=[fold.name for fold in ravdess_folds()],
        seeds=(0,),
        comparisons=[(_against(row, rows), row.row) for row in rows[1:]],
        facts=facts_of("ravdess-voice-small", texts),
        warnings=[*warnings_of(texts), *_chosen_on(tables)],
        curves=pd.concat(curves, ignore_index=True) if curves else None,
        selections=selections_of(texts),
    )


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


def _against(row: StudyRow, rows: list[StudyRow]) -> str:
    named = AGAINST.get(row.row)
    return next((each.row for each in rows if each.row == named), rows[0].row)


def main() -> None:
    """Write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--results", type=Path, default=RESULTS, help="what was exported")
    parser.add_argument("--out", type=Path, help="folder; by default 'report' inside")
    given = parser.parse_args()
    folder = given.out or given.results / "report"
    say(f"written: {write_study_report(inputs(given.results), folder)}")


if __name__ == "__main__":
    run_script(main, resumes=False)
