import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.media.sampling import nearest


def picked(times: list[float], rate: float | None) -> list[int]:
    return [index for _, index in nearest(zip(times, range(len(times)), strict=True), rate)]


def test_every_third_of_30_per_second_makes_10() -> None:
    assert picked([k / 30 for k in range(30)], 10) == list(range(0, 30, 3))


def test_the_nearest_is_taken_when_rates_do_not_divide() -> None:
    assert picked([0.0, 0.04, 0.08, 0.12, 0.16, 0.20, 0.24, 0.28, 0.32], 10) == [0, 2, 5, 7]


def test_a_slower_sequence_is_passed_whole() -> None:
    assert picked([0.0, 0.25, 0.5, 0.75], 10) == [0, 1, 2, 3]


@pytest.mark.parametrize("times", [[], [0.0], [7.3]])
def test_none_and_one(times: list[float]) -> None:
    assert len(picked(times, 5)) == len(times)


def test_no_rate_passes_all() -> None:
    assert picked([0.0, 0.001, 0.002], None) == [0, 1, 2]


@given(
    steps=st.lists(st.floats(0.005, 0.5), min_size=1, max_size=60),
    rate=st.floats(1, 60),
)
def test_chosen_once_in_order_and_near_every_target(steps: list[float], rate: float) -> None:
    times = [sum(steps[:k]) for k in range(len(steps))]
    chosen = picked(times, rate)
    assert chosen == sorted(set(chosen))
    for k in range(int(times[-1] * rate) + 1):
        best = min(abs(time - k / rate) for time in times)
        assert min(abs(times[i] - k / rate) for i in chosen) <= best + 1e-9


@given(rate=st.sampled_from([5.0, 10.0, 12.5]), count=st.integers(1, 200))
def test_thinning_to_the_rate_it_has_changes_nothing(rate: float, count: int) -> None:
    source = [k / 29.97 for k in range(count)]
    once = [source[i] for i in picked(source, rate)]
    assert picked(once, rate) == list(range(len(once)))
