"""What a study's report is computed from: one predictions table, and what the study is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from mrpn.evaluation.predictions import check_predictions
from mrpn.evaluation.study.selection import Selection
from mrpn.evaluation.tables import TableError, as_text, require_columns
from mrpn.evaluation.views import Picture

PROTOCOLS = ("paper", "strict")


@dataclass(frozen=True)
class StudyRow:
    """One row of a study: a network with its options, over all folds and seeds.

    Attributes:
        row: its label, as in the predictions' column `row`.
        strategy: "am", "vm", "product", "late", "n0", "n1", "n2", or any other.
        group: rows of one group are compared like with like ("T", "NT").
        published: label of the row of the published table that it stands beside, or
            "table1/AM (T)" for one of another table; None for that of the same label, if any.
        meaning: one phrase for a stranger.
    """

    row: str
    strategy: str
    group: str = ""
    published: str | None = None
    meaning: str = ""


@dataclass(frozen=True)
class StudyInputs:
    """What the report of a study is computed from.

    Attributes:
        name: short name, as of its folder ("table2").
        title: the report's name.
        question: what was asked, in a sentence or two.
        rows: in the order shown.
        predictions: columns of `check_predictions`, and `row` and `protocol` ("paper", "strict").
        published: the published table beside which it stands, "table1" to "table4", or None.
        corpus: the corpus's name; for table 4 one of its columns.
        folds: planned folds in their order; those without predictions are said to be missing.
        seeds: planned seeds.
        protocols: planned protocols; one of which nothing is there is said to be missing.
        comparisons: planned pairs (row, row it is compared with); where empty, those of
            `default_pairs`.
        facts: provenance in the order shown, as of `ReportInputs`.
        commands: how to reproduce it, one command a line.
        warnings: what a reader must know first ("SYNTHETIC CORPUS: ...").
        pictures: further figures, such as those of `mrpn.evaluation.showing`.
        diary: of the rows that kept one, as from `check_diary`, with `row` and `protocol`.
        curves: learning curves, as from `check_history`, with `row` and `protocol`.
        selections: how the networks that are scored were chosen; empty where that is not known.
    """

    name: str
    title: str
    question: str
    rows: Sequence[StudyRow]
    predictions: pd.DataFrame
    published: str | None = None
    corpus: str = ""
    folds: Sequence[str] = ()
    seeds: Sequence[int] = ()
    protocols: Sequence[str] = ()
    comparisons: Sequence[tuple[str, str]] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    commands: Sequence[str] = ()
    warnings: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    diary: pd.DataFrame | None = None
    curves: pd.DataFrame | None = None
    selections: Sequence[Selection] = ()


def check_study_predictions(
    table: pd.DataFrame, source: str = "study's predictions"
) -> pd.DataFrame:
    """Return a study's predictions with their types put right.

    A clip may occur once for each protocol, row, fold and seed.

    Raises:
        TableError: one line on what is wrong with the table.
    """
    require_columns(table, ("row", "protocol"), source)
    if table.empty:
        raise TableError(f"{source}: has no rows")
    result = table.reset_index(drop=True).copy()
    for name in ("row", "protocol"):
        result[name] = as_text(result, name, source)
    if odd := sorted(set(result["protocol"]) - set(PROTOCOLS)):
        raise TableError(f"{source}: the protocol '{odd[0]}' is none of {', '.join(PROTOCOLS)}")
    parts = [
        check_predictions(part, f"{source}, {name}, protocol {protocol}")
        for (protocol, name), part in result.groupby(["protocol", "row"], sort=False)
    ]
    return pd.concat(parts, ignore_index=True)
