"""Folds as data: lists of actors with a hash, never overlapping."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mrpn.common.errors import CorpusError
from mrpn.common.files import value_digest
from mrpn.corpora.naming import natural_key

Protocol = Literal["strict", "paper"]
LONGEST_NAME = 60


@dataclass(frozen=True)
class Fold:
    """Which actors train, which select the model, and which it is scored on.

    Args:
        name: the fold's name in tables, such as "A1,2".
        train, validation, test: ids of actors.
        protocol: "strict" keeps the three apart; "paper" scores on the validation actors, as
            the published tables do (reconstruction: the paper names no test set apart).

    Raises:
        CorpusError: a part is empty, names an actor twice, or shares actors with another part.
    """

    name: str
    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    protocol: Protocol = "strict"

    def __post_init__(self) -> None:
        if not self.name or self.name.startswith(".") or set(self.name) & set("/\\"):
            raise CorpusError(f"fold '{self.name}': a fold's name is also that of a folder")
        for part in ("train", "validation", "test"):
            given = getattr(self, part)
            if isinstance(given, str):
                raise CorpusError(f"fold '{self.name}': '{part}' is a list of actors, not a text")
            actors = tuple(str(actor) for actor in given)
            if not actors:
                raise CorpusError(f"fold '{self.name}': no actors to {_PURPOSE[part]}")
            if len(set(actors)) < len(actors):
                raise CorpusError(f"fold '{self.name}': an actor is listed twice in '{part}'")
            object.__setattr__(self, part, tuple(sorted(actors, key=natural_key)))
        self._refuse_overlap("train", "validation")
        self._refuse_overlap("train", "test")
        if self.protocol == "strict":
            self._refuse_overlap("validation", "test")
        elif self.protocol != "paper":
            raise CorpusError(
                f"fold '{self.name}': protocol '{self.protocol}' is neither strict nor paper"
            )
        elif self.validation != self.test:
            raise CorpusError(
                f"fold '{self.name}': under the paper's protocol the validation and the test "
                "actors are the same"
            )

    @property
    def actors(self) -> tuple[str, ...]:
        """All actors of the fold, in natural order."""
        return tuple(sorted({*self.train, *self.validation, *self.test}, key=natural_key))

    @property
    def digest(self) -> str:
        """Hash of the actor lists and the protocol; the name does not enter."""
        return value_digest([self.protocol, self.train, self.validation, self.test])

    def _refuse_overlap(self, one: str, other: str) -> None:
        if shared := set(getattr(self, one)) & set(getattr(self, other)):
            listed = ", ".join(sorted(shared, key=natural_key))
            raise CorpusError(
                f"fold '{self.name}': actors {listed} are both in '{one}' and in '{other}'; "
                "take them out of one"
            )


_PURPOSE = {"train": "train on", "validation": "select the model by", "test": "score on"}


@dataclass(frozen=True)
class OfficialSplit:
    """The parts as the corpus itself fixes them (FER2013), where there are no actors to fold by.

    Args:
        name: the split's name in tables.
    """

    name: str = "official"

    @property
    def digest(self) -> str:
        """Hash of the rule; which clips are in which part is in the manifest's digest."""
        return value_digest(["partitions of the manifest"])


@dataclass(frozen=True)
class FoldSet:
    """The folds of one cross-validation, found by position or by name.

    Raises CorpusError if there is none, or if two share a name.
    """

    name: str
    folds: tuple[Fold, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "folds", tuple(self.folds))
        if not self.folds:
            raise CorpusError(f"folds '{self.name}': there are none")
        if len(set(self.names)) < len(self.folds):
            raise CorpusError(f"folds '{self.name}': two folds have the same name")

    def __len__(self) -> int:
        return len(self.folds)

    def __iter__(self) -> Iterator[Fold]:
        return iter(self.folds)

    def __getitem__(self, key: int | str) -> Fold:
        """Return the fold at a position, or of a name.

        Raises CorpusError, listing the names there are, for an unknown one.
        """
        if isinstance(key, int):
            return self.folds[key]
        for fold in self.folds:
            if fold.name == key:
                return fold
        raise CorpusError(f"no fold '{key}' in '{self.name}'; there are {' | '.join(self.names)}")

    @property
    def names(self) -> tuple[str, ...]:
        """The folds' names, in order."""
        return tuple(fold.name for fold in self.folds)

    @property
    def digest(self) -> str:
        """Hash of the folds' names and actor lists, in order."""
        return value_digest([[fold.name, fold.digest] for fold in self.folds])


