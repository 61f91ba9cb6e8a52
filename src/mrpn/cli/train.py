"""`mrpn train`: the strategies of a recipe on folds of a prepared corpus."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.folds import choose
from mrpn.cli.reading import OptionOption, read_manifest, read_starts
from mrpn.cli.table import output
from mrpn.common.config import load_settings
from mrpn.common.errors import ConfigError
from mrpn.common.progress import say
from mrpn.evaluation import summary_table
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, report_inputs, train_recipe

HELP = "Train the strategies of a recipe on folds of a corpus, and score each once."
PREPARED = "prepared"
EXAMPLE = (
    "Example: mrpn train recipes/composite-ravdess-fer2013.yaml --data prepared/composite "
    "--fold A1,2 --strategy n2 --out runs/composite\n\n"
    "Clips of your own: mrpn train recipes/own-clips.yaml --clips clips/ --out runs/mine"
)


def train(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.")],
    out: Annotated[Path, typer.Option(help="Folder for the runs.")],
    data: Annotated[Path | None, typer.Option(help="The prepared corpus.")] = None,
    clips: Annotated[
        Path | None, typer.Option(help="Instead: a corpus, which is prepared in OUT/prepared.")
    ] = None,
    corpus: Annotated[
        str, typer.Option(help="What --clips are, a name of 'mrpn corpus list'.")
    ] = "folder",
    option: OptionOption = None,
    fold: Annotated[
        list[str] | None, typer.Option(help="A fold's name; repeatable. Default: the recipe's.")
    ] = None,
    folds: Annotated[Path | None, typer.Option(help="A file of folds (YAML or JSON).")] = None,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            help="am, vm, late, n0, n1, n2, or only-MODALITY; repeatable. Default: the recipe's."
        ),
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="Change a setting: optimisation.epochs=4")
    ] = None,
    initial: Annotated[
        list[str] | None,
        typer.Option(help="Weights a modality starts from: video=NAME or FILE; repeatable."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Runs at a time. Default: one a core, or one GPU.")
    ] = None,
) -> None:
    """Train a recipe; see HELP."""
    settings = load_settings(Recipe, recipe, changes or [])
    starts = read_starts(initial or [], [*settings.network.branches])
    if clips is not None and data is None:
        manifest = read_manifest(clips, corpus, option or [])
        prepared = prepare(manifest, out / PREPARED, settings.preprocessing.clip)
    elif data is not None and clips is None:
        prepared = PreparedCorpus(data)
    else:
        raise ConfigError("give --clips and a corpus's folder, or --data and a prepared corpus")
    train_recipe(
        settings,
        prepared.folder,
        choose(prepared.manifest, folds, fold or settings.folds, settings.protocol),
        out,
        strategies=strategy,
        jobs=jobs,
        initial={name: Path(place) for name, place in starts.items()},
    )
    found = report_inputs(out)
    output.print(summary_table(found.predictions))
    for warning in found.warnings:
        say(escape(warning))
    say(escape(f"runs are in {out}; 'mrpn report {out}' writes the report"))
