"""`mrpn corpus`: list, read and check, synthesise and compose corpora."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli import download
from mrpn.cli.corpus_report import as_json, show
from mrpn.cli.reading import OptionOption, read_for_check, read_manifest
from mrpn.cli.table import output, print_json, print_line
from mrpn.common.config import apply_changes
from mrpn.common.progress import say
from mrpn.corpora import check_corpus, corpora, read_corpus
from mrpn.corpora.composite import FACES_PER_VOICE
from mrpn.corpora.synthetic import DIFFICULTIES, LatentModel, difficulty, synthesize

app = typer.Typer(
    help="List, download, check, synthesise and compose corpora.",
    epilog="Example: mrpn corpus list",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


app.command("download", help=download.HELP, epilog=download.EXAMPLE)(download.download_corpus)


@app.command("list", epilog="Example: mrpn corpus list")
def list_corpora(json: Json = False) -> None:
    """List the corpora that can be read, with their licences and options."""
    if json:
        rows = [(c.name, c.description, c.licence, [*c.options]) for c in corpora()]
        keys = ("name", "description", "licence", "options")
        print_json([dict(zip(keys, row, strict=True)) for row in rows])
        return
    for entry in corpora():
        print_line(entry.name, "bold")
        output.print(f"  {entry.description}", highlight=False)
        output.print(f"  [dim]licence: {entry.licence}[/]", highlight=False)
        if entry.options:
            output.print(f"  [dim]options: {', '.join(entry.options)}[/]", highlight=False)


@app.command("check", epilog="Example: mrpn corpus check ravdess RAVDESS/")
def check(
    corpus: Annotated[str, typer.Argument(help="A name of 'mrpn corpus list'.")],
    folder: Annotated[Path, typer.Argument(help="The corpus's folder, zip, or table.")],
    option: OptionOption = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Do not open the files: no durations, no comparison.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Save the manifest here as well.")] = None,
    json: Json = False,
) -> None:
    """Read a corpus and say what is there, what is missing, and what is off.

    Counts by class, actor and sex; durations; files that are missing, empty, broken, or Git LFS
    pointers; contents that occur more than once; and what differs from the published counts.

    Ends in code 0 if nothing is missing, broken or off, otherwise in 1, even where what is there
    can be used; contents that occur twice alone are no fault.
    """
    manifest = read_for_check(folder, corpus, option or [])
    found = check_corpus(manifest, thorough=not fast, folder=folder)
    if out is not None:
        read_manifest(folder, corpus, option or []).save(out)
    if json:
        print_json(as_json(manifest, found))
    else:
        show(manifest, found)
    if not found.fine:
        raise typer.Exit(1)


@app.command("synthesize", epilog="Example: mrpn corpus synthesize corpora/drawn --actors 12")
def synthesize_corpus(
    folder: Annotated[Path, typer.Argument(help="Where the clips are written.")],
    level: Annotated[
        str, typer.Option("--difficulty", help=f"One of {', '.join(DIFFICULTIES)}.")
    ] = "default",
    actors: Annotated[int, typer.Option(help="An even number, 2 to 24.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="Same settings and seed, same corpus.")] = 0,
    dependence: Annotated[
        float, typer.Option(help="Of face and voice within a class, -1 to 1.")
    ] = 0.0,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="Another setting: face.fuzzy=0.3")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Throw away a drawn corpus of other settings there.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per core.")] = None,
) -> None:
    """Draw talking faces and synthesise voices into mp4 files under RAVDESS's names."""
    base = {"actors": actors, "seed": seed, "dependence": dependence}
    settings = difficulty(level, **apply_changes(base, changes or []))
    manifest = synthesize(folder, settings, workers=workers, replace=replace)
    best = LatentModel.of(settings).bayes()
    clips, people = len(manifest.records), len(manifest.actors)
    say(escape(f"{clips} clips of {people} actors are in {folder}"))
    say(
        f"best possible accuracy given the cues: face {best.face:.1%}, voice {best.voice:.1%}, "
        f"both {best.both:.1%}"
    )


@app.command(
    "compose", epilog="Example: mrpn corpus compose RAVDESS/ FER2013/ --out composite.json"
)
def compose(
    voices: Annotated[Path, typer.Argument(help="RAVDESS's speech recordings.")],
    faces: Annotated[Path, typer.Argument(help="FER2013, unpacked or with fer2013.csv.")],
    out: Annotated[Path, typer.Option(help="The manifest to write (.json or .parquet).")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed deals other faces.")] = 0,
    faces_per_voice: Annotated[int, typer.Option(min=1, help="In training.")] = FACES_PER_VOICE,
) -> None:
    """Pair real voices with real faces by class; a corpus of its own, not RAVDESS."""
    manifest = read_corpus(
        "composite-ravdess-fer2013",
        voices,
        faces=faces,
        seed=seed,
        faces_per_voice=faces_per_voice,
    )
    manifest.save(out)
    say(escape(f"{len(manifest.records)} clips of {manifest.name} are listed in {out}"))
    for note in manifest.notes:
        say(f"  {escape(note)}")
