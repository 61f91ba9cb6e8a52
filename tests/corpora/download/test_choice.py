"""Actors and kinds as a user names them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.corpora.download import DownloadError, Offer, choose_actors, choose_kinds

OFFER = Offer("x", "free", "https://example.org", ("video", "audio"), range(1, 25))


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("7", (7,)),
        ("1-4,7", (1, 2, 3, 4, 7)),
        ("24, 3-3 ,1-2", (1, 2, 3, 24)),
        ("01", (1,)),
        (None, tuple(range(1, 25))),
    ],
)
def test_actors_are_a_list_of_numbers_and_ranges(text: str | None, chosen: tuple[int]) -> None:
    assert choose_actors(OFFER, text) == chosen


@given(st.sets(st.integers(1, 24), min_size=1))
def test_every_list_of_actors_is_understood(actors: set[int]) -> None:
    assert choose_actors(OFFER, ",".join(map(str, actors))) == tuple(sorted(actors))


@pytest.mark.parametrize("text", ["", "x", "1-", "-3", "1--2", "1;2", "²"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(DownloadError, match=r"is no number or range; write 1-4,7"):
        choose_actors(OFFER, text)


@pytest.mark.parametrize(
    "text", ["0", "25", "20-30", "4-1", "99999999999999999999", "1-99999999999999999999"]
)
def test_actors_that_there_are_not_are_refused_without_listing_them(text: str) -> None:
    with pytest.raises(DownloadError, match=r"--actors"):
        choose_actors(OFFER, text)


def test_kinds_are_named_one_by_one_or_in_a_list() -> None:
    assert choose_kinds(OFFER, []) == ("video",)
    assert choose_kinds(OFFER, ["audio"]) == ("audio",)
    assert choose_kinds(OFFER, ["audio, video"]) == ("video", "audio")
    assert choose_kinds(OFFER, ["audio", "audio"]) == ("audio",)
    with pytest.raises(DownloadError, match="--what smell: x has no such files; it has video, au"):
        choose_kinds(OFFER, ["video,smell"])
