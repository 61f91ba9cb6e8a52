"""A study's accuracies as a table for the terminal."""

from rich.table import Table
from rich.text import Text

from mrpn.evaluation.statistics import wider
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.study.beside import besides, published_means
from mrpn.evaluation.study.doubt import estimates_of
from mrpn.evaluation.study.inputs import StudyInputs
from mrpn.evaluation.study.study import prepare_study
from mrpn.evaluation.views import interval, percent


def study_summary(inputs: StudyInputs) -> Table:
    """Return a study's accuracies with intervals, beside the published means."""
    study = prepare_study(inputs)
    estimates = estimates_of(study)
    published = published_means(besides(study))
    found = {line["row"]: wider(line) for _, line in estimates.iterrows()}
    kinds = " or ".join(sorted({over for _, _, over in found.values()}))
    if estimates["fold_low"].notna().any():
        kinds += ", the wider"
    table = Table(caption=f"Protocol {study.main}; 95 %: {kinds}; published: means")
    table.add_column("Network")
    for name in ("Accuracy %", "95 % interval", "Published %"):
        table.add_column(name, justify="right")
    for line in estimates.to_dict("records"):
        table.add_row(
            Text(brief_of(line["row"])),
            percent(line["value"]),
            interval(*found[line["row"]][:2]),
            percent(published.get(line["row"], float("nan"))),
        )
    return table
