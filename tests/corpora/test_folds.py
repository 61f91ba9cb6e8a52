"""Folds never overlap, hold every actor once, and have a hash."""

from itertools import chain
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    Fold,
    FoldSet,
    Protocol,
    crema_d_folds,
    emodb_folds,
    ravdess_folds,
    rotating_folds,
    savee_folds,
)
from mrpn.corpora.crema_d_actors import ACTORS, crema_d_sex

FIXED = (crema_d_folds, emodb_folds, savee_folds)


def test_ravdess_has_twelve_folds_of_a_man_and_a_woman() -> None:
    folds = ravdess_folds()
    assert folds.names == (
        "A1,2", "A3,4", "A5,6", "A7,8", "A9,10", "A11,12",
        "A13,14", "A15,16", "A17,18", "A19,20", "A21,22", "A23,24",
    )  # fmt: skip
    assert all(len(fold.train) == 20 for fold in folds)


def test_strict_folds_select_on_the_next_folds_actors() -> None:
    folds = ravdess_folds()
    assert folds["A1,2"].validation == ("3", "4")
    assert folds["A23,24"].validation == ("1", "2")
    assert folds["A1,2"].train == tuple(str(actor) for actor in range(5, 25))


def test_the_papers_folds_select_on_the_tested_actors() -> None:
    fold = ravdess_folds("paper")["A9,10"]
    assert fold.validation == fold.test == ("9", "10")
    assert len(fold.train) == 22


def test_the_hashes_of_ravdess_folds_stay_what_results_quote() -> None:
    assert ravdess_folds().digest[:16] == "05713080e27acee0"
    assert ravdess_folds("paper").digest[:16] == "c7a5f62f324180e4"


def test_the_hashes_of_the_other_corpora_stay_what_results_quote() -> None:
    strict = {make.__name__: make().digest[:16] for make in FIXED}
    paper = {make.__name__: make("paper").digest[:16] for make in FIXED}
    assert strict == {
        "crema_d_folds": "8b32a024eb51d86f",
        "emodb_folds": "1dfac324c395a572",
        "savee_folds": "a6cd041fa944e94a",
    }
    assert paper == {
        "crema_d_folds": "2a19ae2f23c03508",
        "emodb_folds": "96c31da4bedda50a",
        "savee_folds": "6190ba0122d9eefa",
    }


@pytest.mark.parametrize("protocol", ["strict", "paper"])
def test_crema_ds_nine_folds_test_every_actor_once_with_the_sexes_balanced(
    protocol: Protocol,
) -> None:
    folds = crema_d_folds(protocol)
    assert folds.names == tuple(f"S{number}" for number in range(1, 10))
    assert sorted(actor for fold in folds for actor in fold.test) == list(ACTORS)
    for fold in folds:
        assert fold.actors == ACTORS
        men = sum(crema_d_sex(actor) == "male" for actor in fold.test)
        assert men in (5, 6)
        assert len(fold.test) - men in (4, 5)


def test_emodb_has_folds_of_a_man_and_a_woman_and_savee_of_one_man() -> None:
    assert emodb_folds().names == ("A03,08", "A09,10", "A11,13", "A12,14", "A15,16")
    assert savee_folds().names == ("DC", "JE", "JK", "KL")
    assert savee_folds()["JE"].validation == ("JK",)


