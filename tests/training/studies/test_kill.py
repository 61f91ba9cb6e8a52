"""A study killed in the midst of it, and started again, ends in the same tables."""

import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from killing import dying_at_rename, in_a_child
from mrpn.preparation import PreparedCorpus
from mrpn.training.studies import Corpora, Request, conduct, gather, load_study

ROWS = [{"row": "late", "strategy": "late"}, {"row": "N2", "strategy": "n2"}]
# Each of the four runs renames some ten files into place; before them the record is written.
# Further on with each kill, and few enough together that every one of them comes about.
RENAMES = [1, 2, 4, 9, 8, 6]
Write = Callable[..., Path]


@pytest.fixture
def work(write_study: Write, corpus: PreparedCorpus, tmp_path: Path) -> Callable[..., Request]:
    """Return a maker of requests for four runs on one fold, into a folder of a name."""
    place = write_study(rows=ROWS, folds=["A1"])

    def ask(name: str, jobs: int = 1) -> Request:
        return Request(load_study(place), place, out=tmp_path / name, jobs=jobs)

    return ask


def run(request: Request, corpus: PreparedCorpus) -> pd.DataFrame:
    conduct(request, Corpora(request.out, corpus.manifest, given=corpus))
    return gather(request.folder).predictions


def test_killed_at_any_of_its_writes_it_ends_the_same(
    work: Callable[..., Request], corpus: PreparedCorpus
) -> None:
    whole = run(work("whole"), corpus)
    request = work("killed")
    for count in RENAMES:
        dying = partial(dying_at_rename, partial(run, request, corpus), count)
        assert in_a_child(dying) == -signal.SIGKILL
    pd.testing.assert_frame_equal(run(request, corpus), whole, check_exact=True)
    for path in request.out.glob("runs/*/*/*/*"):
        assert not path.name.startswith("."), path


def test_killed_with_two_at_once_it_ends_the_same(
    work: Callable[..., Request], corpus: PreparedCorpus
) -> None:
    whole = run(work("whole"), corpus)
    request = work("killed", jobs=2)

    def one_is_finished() -> bool:
        return any(request.out.glob("runs/*/*/*/result.json"))

    assert in_a_child(partial(run, request, corpus), one_is_finished) == -signal.SIGKILL
    # Its processes end with it, and hold nothing.
    again = run(work("killed", jobs=1), corpus)
    pd.testing.assert_frame_equal(again, whole, check_exact=True)
