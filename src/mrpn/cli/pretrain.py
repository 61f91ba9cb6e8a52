"""`mrpn pretrain`: encoders from corpora that know no emotion, or faces alone."""

import math
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from mrpn.cli.reading import CorpusOption, OptionOption, read_manifest
from mrpn.cli.table import print_json, print_line, print_table
from mrpn.common.config import load_settings
from mrpn.common.progress import say
from mrpn.preparation import prepare
from mrpn.training.run import WEIGHTS
from mrpn.training.speakers import SpeakerRecipe, read_result, train_speakers, voices_only

app = typer.Typer(
    help="Train the encoders that recognition of emotion starts from.",
    epilog="Example: mrpn pretrain voice LibriSpeech/ --corpus librispeech "
    "--recipe recipes/speakers-small.yaml --out runs/speakers",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command(
    "voice",
    epilog="Example: mrpn pretrain voice LibriSpeech/ --corpus librispeech "
    "--recipe recipes/speakers-small.yaml --out runs/speakers",
)
def voice(
    source: Annotated[Path, typer.Argument(help="The corpus's folder, or a manifest file.")],
    recipe: Annotated[Path, typer.Option(help="The recipe of speaker recognition, a YAML file.")],
    out: Annotated[Path, typer.Option(help="Folder for the prepared corpus and the run.")],
    corpus: CorpusOption = None,
    option: OptionOption = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="Change a setting: optimisation.epochs=4")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that read; one per core.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Train a voice encoder to tell speakers apart, and verify it on speakers it never met.

    The weights start the voice branch of a recipe by --initial audio=FILE. A killed run goes on
    from its last epoch.
    """
    settings = load_settings(SpeakerRecipe, recipe, changes or [])
    manifest = voices_only(read_manifest(source, corpus, option or []))
    prepared = prepare(manifest, out / "prepared", settings.preprocessing.clip, workers)
    folder = train_speakers(settings, prepared, out / "run", report=progress(settings))
    result = read_result(folder)
    if json:
        print_json(result)
        return
    print_table(
        ("network", "EER %", "95 % interval", "minDCF", "same", "different"),
        [(name, *_shown(found)) for name, found in result["verification"].items()],
    )
    print_line(folder / WEIGHTS)
    say(escape(f"start from it with: mrpn train RECIPE --initial audio={folder / WEIGHTS} ..."))


def progress(settings: SpeakerRecipe) -> Any:
    """Return what says one line for every epoch's row of the learning curve."""

    def report(row: dict[str, Any]) -> None:
        error = row["validation_loss"]
        held_out = "" if math.isnan(error) else f"  held-out EER {100 * error:5.1f} %"
        say(
            f"  epoch {row['epoch']:>3}/{settings.optimisation.epochs}"
            f"  loss {row['train_loss']:.3f}  speakers {100 * row['train_accuracy']:5.1f} %"
            f"{held_out}  {row['seconds']:5.1f} s"
        )

    return report


def _shown(found: dict[str, Any]) -> tuple[object, ...]:
    interval = f"{100 * found['eer_low']:.1f} to {100 * found['eer_high']:.1f}"
    counts = found["target_trials"], found["other_trials"]
    return round(100 * found["eer"], 2), interval, round(found["min_dcf"], 3), *counts
