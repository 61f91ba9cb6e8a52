import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.common.errors import ConfigError
from mrpn.inputs import frame_range, sample_range, segment_range


def test_an_interval_between_pictures_takes_the_nearest() -> None:
    times = np.array([0.0, 1.0, 2.0])
    assert frame_range(0.1, 0.4, times) == (0, 1)
    assert frame_range(0.6, 0.9, times) == (1, 2)
    assert frame_range(5.0, 6.0, times) == (2, 3)
    assert frame_range(0.1, 0.4, times[:0]) == (0, 0)


@pytest.mark.parametrize("interval", [(1.0, 1.0), (2.0, 1.0), (0.0, np.nan), (0.0, np.inf)])
def test_an_empty_interval_is_refused(interval: tuple[float, float]) -> None:
    with pytest.raises(ConfigError, match="start < end"):
        frame_range(*interval, np.zeros(3))
    with pytest.raises(ConfigError, match="start < end"):
        sample_range(*interval, 16000, 9)


@given(
    cuts=st.lists(st.floats(0.01, 2.99), min_size=1, max_size=6, unique=True).map(sorted),
    rate=st.sampled_from([5.0, 10.0, 29.97]),
)
def test_slices_side_by_side_lose_and_repeat_no_sample(cuts: list[float], rate: float) -> None:
    edges = [0.0, *cuts, 3.0]
    ranges = [sample_range(a, b, 16000, 48000) for a, b in itertools.pairwise(edges)]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 48000
    assert all(left[1] == right[0] for left, right in itertools.pairwise(ranges))
    times = np.arange(int(3 * rate)) / rate
    for start, end in itertools.pairwise(edges):
        first, after = frame_range(start, end, times)
        assert first < after
        inside = np.flatnonzero((times >= start) & (times < end - 1e-8))
        assert set(inside) <= set(range(first, after))


@given(start=st.floats(-5, 10), length=st.floats(0.01, 20), samples=st.integers(0, 50000))
def test_any_interval_stays_within_the_wave(start: float, length: float, samples: int) -> None:
    first, after = sample_range(start, start + length, 16000, samples)
    assert 0 <= first <= after <= samples


def test_segments_of_an_interval_lie_wholly_in_it_or_nearest_to_its_middle() -> None:
    side_by_side = {"step": 1.0, "length": 1.0, "count": 3}
    assert segment_range(0.0, 3.0, **side_by_side) == (0, 3)
    assert segment_range(0.2, 3.0, **side_by_side) == (1, 3)
    assert segment_range(1.0, 2.0, **side_by_side) == (1, 2)
    assert segment_range(1.2, 2.1, **side_by_side) == (1, 2)
    assert segment_range(0.1, 1.5, **side_by_side) == (0, 1)
    assert segment_range(9.0, 9.5, **side_by_side) == (2, 3)
    assert segment_range(0.2, 1.7, step=0.2, length=1.0, count=11) == (1, 4)
    assert segment_range(0.0, 1.0, step=0.2, length=1.0, count=0) == (0, 0)
    with pytest.raises(ConfigError, match="start < end"):
        segment_range(1.0, 1.0, **side_by_side)