@given(
    men=st.integers(3, 60), women=st.integers(3, 60), folds=st.integers(3, 12), order=st.randoms()
)
def test_so_many_folds_as_asked_for_balance_the_sexes(
    men: int, women: int, folds: int, order: Random
) -> None:
    by_sex = {"male": [f"m{n}" for n in range(men)], "female": [f"f{n}" for n in range(women)]}
    if min(men, women) < folds:
        with pytest.raises(CorpusError, match=f"{folds} actors of each sex are needed"):
            rotating_folds(by_sex, folds=folds)
        return
    made = rotating_folds(by_sex, folds=folds, prefix="S")
    assert made.names == tuple(f"S{number + 1}" for number in range(folds))
    assert sorted(a for fold in made for a in fold.test) == sorted(chain(*by_sex.values()))
    for fold in made:
        for sex, total in (("m", men), ("f", women)):
            tested = sum(actor.startswith(sex) for actor in fold.test)
            assert tested in (total // folds, -(-total // folds))


def test_two_folds_leave_none_to_train_on() -> None:
    with pytest.raises(CorpusError, match="folds is 2; it is at least 3"):
        rotating_folds({"male": ["1", "2", "3"]}, folds=2)


@given(
    men=st.integers(0, 40),
    women=st.integers(0, 40),
    per_fold=st.integers(1, 5),
    paper=st.booleans(),
)
def test_rotating_folds_test_every_actor_once_and_never_overlap(
    men: int, women: int, per_fold: int, paper: bool
) -> None:
    by_sex = {
        "male": [f"m{number}" for number in range(men)],
        "female": [f"f{number}" for number in range(women)],
    }
    everyone = sorted(by_sex["male"] + by_sex["female"])
    protocol = "paper" if paper else "strict"
    counts = [count for count in (men, women) if count]
    if min(counts, default=0) // per_fold < (2 if paper else 3):
        with pytest.raises(CorpusError, match="actors of each sex are needed"):
            rotating_folds(by_sex, per_fold, protocol=protocol)
        return
    folds = rotating_folds(by_sex, per_fold, protocol=protocol)
    assert sorted(actor for fold in folds for actor in fold.test) == everyone
    for fold in folds:
        held_out = {*fold.validation, *fold.test}
        assert not held_out & set(fold.train)
        assert sorted(held_out | set(fold.train)) == everyone
        for sex, total in (("m", men), ("f", women)):
            tested = sum(actor.startswith(sex) for actor in fold.test)
            assert tested in (total // len(folds), -(-total // len(folds)))
        if paper:
            assert fold.validation == fold.test
        else:
            assert not set(fold.validation) & set(fold.test)


@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=3, max_size=3))
def test_a_fold_stands_only_if_its_parts_are_disjoint(parts: list[set[str]]) -> None:
    train, validation, test = (tuple(part) for part in parts)
    if len(set.union(*parts)) == sum(map(len, parts)):
        assert Fold("x", train, validation, test).actors == tuple(sorted(set.union(*parts)))
    else:
        with pytest.raises(CorpusError, match=r"fold 'x': actors .* are both in"):
            Fold("x", train, validation, test)


def test_the_line_on_an_overlap_names_fold_actors_and_parts() -> None:
    with pytest.raises(
        CorpusError, match="fold 'A1': actors 2, 10 are both in 'train' and in 'test'; take them"
    ):
        Fold("A1", ("10", "2", "3"), ("4",), ("2", "10"))


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (((), ("2",), ("3",)), "no actors to train on"),
        ((("1",), (), ("3",)), "no actors to select the model by"),
        ((("1",), ("2",), ()), "no actors to score on"),
        ((("1", "1"), ("2",), ("3",)), "listed twice in 'train'"),
    ],
)
def test_a_fold_without_a_part_or_with_a_repeated_actor_is_refused(
    parts: tuple[tuple[str, ...], ...], line: str
) -> None:
    with pytest.raises(CorpusError, match=line):
        Fold("x", *parts)


def test_the_papers_protocol_wants_validation_and_test_the_same() -> None:
    with pytest.raises(CorpusError, match="are the same"):
        Fold("x", ("1",), ("2",), ("3",), "paper")
    with pytest.raises(CorpusError, match="neither strict nor paper"):
        Fold("x", ("1",), ("2",), ("3",), "lax")  # type: ignore[arg-type]


def test_the_digest_is_of_the_actors_whatever_their_order_or_the_name() -> None:
    one = Fold("x", ("1", "2"), ("3",), ("4",))
    assert Fold("y", ("2", "1"), ("3",), ("4",)).digest == one.digest
    assert Fold("x", ("1", "2"), ("4",), ("3",)).digest != one.digest


def test_an_unknown_fold_lists_those_there_are() -> None:
    folds = rotating_folds({"male": ["1", "3", "5"], "female": ["2", "4", "6"]}, name="six")
    assert folds[0] is folds["A1,2"]
    with pytest.raises(CorpusError, match=r"no fold 'A9' in 'six'; there are A1,2 \| A3,4 \| A5,6"):
        folds["A9"]


def test_a_set_needs_folds_with_names_of_their_own() -> None:
    fold = Fold("x", ("1",), ("2",), ("3",))
    with pytest.raises(CorpusError, match="there are none"):
        FoldSet("mine", ())
    with pytest.raises(CorpusError, match="same name"):
        FoldSet("mine", (fold, fold))


def test_a_fold_holds_at_least_one_actor_of_each_sex() -> None:
    with pytest.raises(CorpusError, match="per_fold is 0"):
        rotating_folds({"male": ["1", "2", "3"]}, 0)


def test_folds_of_very_many_people_are_numbered_so_that_names_fit_a_folder() -> None:
    people = [f"somebody-{place:03d}" for place in range(240)]
    found = rotating_folds({"unknown": people}, 20)
    assert found.names == tuple(f"A{number}" for number in range(1, 13))
    assert rotating_folds({"unknown": people[:9]}, 3).names[0] == (
        "Asomebody-000,somebody-001,somebody-002"
    )
