"""Fixed folds on a part of their corpus, whatever the order of its files."""

from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.corpora import ClipRecord, Manifest, crema_d_folds
from mrpn.corpora.crema_d_actors import ACTORS, crema_d_sex
from mrpn.corpora.fitting import fitted_folds, rotated_folds


def of_actors(actors: tuple[str, ...]) -> Manifest:
    records = tuple(ClipRecord(f"c{a}", "sad", a, crema_d_sex(a), None, f"{a}.wav") for a in actors)
    return Manifest("crema-d", Path(), ("sad",), records)


@settings(max_examples=20)
@given(order=st.randoms(use_true_random=False))
def test_the_folds_do_not_depend_on_the_order_of_the_files(order: Random) -> None:
    actors = list(ACTORS)
    order.shuffle(actors)
    assert fitted_folds(crema_d_folds(), of_actors(tuple(actors))) == crema_d_folds()
    assert rotated_folds(of_actors(tuple(actors))) == rotated_folds(of_actors(ACTORS))


def test_actors_that_are_not_there_are_taken_out_of_their_folds() -> None:
    folds = crema_d_folds()
    without = tuple(actor for actor in ACTORS if actor != folds["S1"].test[0])
    fitted = fitted_folds(folds, of_actors(without))
    assert fitted.names == folds.names
    assert fitted.name == "crema-d-strict-part"
    assert fitted["S1"].test == folds["S1"].test[1:]
    assert fitted["S9"].validation == folds["S1"].test[1:]
    assert all(set(fold.actors) == set(without) for fold in fitted)
    assert fitted.digest != folds.digest


def test_too_few_actors_or_others_are_rotated_instead() -> None:
    for actors in (ACTORS[:20], (*ACTORS, "1999")):
        corpus = of_actors(actors)
        assert fitted_folds(crema_d_folds(), corpus) == rotated_folds(corpus)
        paper = fitted_folds(crema_d_folds("paper"), corpus)
        assert paper == rotated_folds(corpus, "paper")
