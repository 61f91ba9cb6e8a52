"""On which clips weights were trained and measured, told so that anyone who has them can check."""

from typing import Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from mrpn.common.config import Settings
from mrpn.common.words import few

Metric = Literal["accuracy", "equal error rate"]
Interval = Literal["Wilson over clips", "t over actors", "bootstrap over actors"]


class Material(Settings):
    """Some clips of a corpus: who is in them, and a digest of all that is seen and heard.

    The digest commits to the very contents without listing them: whoever has the corpus can
    compute it again, and then compare the contents of two parts one by one.

    Args:
        corpus: name of the corpus.
        part: what the clips were for: training, selecting the model ("validation"), or the test.
        clips: how many the corpus has there, readable or not.
        actors: ids of the people in them, where the part is made up of people; else it is the
            corpus's own part of that name.
        contents: different pictures and sounds among them, by content; 0 if nobody compared them.
        digest: sha256 over their sorted hashes; empty with `contents` 0.
        through: the weights that were started from, for clips that only those were trained on.
        apart_from: other people, recordings of whom under these actors' names are not among the
            clips; by content, whatever they are called.
    """

    corpus: str = Field(min_length=1)
    part: Literal["train", "validation", "test"]
    clips: int = Field(ge=1)
    actors: tuple[str, ...] = ()
    contents: int = Field(0, ge=0)
    digest: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    through: str = ""
    apart_from: tuple[str, ...] = ()

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `apart_from` out where it is empty: files are as they were before it was there."""
        values: dict[str, Any] = handler(self)
        if not self.apart_from:
            values.pop("apart_from", None)
        return values

    @model_validator(mode="after")
    def _hashed_or_not(self) -> Self:
        if (self.contents > 0) != bool(self.digest):
            raise ValueError("contents and their digest go together")
        return self

    def describe(self) -> str:
        """Return in words which clips these are."""
        if not self.actors:
            return f"{self.corpus}, its {self.part} part"
        return f"{self.corpus}, actors {few(self.actors)}"


class Plan(Settings):
    """What is to be measured on which clips, and how they are shown to the network.

    Args:
        on: the clips.
        metric: what is measured; lower is better for the equal error rate (of speakers).
        only: ids of the clips, where not all that can be read are scored.
        seconds: how much of a sound is heard for the equal error rate; None for all.
        views, jitter, seed: how a single picture becomes a clip, as in a recipe's `stills`.
        relabelled: classes of the corpus that count as others.
    """

    on: Material
    metric: Metric = "accuracy"
    only: tuple[str, ...] = ()
    seconds: float | None = Field(None, gt=0)
    views: int = Field(1, ge=1)
    jitter: float = Field(0.0, ge=0, le=0.5)
    seed: int = Field(0, ge=0)
    relabelled: dict[str, str] = Field(default_factory=dict)


class Measured(Plan):
    """A value measured by a plan.

    Args:
        clips: how many could be read and were scored.
        value: of the metric, 0..1; with an interval "t over actors" the mean of the actors' own.
        low, high: 95 % interval.
        interval: what it speaks of: other clips of the same people, or other people.
        uar: unweighted average recall, 0..1, beside an accuracy.
        ece: expected calibration error, 0..1, beside an accuracy.
    """

    clips: int = Field(ge=1)
    value: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    interval: Interval
    uar: float | None = Field(None, ge=0, le=1)
    ece: float | None = Field(None, ge=0, le=1)

    def describe(self) -> str:
        """Return the value with its interval, in per cent, and what both are of."""
        value, low, high = (100 * each for each in (self.value, self.low, self.high))
        mean = ", mean of the actors' own" if self.interval == "t over actors" else ""
        return f"{value:.1f} %{mean} (95 % interval {low:.1f} to {high:.1f}, {self.interval})"
