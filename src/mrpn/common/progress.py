"""Progress bars on long work, silent where the terminal or the user wants none."""

import os
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

T = TypeVar("T")

console = Console(stderr=True)


def quiet() -> bool:
    """Whether the user asked for silence (`--quiet`, or MRPN_QUIET=1 in the environment)."""
    return os.environ.get("MRPN_QUIET", "") not in ("", "0")


def set_quiet(value: bool) -> None:
    """Switch progress and messages off or on, for this process and those it starts."""
    os.environ["MRPN_QUIET"] = "1" if value else "0"


def say(message: str) -> None:
    """Print a line of progress on the error stream unless quiet; the output stream stays clean."""
    if not quiet():
        console.print(message, highlight=False, soft_wrap=True)


def say_error(message: str) -> None:
    """Print one line that says what went wrong, on the error stream, quiet or not."""
    line = " ".join(message.split())
    console.print("[bold red]error:[/]", escape(line), highlight=False, soft_wrap=True)


def track(items: Iterable[T], description: str, total: int | None = None) -> Iterator[T]:
    """Iterate over `items` under one progress bar; shown on a terminal only."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    hidden = quiet() or not console.is_terminal
    with Progress(*columns, console=console, disable=hidden) as progress:
        yield from progress.track(items, description=description, total=total)
