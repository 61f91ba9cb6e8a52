"""The command line's verbs, each thinly in a file of its own."""

from typing import Annotated

import typer

from mrpn import __version__
from mrpn.cli import (
    corpus,
    crossval,
    demo,
    doctor,
    evaluate,
    export,
    faces,
    predict,
    prepare,
    pretrain,
    report,
    train,
    watch,
    weights,
)
from mrpn.common.progress import set_quiet

app = typer.Typer(
    name="mrpn",
    help="Recognise emotion from face and voice together, and study how the two are fused.",
    epilog="Start with: mrpn demo",
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo", help=demo.HELP, epilog=demo.EXAMPLE)(demo.demo)
app.add_typer(corpus.app, name="corpus")
app.command("prepare", help=prepare.HELP, epilog=prepare.EXAMPLE)(prepare.prepare_corpus)
app.command("train", help=train.HELP, epilog=train.EXAMPLE)(train.train)
app.command("crossval", help=crossval.HELP, epilog=crossval.EXAMPLE)(crossval.crossval)
app.command("faces", help=faces.HELP, epilog=faces.EXAMPLE)(faces.faces)
app.add_typer(pretrain.app, name="pretrain")
app.add_typer(weights.app, name="weights")
app.command("evaluate", help=evaluate.HELP, epilog=evaluate.EXAMPLE)(evaluate.evaluate)
app.command("report", help=report.HELP, epilog=report.EXAMPLE)(report.report)
app.command("predict", help=predict.HELP, epilog=predict.EXAMPLE)(predict.predict)
app.command("export", help=export.HELP, epilog=export.EXAMPLE)(export.export)
app.command("doctor", help=doctor.HELP, epilog=doctor.EXAMPLE)(doctor.doctor)
app.command("watch", help=watch.HELP, epilog=watch.EXAMPLE)(watch.watch)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mrpn {__version__}")
        raise typer.Exit


@app.callback()
def options(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no advice.")] = False,
    version: Annotated[  # noqa: ARG001 (its callback does the work)
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say which version."),
    ] = False,
) -> None:
    """Options of every command."""
    if quiet:
        set_quiet(True)
