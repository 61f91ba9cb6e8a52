"""One progress bar over all bytes of a download."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from mrpn.common.progress import console, quiet


@contextmanager
def byte_bar(total: int, description: str) -> Iterator[Callable[[int], None]]:
    """Show a bar over `total` bytes, and yield what moves it; shown on a terminal only."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    hidden = quiet() or not console.is_terminal
    with Progress(*columns, console=console, disable=hidden) as progress:
        task = progress.add_task(description, total=total)
        yield lambda moved: progress.advance(task, moved)
