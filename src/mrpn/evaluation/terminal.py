"""The scores as a table for the terminal."""

import pandas as pd
from rich.table import Table
from rich.text import Text

from mrpn.evaluation.strategies import name_of
from mrpn.evaluation.summary import score_table
from mrpn.evaluation.views import count_of, percent


def summary_table(predictions: pd.DataFrame) -> Table:
    """Return the strategies' scores as a table for the terminal, the best accuracy in bold."""
    scores = score_table(predictions)
    first = scores.iloc[0]
    clips, actors = int(scores["clips"].max()), int(scores["actors"].max())
    tested = [
        count_of(clips, "clip"),
        count_of(actors, "actor"),
        count_of(int(first["folds"]), "fold"),
    ]
    over = " or ".join(sorted(set(scores["over"])))
    table = Table(caption=f"{', '.join(tested)}; 95 %: {over}")
    table.add_column("Strategy")
    for name in ("Accuracy %", "95 % interval", "UAR %", "Macro F1 %"):
        table.add_column(name, justify="right")
    best = scores["accuracy"].max()
    for row in scores.to_dict("records"):
        table.add_row(
            Text(name_of(row["strategy"])),
            percent(row["accuracy"]),
            f"{percent(row['low'])} to {percent(row['high'])}",
            percent(row["uar"]),
            percent(row["macro_f1"]),
            style="bold" if row["accuracy"] == best else None,
        )
    return table
