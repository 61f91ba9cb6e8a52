"""What is printed: whole paths on any width, plain JSON, and no complaint about a closed pipe."""

import json
import os
from contextlib import redirect_stdout

import pytest
import typer
from rich.console import Console

from mrpn.cli import table
from mrpn.cli.table import print_json, print_line, print_table


def test_a_line_is_printed_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    line = "a [red]path[/red] of many words / [/] / " + "x" * 60
    print_line(line, "bold")
    assert capsys.readouterr().out == line + "\n"


def test_json_is_neither_wrapped_nor_taken_for_markup(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    value = {"[bold]": [1, "ü" * 50, None], "b": {":smile:": "[/]"}}
    print_json(value)
    text = capsys.readouterr().out
    assert json.loads(text) == value
    assert "ü" * 50 in text


def test_no_cell_of_a_table_is_cut_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Set outright: a console keeps the COLUMNS that it found when it was made.
    monkeypatch.setattr(table, "output", Console(width=40))
    print_table(("class", "clips"), [("[x]" + "y" * 60, 3), ("sad", 12)])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 40
    assert out.count("y") == 60
    assert "[x]" in out
    assert "│     3 │" in out


def test_a_reader_that_has_gone_ends_the_command_without_complaint() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as gone, redirect_stdout(gone), pytest.raises(typer.Exit) as end:
        print_line("nobody reads this")
    assert end.value.exit_code == 0
