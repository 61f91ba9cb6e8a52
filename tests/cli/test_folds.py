"""Which folds a command means: the corpus's own, rotated ones, or those of a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.cli.folds import choose
from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    ClipRecord,
    Fold,
    FoldSet,
    Manifest,
    OfficialSplit,
    ravdess_folds,
    save_folds,
)

Make = Callable[..., Manifest]


@pytest.fixture
def corpus(tmp_path: Path) -> Make:
    """A corpus of so many actors, odd ones men; `fixed` gives every clip a partition."""

    def make(actors: int, fixed: bool = False) -> Manifest:
        records = tuple(
            ClipRecord(
                id=f"c{actor}",
                label="happy",
                actor=str(actor),
                sex="male" if actor % 2 else "female",
                video=None,
                audio=f"{actor}.wav",
                partition="train" if fixed else None,
            )
            for actor in range(1, actors + 1)
        )
        return Manifest("made", tmp_path, ("happy",), records)

    return make


def test_24_actors_have_the_published_folds(corpus: Make) -> None:
    assert choose(corpus(24), None, []) == list(ravdess_folds())
    assert [fold.name for fold in choose(corpus(24), None, ["A9,10", "A1,2"])] == ["A9,10", "A1,2"]


def test_other_actors_are_rotated(corpus: Make) -> None:
    assert [fold.name for fold in choose(corpus(6), None, [])] == ["A1,2", "A3,4", "A5,6"]


def test_the_papers_protocol_validates_on_those_it_tests(corpus: Make, tmp_path: Path) -> None:
    assert choose(corpus(24), None, [], "paper") == list(ravdess_folds("paper"))
    for fold in choose(corpus(6), None, [], "paper"):
        assert isinstance(fold, Fold)
        assert fold.validation == fold.test
        assert len(fold.train) == 4
    strict = Fold("mine", ("1", "2"), ("3",), ("4",))
    save_folds(FoldSet("set", (strict,)), tmp_path / "folds.yaml")
    assert choose(corpus(6), tmp_path / "folds.yaml", [], "paper") == [strict]


def test_too_few_actors_say_how_many_are_needed(corpus: Make) -> None:
    with pytest.raises(CorpusError, match="3 actors of each sex are needed"):
        choose(corpus(4), None, [])


def test_a_corpus_with_parts_of_its_own_is_split_by_them_unless_told_otherwise(
    corpus: Make, tmp_path: Path
) -> None:
    fixed = corpus(6, fixed=True)
    mine = Fold("mine", ("1", "2"), ("3",), ("4",))
    save_folds(FoldSet("set", (mine,)), tmp_path / "folds.yaml")
    assert choose(fixed, None, []) == [OfficialSplit()]
    assert [fold.name for fold in choose(fixed, None, ["A3,4"])] == ["A3,4"]
    assert choose(fixed, tmp_path / "folds.yaml", []) == [mine]
    assert choose(fixed, tmp_path / "folds.yaml", ["mine"]) == [mine]
