"""The terminal's table shows each strategy once, and no name is read as markup."""

import io

import pandas as pd
from rich.console import Console

from mrpn.evaluation import summary_table


def shown(predictions: pd.DataFrame) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(summary_table(predictions))
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_summary_shows_scores_and_what_they_rest_on(study: pd.DataFrame) -> None:
    text = shown(study)
    assert "N2, MRPN" in text
    assert "62.5" in text
    assert "8 clips, 2 actors, 2 folds; 95 %: Wilson over clips" in " ".join(text.split())


def test_a_name_that_looks_like_markup_is_shown_as_it_is(study: pd.DataFrame) -> None:
    assert "[red]x[/]" in shown(study.replace({"strategy": {"n2": "[red]x[/]"}}))
