"""When the last picture ends, by what is known of it and by what is not."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filming import bars, film, slow_film
from mrpn.media import iter_frames
from mrpn.media.pace import Pace

REST = (0.0, 1.0, 2.0, 22.0)


def paced(*times: float) -> Pace:
    pace = Pace()
    for time in times:
        pace.add(time)
    return pace


def test_the_last_picture_is_shown_as_long_as_the_one_before_it_or_as_is_usual() -> None:
    assert paced(0.0, 0.2, 0.4).until == pytest.approx(0.6)
    assert paced(*REST).until == 23.0
    assert paced(0.0, 1.0, 2.0, 2.25).until == 2.5
    assert (paced().until, paced(0.0).until, paced(3.0).until) == (0.0, 0.0, 0.0)


def test_what_the_picture_or_the_file_says_goes_before_what_is_usual() -> None:
    for own, whole, until in (
        (20.0, None, 42.0),
        (0.0, 22.5, 22.5),
        (0.04, 22.04, 22.04),
        (0.04, 42.0, 23.0),
        (0.04, 3.0, 23.0),
        (0.0, 22.0, 23.0),
        (0.001, None, 23.0),
    ):
        pace = paced(*REST)
        pace.end(own, whole)
        assert pace.until == until
    single = paced(0.0)
    single.end(10.0, 10.0)
    assert single.until == 10.0


def test_pictures_that_are_shown_for_more_than_a_second_are_rests() -> None:
    pace = paced(0.0, 1.0, 2.5, 2.6)
    pace.end(5.0)
    assert pace.rests == [(1.0, 2.5), (2.6, 7.6)]


@given(steps=st.lists(st.floats(0.01, 100), min_size=1, max_size=300), own=st.floats(0, 100))
def test_the_end_is_after_the_last_picture_and_not_far_from_it(
    steps: list[float], own: float
) -> None:
    times = [0.0, *np.cumsum(steps).tolist()]
    pace = paced(*times)
    pace.end(own)
    assert times[-1] < pace.until <= times[-1] + max(own, steps[-1]) + 1e-9


@pytest.mark.parametrize(("name", "end"), [("a.mkv", 22.04), ("b.avi", 22.04)])
def test_a_long_step_of_a_file_is_not_taken_for_the_last_pictures(
    tmp_path: Path, name: str, end: float
) -> None:
    codec = "libx264" if name.endswith("mkv") else "mpeg4"
    path = film(tmp_path / name, [(time, bars()) for time in REST], ticks=25, codec=codec)
    for rate, count in ((None, 4), (10.0, 4), (0.5, 3)):
        pace = Pace()
        assert len(list(iter_frames(path, rate, pace=pace))) == count
        assert pace.until == pytest.approx(end)
        assert pace.rests == [(2.0, 22.0)]


def test_a_file_of_one_picture_that_lasts_ends_when_it_says(tmp_path: Path) -> None:
    path = slow_film(tmp_path / "one.mp4", 1, "1/10")
    pace = Pace()
    assert [frame.time for frame in iter_frames(path, 10, pace=pace)] == [0.0]
    assert pace.until == 10.0
