"""Printing results: tables for people, JSON for programs."""

import json
import os
import sys
from collections.abc import Iterable
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table


class _Output(Console):
    def on_broken_pipe(self) -> None:
        """End without complaint: whoever read has had enough, as in `mrpn ... | head`."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit


output = _Output()


def print_json(value: Any) -> None:
    """Print a value as JSON on the output stream."""
    output.out(json.dumps(value, indent=2, ensure_ascii=False), highlight=False)


def print_line(text: object, style: str = "") -> None:
    """Print one line as it is, however narrow the terminal: a path can be copied whole."""
    output.print(escape(str(text)), style=style, soft_wrap=True, highlight=False)


def print_table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print rows under columns; numbers go to the right."""
    cells = [list(row) for row in rows]
    table = Table(header_style="bold")
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float) for row in cells)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in cells:
        table.add_row(*(escape(str(cell)) for cell in row))
    output.print(table)
