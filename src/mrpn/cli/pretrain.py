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
from mrpn.training import Recipe
from mrpn.training.faces import epoch_line, prepare_faces, train_faces
from mrpn.training.faces_report import report_faces
from mrpn.training.faces_scores import CLASS_COLUMNS, FacesReport
from mrpn.training.run import WEIGHTS
from mrpn.training.speakers import SpeakerRecipe, read_result, train_speakers, voices_only

app = typer.Typer(
    help="Train the encoders that recognition of emotion starts from.",
    epilog="Example: mrpn pretrain face FER2013/ --recipe recipes/fer2013-small.yaml "
    "--out runs/faces",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
ChangesOption = Annotated[
    list[str] | None, typer.Option("--set", help="Change a setting: optimisation.epochs=4")
]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, help="Processes that read; one per core.")
]
OutOption = Annotated[Path, typer.Option(help="Folder for the prepared corpus and the run.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command(
    "face",
    epilog="Example: mrpn pretrain face FER2013/ --recipe recipes/fer2013-small.yaml "
    "--out runs/faces",
)
def face(
    source: Annotated[Path, typer.Argument(help="The corpus's folder, or a manifest file.")],
    recipe: Annotated[Path, typer.Option(help="The recipe of the face network, a YAML file.")],
    out: OutOption,
    corpus: CorpusOption = "fer2013",
    option: OptionOption = None,
    changes: ChangesOption = None,
    alike: Annotated[
        bool,
        typer.Option("--alike", help="Drop photographs that occur again in other pixels as well."),
    ] = False,
    workers: WorkersOption = None,
    json: JsonOption = False,
) -> None:
    """Train a face encoder on pictures of single faces, and report on the untouched test part.

    Training faces that occur again in another part are dropped. The weights start the face branch
    of a recipe by --initial video=FILE. A killed run goes on from its last epoch.
    """
    settings = load_settings(Recipe, recipe, changes or [])
    manifest = read_manifest(source, None if source.suffix == ".json" else corpus, option or [])
    prepared = prepare_faces(manifest, settings, out / "prepared", workers, alike=alike)
    epochs = settings.optimisation.epochs
    folder = train_faces(
        settings, prepared, out / "runs", report=lambda row: say(epoch_line(row, epochs))
    )
    found = report_faces(folder, manifest, out / "report")
    if json:
        print_json(found.model_dump(mode="json"))
        return
    show_faces(found)
    print_line(out / "report")
    print_line(folder / WEIGHTS)
    say(escape(f"start from it with: mrpn train RECIPE --initial video={folder / WEIGHTS} ..."))


def show_faces(found: FacesReport) -> None:
    """Print the report of a face encoder."""
    for line in found.headlines:
        print_line(line)
    print_table(CLASS_COLUMNS, found.class_rows)
    print_line("each row is a true class, the columns say what it was named, in %", "dim")
    print_table(("true", *(name[:9] for name in found.names)), found.confusion_rows)


@app.command(
    "voice",
    epilog="Example: mrpn pretrain voice LibriSpeech/ --corpus librispeech "
    "--recipe recipes/speakers-small.yaml --out runs/speakers",
)
def voice(
    source: Annotated[Path, typer.Argument(help="The corpus's folder, or a manifest file.")],
    recipe: Annotated[Path, typer.Option(help="The recipe of speaker recognition, a YAML file.")],
    out: OutOption,
    corpus: CorpusOption = None,
    option: OptionOption = None,
    changes: ChangesOption = None,
    workers: WorkersOption = None,
    json: JsonOption = False,
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
