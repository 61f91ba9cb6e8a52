"""Studies: the rows of a table, each a strategy and what sets its recipe apart, read from YAML."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from mrpn.common.config import Settings, load_settings
from mrpn.corpora.folds import Protocol
from mrpn.training.recipe import Modality

PRODUCT = "product"
# What a row may say of where an encoder starts, besides weights.
NOTHING, GIVEN = "none", "given"


class CorpusChoice(Settings):
    """Which corpus a study is about.

    Args:
        reader: a name of `mrpn corpus list`.
        options: of that reader.
        title: the corpus in plain words, for the report.
    """

    reader: str
    options: dict[str, Any] = Field(default_factory=dict)
    title: str = ""


class Row(Settings):
    """One row of the table.

    Args:
        row: its label.
        strategy: what is trained: am, vm, late, n0, n1, n2, or only-MODALITY; or "product", the
            posteriors of the networks of each modality alone, multiplied.
        set: settings of the recipe laid over the study's own, by dotted name.
        initial: where encoders start, by modality: weights, by name or path, unless --initial names
            others; "given", those that --initial names, without which the row is refused; "none",
            random values, whatever --initial and the recipe say.
        group: rows of one group are compared like with like.
        published: the row of the published table, where it has another label, or "table1/AM (T)".
        meaning: one phrase for a stranger.
    """

    row: str = Field(min_length=1)
    strategy: str
    set: dict[str, Any] = Field(default_factory=dict)
    initial: dict[Modality, str] = Field(default_factory=dict)
    group: str = ""
    published: str | None = None
    meaning: str = ""


class Pictured(Settings):
    """Of which rows and folds the features are drawn (figure 4); the first seed's runs are taken.

    Args:
        rows: labels of rows.
        folds: names of folds.
    """

    rows: tuple[str, ...] = ()
    folds: tuple[str, ...] = ()


class Study(Settings):
    """Rows trained over all folds, under each protocol, with each seed.

    Args:
        name: also of the folder of its results.
        title, description, question: for the report.
        corpus: the corpus; the command line may name another reader.
        published: "table1" ... "table4" of the paper, to be shown beside it.
        recipe: the recipe that all rows share, a path relative to the study's file.
        sizes: other sizes of it by name, files of settings, relative to the study's file.
        detector: the face detector that is asked for where it is installed; null takes the
            recipe's.
        detecting: settings of the recipe that go with that detector, by dotted name.
        protocols: "strict", "paper", or both.
        seeds: each trains every row on every fold.
        folds: by name; none named takes all of the corpus.
        rows: in the order shown and trained.
        comparisons: (row, against row); none named leaves it to the report.
        features: what figure 4 shows.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    description: str = ""
    question: str = ""
    corpus: CorpusChoice
    published: str | None = None
    recipe: str
    sizes: dict[str, str] = Field(default_factory=dict)
    detector: str | None = None
    detecting: dict[str, Any] = Field(default_factory=dict)
    protocols: tuple[Protocol, ...] = Field(("strict",), min_length=1)
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field((0,), min_length=1)
    folds: tuple[str, ...] = ()
    rows: tuple[Row, ...] = Field(min_length=1)
    comparisons: tuple[tuple[str, str], ...] = ()
    features: Pictured = Pictured()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        labels = [row.row for row in self.rows]
        lists = {
            "rows": labels,
            "seeds": self.seeds,
            "protocols": self.protocols,
            "folds": self.folds,
        }
        for name, values in lists.items():
            if len(set(values)) < len(values):
                raise ValueError(f"{name}: name each once")
        for label in (*self.features.rows, *(row for pair in self.comparisons for row in pair)):
            if label not in labels:
                raise ValueError(f"there is no row '{label}', only {', '.join(labels)}")
        if self.detecting and self.detector is None:
            raise ValueError("detecting: goes with a detector, and none is named")
        return self


def load_study(path: Path) -> Study:
    """Read a study; raises ConfigError with one line on what is wrong with it."""
    return load_settings(Study, path)
