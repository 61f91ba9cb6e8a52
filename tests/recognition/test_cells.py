"""The time that windows stand for: beside one another, within their windows, with the gaps kept."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.recognition import Moment, Windows
from mrpn.recognition.cells import by_face, cells
from mrpn.recognition.panel import Line

Span = tuple[float, float]
SLACK = 1e-6


def moment(start: float, end: float, face: int | None = 1) -> Moment:
    values = {"happy": 0.6, "sad": 0.4}
    return Moment(
        answer="happy",
        probabilities=values,
        alone={"video": values},
        labels=(),
        start=start,
        end=end,
        face=face,
        box=None,
        face_share=1.0,
        speech=0.0,
        voice="none",
    )


def cells_of(*spans: Span) -> list[Span]:
    return cells([moment(*span) for span in spans])


def length(spans: list[Span]) -> float:
    """The time that is in any of these spans, which come in order of time."""
    total, until = 0.0, -1.0
    for start, end in spans:
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total


@st.composite
def seen(draw: st.DrawFn) -> list[Span]:
    """Some windows of a timeline: those in which a face is seen."""
    size = draw(st.floats(0.1, 10))
    windows = Windows(length=size, step=size * draw(st.floats(0.1, 1)))
    spans = windows.spans(draw(st.floats(0, 20 * size)))
    return [span for span in spans if draw(st.booleans())]


@given(spans=seen())
def test_cells_are_in_order_within_their_windows_and_leave_no_time_and_no_gap_out(
    spans: list[Span],
) -> None:
    found = cells_of(*spans)
    assert len(found) == len(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    for (left, right), (start, end) in zip(found, spans, strict=True):
        assert start - SLACK <= left <= right <= end + SLACK
    assert length(found) == pytest.approx(length(spans), abs=1e-3)
    for (one, other), (a, b) in zip(pairwise(found), pairwise(spans), strict=True):
        if b[0] > a[1] + SLACK:
            assert (one[1], other[0]) == (a[1], b[0])
        else:
            assert one[1] == other[0]


def test_a_gap_stays_a_gap_however_few_windows_there_are() -> None:
    assert cells_of((0, 4), (40, 44)) == [(0, 4), (40, 44)]
    assert cells_of((0, 4), (40, 44), (80, 84)) == [(0, 4), (40, 44), (80, 84)]


def test_windows_that_share_a_little_meet_in_its_middle_and_do_not_overlap() -> None:
    found = cells_of((0, 4), (3, 7), (4, 8), (5, 9))
    assert found == [(0, 3.5), (3.5, 5.5), (5.5, 6.5), (6.5, 9)]


def test_a_shorter_last_window_begins_no_earlier_than_it_does() -> None:
    assert cells_of((0, 4), (4, 6)) == [(0, 4), (4, 6)]


def test_curves_of_a_face_that_comes_and_goes_never_run_backwards() -> None:
    line = Line([moment(start, start + 4) for start in (0, 3, 4, 5)], until=9.0)
    pieces = line.curve("both", "happy", 0.0, 9.0)
    times = [time for piece in pieces for time, _ in piece]
    assert times == sorted(times)


def test_moments_are_told_apart_by_their_face() -> None:
    ones, none = [moment(0, 4), moment(1, 5)], [moment(2, 6, None)]
    assert by_face([ones[0], *none, ones[1]]) == {1: ones, None: none}
