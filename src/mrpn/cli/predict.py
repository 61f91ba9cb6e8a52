"""`mrpn predict`: what a trained network recognises in media files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.result import show
from mrpn.cli.table import print_json, print_line
from mrpn.common.progress import say, say_error, track
from mrpn.recognition import Failed, Recognition, Windows
from mrpn.recognition.choosing import default_weights
from mrpn.recognition.files import media_files
from mrpn.recognition.many import recognise_all
from mrpn.recognition.naming import readable
from mrpn.recognition.saving import Outcome, plan_outputs, save_each

HELP = "Recognise emotion in videos, sounds and pictures: a timeline per face."
EXAMPLE = "Example: mrpn predict clip.mp4 --out timeline.csv --out annotated.mp4"

WeightsOption = Annotated[
    str | None,
    typer.Option(help="Shipped weights by name, or a file of 'mrpn train'. Default: shipped ones."),
]


def predict(
    files: Annotated[
        list[Path], typer.Argument(help="Media files, folders, or patterns.", readable=False)
    ],
    weights: WeightsOption = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            help="File to write: csv, parquet, json, srt, vtt, png, svg, mp4; repeatable. "
            "'{name}.srt' writes one per file, of equal names NAME, NAME-2, ..."
        ),
    ] = None,
    window: Annotated[float, typer.Option(help="Length of a window, seconds.")] = 4.0,
    step: Annotated[
        float | None, typer.Option(help="Seconds between windows.", show_default="1")
    ] = None,
    coverage: Annotated[
        float, typer.Option(help="How often the set of labels shall hold the true one.")
    ] = 0.9,
    sure: Annotated[float, typer.Option(help="Below this probability: unsure.")] = 0.5,
    jobs: Annotated[int, typer.Option(min=1, help="Files at a time; from 2 on in processes.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Recognise recordings; see HELP."""
    paths = media_files(files)
    plan = plan_outputs(out or [], paths)
    options = {
        "windows": Windows.of(window, step),
        "coverage": coverage,
        "sure": sure,
    }
    found = recognise_all(paths, weights or default_weights(), options, jobs, plan.each)
    results: list[Recognition | Failed] = []
    failed = unwritten = 0
    several = len(paths) > 1
    for done in track(found, "Recognising", len(paths)) if several else found:
        results.append(done.result)
        if isinstance(done.result, Failed):
            failed += 1
            say_error(readable(done.result.reason))
        elif not json:
            show(done.result)
        unwritten += _tell(done.outcomes)
    good = [result for result in results if isinstance(result, Recognition)]
    unwritten += _tell(save_each(plan.together if good else (), good))
    if json:
        print_json([_plain(result) for result in results])
    elif several:
        line = f"{len(good)} of {len(paths)} recognised"
        line += f", {unwritten} outputs not written" if unwritten else ""
        print_line(line, "bold yellow" if failed or unwritten else "bold")
    if failed or unwritten:
        raise typer.Exit(1)


def _tell(outcomes: Iterable[Outcome]) -> int:
    """Say of each output what became of it; return how many were not written."""
    failures = 0
    for path, reason in outcomes:
        if reason:
            failures += 1
            say_error(readable(reason))
        else:
            say(escape(readable(f"written: {path}")))
    return failures


def _plain(result: Recognition | Failed) -> dict[str, object]:
    if isinstance(result, Failed):
        return {"source": readable(result.source), "error": readable(result.reason)}
    return result.to_dict()
