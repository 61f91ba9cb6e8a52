from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.media.clock import Clock, with_next


def clock(start: float = 0.0, duration: float | None = 20.0) -> Clock:
    length = None if duration is None else round(duration * 1e6)
    return Clock(SimpleNamespace(start_time=round(start * 1e6), duration=length))


def test_stamps_count_from_the_files_start() -> None:
    assert clock(start=7.0).time(7.5, 0.0, 8.0) == 0.5
    assert clock(start=-2.0).time(-2.0, None, None) == 0.0


@pytest.mark.parametrize(
    ("stamp", "following", "duration", "believed"),
    [
        (1.04, 1.08, 20.0, True),
        (None, 1.08, 20.0, False),
        (4.0, 4.04, 20.0, True),  # a pause
        (4.0, 1.08, 20.0, False),  # time goes back after it
        (4.0, None, 20.0, True),
        (0.5, 1.08, 20.0, True),  # back: the user decides
        (15.0, 15.04, 20.0, True),
        (15.0, 15.04, 10.0, False),  # beyond the end
        (5000.0, 5000.04, 9000.0, False),  # too long for any pause
        (50.0, 50.04, None, True),
        (70.0, 70.04, None, False),
    ],
)
def test_a_stamp_is_believed_if_it_can_be_right(
    stamp: float | None, following: float | None, duration: float | None, believed: bool
) -> None:
    time = clock(duration=duration).time(stamp, 1.0, following)
    assert time == (stamp if believed else None)


def test_a_track_far_from_the_files_zero_has_its_own() -> None:
    for first in (-30.0, 8000.0):
        own = clock()
        assert own.time(first, None, first + 1) == 0.0
        assert own.time(first + 1, 1.0, first + 2) == 1.0


def test_a_first_stamp_that_the_next_contradicts_is_none() -> None:
    assert clock().time(3.0, None, 0.04) is None


@given(st.lists(st.integers(), max_size=8))
def test_each_item_comes_with_its_next(items: list[int]) -> None:
    assert list(with_next(items)) == list(zip(items, [*items, None][1:], strict=True))
