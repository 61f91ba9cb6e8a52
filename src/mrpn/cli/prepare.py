"""`mrpn prepare`: faces and waves of a corpus, found once and kept ready."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.reading import CorpusOption, OptionOption, read_manifest
from mrpn.cli.table import print_json, print_line
from mrpn.common.config import apply_changes, load_settings, validate
from mrpn.common.errors import CorpusError
from mrpn.common.progress import say
from mrpn.media import ClipSettings
from mrpn.preparation import CropFormat, Estimate, estimate, prepare
from mrpn.training import Recipe

HELP = "Find and crop the faces of a corpus, resample its sound, keep both ready for training."
EXAMPLE = (
    "Example: mrpn prepare RAVDESS/ --corpus ravdess --recipe recipes/ravdess-voice.yaml "
    "--out prepared/ravdess-voice"
)


def prepare_corpus(
    source: Annotated[Path, typer.Argument(help="The corpus's folder, or a manifest file.")],
    out: Annotated[Path, typer.Option(help="Folder of the prepared corpus.")],
    recipe: Annotated[
        Path | None,
        typer.Option(help="The recipe that will be trained: it says how clips are read."),
    ] = None,
    corpus: CorpusOption = None,
    option: OptionOption = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Change a setting of the recipe; without one, of the clips: size=96."
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per core.")] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Keep crops as they are, ten times as large as JPEGs.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how long it will take, and what room.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Prepare a corpus; see HELP."""
    if recipe is None:
        settings = validate(ClipSettings, apply_changes({}, changes or []), "--set")
    else:
        settings = load_settings(Recipe, recipe, changes or []).preprocessing.clip
    manifest = read_manifest(source, corpus, option or [])
    form: CropFormat = "raw" if raw else "jpeg"
    if dry_run:
        _say_estimate(estimate(manifest, out, settings, workers, form=form), json)
        return
    prepared = prepare(manifest, out, settings, workers, form=form)
    summary = prepared.summary()
    if json:
        print_json(summary)
        return
    ready = f"{summary['usable']} of {summary['clips']} clips of {prepared.name} are ready in {out}"
    say(escape(f"{ready} ({_bytes(summary['bytes'])})"))
    for problem, count in summary["problems"].items():
        say(f"  {count} x {escape(problem)}")


def _say_estimate(found: Estimate, json: bool) -> None:
    if json:
        print_json(asdict(found))
        return
    print_line(f"{found.sources} files to read, {found.ready} of them ready")
    if found.broken:
        print_line(f"{found.broken} are missing or no media; they will be recorded as such")
    print_line(f"{timedelta(seconds=round(found.media_seconds))} of film and sound are left")
    print_line(f"about {timedelta(seconds=round(found.seconds))} of time")
    print_line(f"about {_bytes(found.disk)} of disk, {_bytes(found.free)} are free")
    if found.disk > found.free:
        raise CorpusError(f"not enough room: {_bytes(found.disk - found.free)} more are needed")


def _bytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
