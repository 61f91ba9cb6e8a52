"""The command line: its verbs, and one clear line for every error."""

import errno
import os
import sys
from typing import Annotated

import click
import typer

from mrpn import __version__
from mrpn.cli import corpus, demo, predict, prepare, report, train
from mrpn.common.errors import MrpnError
from mrpn.common.progress import say_error, set_quiet

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
app.command("report", help=report.HELP, epilog=report.EXAMPLE)(report.report)
app.command("predict", help=predict.HELP, epilog=predict.EXAMPLE)(predict.predict)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mrpn {__version__}")
        raise typer.Exit


@app.callback()
def options(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no advice.")] = False,
    version: Annotated[  # noqa: ARG001 (its callback does the work)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    """Options of every command."""
    if quiet:
        set_quiet(True)


def main() -> None:
    """Run the command line; the exit code is 0 for success, 1 for an error, 130 when stopped."""
    try:
        code = app(standalone_mode=False)
    except MrpnError as error:
        _fail(str(error))
    except click.exceptions.Abort:
        _fail("stopped; the same command goes on from here", 130)
    except KeyboardInterrupt:
        _fail("stopped; the same command goes on from here", 130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read the output has gone, as in `mrpn ... | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if os.environ.get("MRPN_DEBUG"):
            raise
        place = f"{error.filename}: " if error.filename else ""
        advice = "; free some space, the same command goes on" if _full(error) else ""
        _fail(f"{place}{error.strerror or error}{advice}")
    else:
        sys.exit(code if isinstance(code, int) else 0)


def _full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _fail(message: str, code: int = 1) -> None:
    if os.environ.get("MRPN_DEBUG") and sys.exc_info()[0] is not None:
        raise  # noqa: PLE0704 (called from an except block)
    say_error(message)
    sys.exit(code)


if __name__ == "__main__":
    main()
