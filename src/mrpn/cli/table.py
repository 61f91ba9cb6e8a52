"""Printing results: tables for people, JSON for programs."""

import json
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

output = Console()


def print_json(value: Any) -> None:
    """Print a value as JSON on the output stream."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(columns: Iterable[str], rows: Iterable[Iterable[object]], title: str = "") -> None:
    """Print rows under columns; numbers go to the right."""
    cells = [list(row) for row in rows]
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float) for row in cells)
        table.add_column(column, justify="right" if numeric else "left")
    for row in cells:
        table.add_row(*(str(cell) for cell in row))
    output.print(table)
