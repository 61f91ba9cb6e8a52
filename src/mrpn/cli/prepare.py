"""`mrpn prepare`: faces and waves of a corpus, found once and kept ready."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.reading import CorpusOption, OptionOption, read_manifest
from mrpn.cli.table import print_json
from mrpn.common.config import load_settings
from mrpn.common.progress import say
from mrpn.preparation import prepare
from mrpn.training import Recipe

HELP = "Find and crop the faces of a corpus, resample its sound, keep both ready for training."
EXAMPLE = (
    "Example: mrpn prepare RAVDESS/ --corpus ravdess --recipe recipes/ravdess-voice.yaml "
    "--out prepared/ravdess-voice"
)


def prepare_corpus(
    source: Annotated[Path, typer.Argument(help="The corpus's folder, or a manifest file.")],
    recipe: Annotated[
        Path, typer.Option(help="The recipe that will be trained: it says how clips are read.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the prepared corpus.")],
    corpus: CorpusOption = None,
    option: OptionOption = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="Change a setting of the recipe.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per core.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Prepare a corpus; see HELP."""
    settings = load_settings(Recipe, recipe, changes or []).preprocessing.clip
    prepared = prepare(read_manifest(source, corpus, option or []), out, settings, workers)
    summary = prepared.summary()
    if json:
        print_json(summary)
        return
    ready = f"{summary['usable']} of {summary['clips']} clips of {prepared.name} are ready in {out}"
    say(escape(ready))
    for problem, count in summary["problems"].items():
        say(f"  {count} x {escape(problem)}")
