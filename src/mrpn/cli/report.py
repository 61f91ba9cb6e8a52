"""`mrpn report`: the tables and pictures of finished runs or of a study, as a page and Markdown."""

from pathlib import Path
from typing import Annotated

import typer

from mrpn.cli.table import output, print_line
from mrpn.evaluation import summary_table, write_report
from mrpn.evaluation.study import study_summary, write_study_report
from mrpn.training import report_inputs
from mrpn.training.studies import study_inputs
from mrpn.training.studies.record import RECORD

HELP = "Write the report of finished runs or of a study: one HTML page, Markdown, and the figures."
EXAMPLE = "Example: mrpn report runs/composite --out runs/composite/report"


def report(
    runs: Annotated[
        Path, typer.Argument(help="The folder that 'mrpn train' or 'mrpn crossval' wrote into.")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder; by default 'report' inside.")] = None,
) -> None:
    """Write a report; see HELP."""
    folder = out or runs / "report"
    if (runs / RECORD).exists():
        study = study_inputs(runs)
        page = write_study_report(study, folder)
        output.print(study_summary(study))
        print_line(page)
        print_line(page.with_suffix(".md"))
        return
    inputs = report_inputs(runs)
    paths = write_report(folder, inputs)
    output.print(summary_table(inputs.predictions))
    for path in (paths.html, paths.markdown):
        print_line(path)