def rotating_folds(
    actors_by_sex: Mapping[str, Sequence[str]],
    per_fold: int = 1,
    *,
    folds: int | None = None,
    name: str = "rotating",
    prefix: str = "A",
    protocol: Protocol = "strict",
) -> FoldSet:
    """Return folds in which every actor is tested once, with the sexes balanced.

    The actors of each sex are cut, in their order, into as many groups as there are folds; the
    strict protocol takes the next fold's actors out of training to select the model (paper,
    section 4: about 10 % of actors, rotated; the rotation of validation is a reconstruction).

    Args:
        actors_by_sex: ids of actors by sex, as `Manifest.actors_by_sex` gives them.
        per_fold: actors of each sex in a fold; where a sex has more than needed, some folds
            hold one more.
        folds: number of folds, instead of the actors in each.
        name: name of the set.
        prefix: a fold's name is this and its test actors, such as "A1,2"; where `folds` is
            given, or where that would be longer than a folder's name should be, this and its
            number, such as "S1".
        protocol: "strict", or "paper" to validate and test on the same actors.

    Raises:
        CorpusError: too few actors for three parts (two under the paper's protocol).
    """
    sexes = {sex: list(actors) for sex, actors in actors_by_sex.items() if actors}
    if per_fold < 1:
        raise CorpusError(f"folds '{name}': per_fold is {per_fold}; it is at least 1")
    fewest = min((len(actors) for actors in sexes.values()), default=0)
    count = fewest // per_fold if folds is None else folds
    needed = 3 if protocol == "strict" else 2
    if folds is not None and folds < needed:
        raise CorpusError(f"folds '{name}': folds is {folds}; it is at least {needed}")
    least = needed * per_fold if folds is None else folds
    if fewest < least:
        has = ", ".join(f"{len(actors)} {sex}" for sex, actors in sexes.items()) or "none"
        raise CorpusError(f"folds '{name}': {least} actors of each sex are needed, there are {has}")
    groups = [
        sorted((a for actors in sexes.values() for a in _chunk(actors, count, i)), key=natural_key)
        for i in range(count)
    ]
    made = []
    for i, test in enumerate(groups):
        validation = groups[(i + 1) % count] if protocol == "strict" else test
        held_out = {*validation, *test}
        train = [a for group in groups for a in group if a not in held_out]
        ending = ",".join(test) if folds is None else str(i + 1)
        if len(ending) > LONGEST_NAME:
            ending = str(i + 1)
        title = prefix + ending.replace("/", "-").replace("\\", "-")
        made.append(Fold(title, tuple(train), tuple(validation), tuple(test), protocol))
    return FoldSet(name, tuple(made))


def ravdess_folds(protocol: Protocol = "strict") -> FoldSet:
    """Return the 12 folds of RAVDESS, one man and one woman each: A1,2 ... A23,24 (paper)."""
    by_sex = {
        "male": [str(actor) for actor in range(1, 25, 2)],
        "female": [str(actor) for actor in range(2, 25, 2)],
    }
    return rotating_folds(by_sex, name=f"ravdess-{protocol}", protocol=protocol)


def _chunk(actors: list[str], count: int, index: int) -> Iterable[str]:
    return actors[len(actors) * index // count : len(actors) * (index + 1) // count]
