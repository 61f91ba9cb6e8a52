"""What a face encoder reaches on its test part, as numbers and in words."""

from collections.abc import Iterable

from mrpn.common.config import Settings
from mrpn.evaluation.markdown import table
from mrpn.evaluation.views import Cell, View

CLASS_COLUMNS = ("class", "faces", "recall %", "without repeated %")


class Scores(Settings):
    """What is reached on some faces; shares are 0..1, the interval 95 % (Wilson over faces)."""

    faces: int
    accuracy: float
    low: float
    high: float
    uar: float
    ece: float

    def describe(self) -> str:
        """Return the accuracy with its interval and what stands beside it, in per cent."""
        value, low, high = (100 * each for each in (self.accuracy, self.low, self.high))
        return (
            f"{value:.1f} % (95 % interval {low:.1f} to {high:.1f}) of {self.faces} faces; "
            f"macro recall {100 * self.uar:.1f} %; calibration error {100 * self.ece:.1f} points"
        )


class ClassScore(Settings):
    """One class: how many faces of the test, the share found, and that without repeated faces."""

    name: str
    faces: int
    recall: float | None
    unseen_recall: float | None


class FacesReport(Settings):
    """All that is reported of a face encoder on the test part of its corpus.

    Args:
        whole: on all of the test, as published numbers are.
        unseen: on what of it the training part never held.
        repeated: how many faces of the test the training part as published holds too; the network
            was trained without them.
        classes: by class.
        confusion: counts [true class, named class], in the order of `classes`.
        run: what made it: digests, seed, machine.
    """

    whole: Scores
    unseen: Scores | None
    repeated: int
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    run: dict[str, object]

    @property
    def names(self) -> tuple[str, ...]:
        """The classes' names, in the order of the table."""
        return tuple(each.name for each in self.classes)

    @property
    def headlines(self) -> tuple[str, ...]:
        """What is reached on the whole test part, and on what of it was never in the training."""
        whole = f"Accuracy {self.whole.describe()}."
        if not self.repeated:
            return whole, "No face of the test occurs in the training part."
        without = "none is left" if self.unseen is None else self.unseen.describe()
        return whole, (
            f"Without the {self.repeated} faces that the training part held as well, until they "
            f"were dropped from it: {without}."
        )

    @property
    def class_rows(self) -> list[tuple[str | float, ...]]:
        """One row per class: name, faces, recall and that without repeated faces in per cent."""
        return [
            (each.name, each.faces, _share(each.recall), _share(each.unseen_recall))
            for each in self.classes
        ]

    @property
    def confusion_rows(self) -> list[tuple[str | float, ...]]:
        """The confusion matrix row by row: the true class, then per cent by named class."""
        return [
            (name, *(round(100 * n / max(1, sum(counts))) for n in counts))
            for name, counts in zip(self.names, self.confusion, strict=True)
        ]

    def to_markdown(self) -> str:
        """Return the report as a page; the pictures lie beside it."""
        parts = [
            f"# Faces of {self.run['corpus']}, test part",
            *self.headlines,
            _table(CLASS_COLUMNS, self.class_rows),
            "Each row is a true class, the columns say what it was named, in per cent:",
            _table(("true", *self.names), self.confusion_rows),
            "![confusion](confusion.png) ![calibration](reliability.png) ![learning](learning.png)",
        ]
        return "\n\n".join(parts) + "\n"


def _share(value: float | None) -> str | float:
    return "-" if value is None else round(100 * value, 1)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str | float, ...]]) -> str:
    cells = tuple(tuple(Cell(str(value)) for value in row) for row in rows)
    return table(View(columns, cells, labels=1))
