"""`mrpn predict`: what a trained network recognises in media files."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.result import show
from mrpn.cli.table import print_json, print_line
from mrpn.common.errors import ConfigError, MrpnError
from mrpn.common.progress import say, say_error, track
from mrpn.recognition import Failed, Recognition, Windows
from mrpn.recognition.choosing import default_weights
from mrpn.recognition.files import media_files
from mrpn.recognition.many import recognise_all
from mrpn.recognition.saving import check_suffix, save

HELP = "Recognise emotion in videos, sounds and pictures: a timeline per face."
EXAMPLE = "Example: mrpn predict clip.mp4 --out timeline.csv --out annotated.mp4"
NAME = "{name}"

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
            "'{name}.srt' writes one per file."
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
    jobs: Annotated[int, typer.Option(min=1, help="Files at a time, in processes.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
) -> None:
    """Recognise recordings; see HELP."""
    paths = media_files(files)
    outputs = out or []
    for each in outputs:
        check_suffix(each, 1 if _per_file(each) else len(paths))
    _check_names(outputs, paths)
    options = {
        "windows": Windows.of(window, step),
        "coverage": coverage,
        "sure": sure,
    }
    found = recognise_all(paths, weights or default_weights(), options, jobs)
    results: list[Recognition | Failed] = []
    failed = unwritten = 0
    several = len(paths) > 1
    for result in track(found, "Recognising", len(paths)) if several else found:
        results.append(result)
        if isinstance(result, Failed):
            failed += 1
            say_error(result.reason)
            continue
        if not json:
            show(result)
        unwritten += _write_each(outputs, result)
    good = [result for result in results if isinstance(result, Recognition)]
    unwritten += _write_all(outputs, good)
    if json:
        print_json([_plain(result) for result in results])
    elif several:
        line = f"{len(good)} of {len(paths)} recognised"
        line += f", {unwritten} outputs not written" if unwritten else ""
        print_line(line, "bold yellow" if failed or unwritten else "bold")
    if failed or unwritten:
        raise typer.Exit(1)


def _check_names(outputs: list[Path], paths: list[Path]) -> None:
    stems = [path.stem for path in paths]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice is not None and any(map(_per_file, outputs)):
        raise ConfigError(f"two files are called '{twice}': '{NAME}' cannot tell them apart")
    given = {path.resolve() for path in paths}
    for out in outputs:
        for path in [_named(out, path) for path in paths] if _per_file(out) else [out]:
            if path.resolve() in given:
                raise ConfigError(f"{path}: is a recording itself, give --out another name")


def _per_file(out: Path) -> bool:
    return NAME in str(out)


def _named(out: Path, source: Path) -> Path:
    return Path(str(out).replace(NAME, source.stem))


def _write_each(outputs: list[Path], result: Recognition) -> int:
    source = Path(result.source)
    return sum(_written(_named(out, source), [result]) for out in outputs if _per_file(out))


def _write_all(outputs: list[Path], results: list[Recognition]) -> int:
    if not results:
        return 0
    return sum(_written(path, results) for path in outputs if not _per_file(path))


def _written(path: Path, results: list[Recognition]) -> int:
    """Write results; return the number of failures, 0 or 1."""
    try:
        save(path, results)
    except MrpnError as error:
        say_error(str(error))
        return 1
    except OSError as error:
        say_error(f"{path}: cannot be written: {error.strerror or error}")
        return 1
    say(escape(f"written: {path}"))
    return 0


def _plain(result: Recognition | Failed) -> dict[str, object]:
    if isinstance(result, Failed):
        return {"source": result.source, "error": result.reason}
    return result.to_dict()
