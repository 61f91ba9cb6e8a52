"""`mrpn doctor`: whether everything is there and works."""

from dataclasses import asdict
from typing import Annotated

import typer

from mrpn.cli.table import print_json, print_line
from mrpn.recognition.doctor import Finding, examine

HELP = "Look whether everything is there and works, and say what to do where it is not."
EXAMPLE = "Example: mrpn doctor"


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print what is found as JSON.")] = False,
) -> None:
    """Examine the installation; see HELP. The exit code is 1 if something is amiss."""
    found: list[Finding] = []
    for finding in examine():
        found.append(finding)
        if not json:
            mark, style = ("ok", "") if finding.good else ("!!", "bold red")
            print_line(f"{mark}  {finding.name:<14}{finding.text}", style)
            if not finding.good:
                print_line(f"    {'':<14}{finding.remedy}", "yellow")
    if json:
        print_json([asdict(finding) for finding in found])
    bad = sum(not finding.good for finding in found)
    if not json:
        print_line("all is well" if not bad else f"{bad} to put right", "bold")
    if bad:
        raise typer.Exit(1)
