import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.media.tracklet import Tracklet

LATE = 1e9


def tracklet(times: list[float], lefts: list[float], linked: bool = False) -> Tracklet:
    made = Tracklet(since=-np.inf)
    for k, (time, left) in enumerate(zip(times, lefts, strict=True)):
        made.add(time, np.array([left, 10, left + 20, 30, 0.9]), linked and k > 0)
    return made


def left_at(made: Tracklet, time: float, smooth: float = 0.0, reach: float = 0.25) -> float | None:
    place = made.at(time, LATE, reach, smooth)
    return None if place is None else float(place[0])


def test_between_detections_the_place_is_interpolated_by_time() -> None:
    made = tracklet([0.0, 0.4], [0.0, 40.0])
    assert left_at(made, 0.1) == pytest.approx(10)
    assert made.at(0.1, LATE, 0.25, 0.0)[4] == pytest.approx(0.9)


def test_a_time_out_of_reach_has_no_face() -> None:
    made = tracklet([0.3, 0.5], [10.0, 10.0])
    times = np.arange(12) / 10
    shown = [k for k, time in enumerate(times) if left_at(made, time) is not None]
    assert shown == [1, 2, 3, 4, 5, 6, 7]


def test_between_linked_detections_the_face_is_there_however_far_they_are() -> None:
    assert left_at(tracklet([0.0, 3.0], [0.0, 30.0]), 1.5) is None
    assert left_at(tracklet([0.0, 3.0], [0.0, 30.0], linked=True), 1.5) == pytest.approx(15)


def test_a_cut_ends_it_and_begins_it() -> None:
    made = tracklet([1.0, 1.1], [10.0, 10.0])
    made.since, made.until = 0.95, 1.2
    assert [left_at(made, time) is not None for time in (0.9, 1.0, 1.19, 1.2)] == [
        False,
        True,
        True,
        False,
    ]


def test_detections_after_the_horizon_change_nothing() -> None:
    early, whole = tracklet([0.0, 0.2], [0.0, 2.0]), tracklet([0.0, 0.2, 0.4], [0.0, 2.0, 99.0])
    for time in (0.0, 0.1, 0.2, 0.3):
        np.testing.assert_array_equal(
            early.at(time, 0.3, 0.5, 0.15), whole.at(time, 0.3, 0.5, 0.15)
        )
    assert not np.array_equal(early.at(0.2, LATE, 0.5, 0.15), whole.at(0.2, LATE, 0.5, 0.15))


def test_forgetting_what_is_long_past_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    times, lefts = (np.arange(40) / 10).tolist(), rng.normal(50, 3, 40).tolist()
    whole, short = tracklet(times, lefts), tracklet(times, lefts)
    short.forget(2.0 - 3 * 0.15)
    assert len(short.times) < 30
    for time in (2.0, 2.05, 3.0, 3.9):
        np.testing.assert_array_equal(
            short.at(time, LATE, 0.5, 0.15), whole.at(time, LATE, 0.5, 0.15)
        )


def test_smoothing_steadies_a_trembling_face() -> None:
    rng = np.random.default_rng(0)
    times = np.arange(40) / 10
    made = tracklet(times.tolist(), (50 + rng.normal(0, 2, 40)).tolist())
    rough = np.array([left_at(made, time) for time in times])
    steady = np.array([left_at(made, time, smooth=0.2) for time in times])
    assert np.diff(steady).std() < 0.4 * np.diff(rough).std()
    assert steady.mean() == pytest.approx(50, abs=1)


def test_smoothing_does_not_hold_back_a_steady_motion_even_at_its_ends() -> None:
    times = np.arange(20) / 10
    made = tracklet(times.tolist(), (100 * times).tolist())
    steady = [left_at(made, time, smooth=0.2) for time in times]
    np.testing.assert_allclose(steady, 100 * times, atol=1e-6)


def test_the_next_place_is_where_the_motion_leads_but_not_for_long() -> None:
    made = tracklet([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0, 10, 20, 30, 40, 50, 60])
    assert made.predicted(0.7)[0] == pytest.approx(70, abs=0.5)
    assert made.predicted(9.0)[0] == pytest.approx(100, abs=1)


@given(
    indices=st.lists(st.integers(0, 39), min_size=1, max_size=20, unique=True).map(sorted),
    smooth=st.floats(0, 1),
    wanted=st.integers(0, 39),
)
def test_a_still_face_keeps_its_place_wherever_it_was_seen(
    indices: list[int], smooth: float, wanted: int
) -> None:
    made = tracklet([k / 10 for k in indices], [10.0] * len(indices))
    place = made.at(wanted / 10, LATE, 0.3, smooth)
    near = min(abs(k - wanted) for k in indices) <= 3
    assert (place is not None) == near
    if place is not None:
        np.testing.assert_allclose(place[:4], [10, 10, 30, 30], atol=1e-6)
