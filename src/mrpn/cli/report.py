"""`mrpn report`: the tables and pictures of finished runs, as a page and as Markdown."""

from pathlib import Path
from typing import Annotated

import typer

from mrpn.cli.table import output, print_line
from mrpn.evaluation import summary_table, write_report
from mrpn.training import report_inputs

HELP = "Write the report of finished runs: one HTML page, Markdown, and the pictures."
EXAMPLE = "Example: mrpn report runs/composite --out runs/composite/report"


def report(
    runs: Annotated[Path, typer.Argument(help="The folder that 'mrpn train' wrote into.")],
    out: Annotated[Path | None, typer.Option(help="Folder; by default 'report' inside.")] = None,
) -> None:
    """Write a report; see HELP."""
    inputs = report_inputs(runs)
    paths = write_report(out or runs / "report", inputs)
    output.print(summary_table(inputs.predictions))
    for path in (paths.html, paths.markdown):
        print_line(path)
