"""The entry point: runs a command, with one clear line for every error."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn, cast

import typer

from mrpn.common.errors import MrpnError
from mrpn.common.progress import say_error

STOPPED = 130
GOES_ON = "stopped; the same command goes on from here"
# Typer does not export the parent of its usage errors, but one of the children.
UsageError = cast(type[typer.BadParameter], typer.BadParameter.__base__)


def main() -> None:
    """Run the command line.

    The exit code is 0 for success, 1 for an error, 2 for a wrong usage, 130 when stopped.
    """
    with answered():
        # Imported here, where a Ctrl-C during these seconds is answered like any other.
        from mrpn.cli.app import app

        code = app(prog_name="mrpn", standalone_mode=False)
        if code == STOPPED:
            raise KeyboardInterrupt
    sys.exit(code if isinstance(code, int) else 0)


@contextmanager
def answered(stopped: str = GOES_ON) -> Iterator[None]:
    """End the process by one line and an exit code, as `main` does, where the block fails.

    Args:
        stopped: what is said of a Ctrl-C.
    """
    try:
        yield
    except UsageError as error:
        _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        _fail(stopped, STOPPED)
    except MrpnError as error:
        _fail(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        advice = "; free some space, the same command goes on" if _full(error) else ""
        _fail(f"{place}{error.strerror or error}{advice}")


def _usage(error: typer.BadParameter) -> NoReturn:
    message = error.format_message().rstrip(".")
    # A group without a verb is such an error too; it has printed its help and says no more.
    if message:
        command = error.ctx.command_path if error.ctx else "mrpn"
        say_error(f"{message}; see '{command} --help'")
    sys.exit(2)


def _full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _fail(message: str, code: int = 1) -> NoReturn:
    if os.environ.get("MRPN_DEBUG") and sys.exc_info()[0] is not None:
        raise  # noqa: PLE0704 (called from an except block)
    say_error(message)
    sys.exit(code)


if __name__ == "__main__":
    main()
