import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.media.faces import Detections
from mrpn.media.tracking import Track, follow, main_face


def faces(*boxes: tuple[float, float, float, float], scores: list[float] | None = None) -> object:
    array = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(array, np.array(scores or [0.9] * len(array), np.float32))


def track(indices: list[int], lefts: list[float]) -> Track:
    boxes = [np.array([x, 10, x + 20, 30], np.float32) for x in lefts]
    return Track(indices, boxes, [0.9] * len(indices), 1.0)


def test_no_face_anywhere_is_no_track() -> None:
    assert main_face([faces(), faces()], [0, 2], 100, 100) is None


def test_the_larger_face_wins_whatever_the_order_of_detections() -> None:
    big, small = (30, 30, 70, 70), (0, 0, 15, 15)
    found = main_face([faces(small, big), faces(big, small)], [0, 1], 100, 100)
    assert [box.tolist() for box in found.boxes] == [list(big), list(big)]


def test_the_central_of_two_equal_faces_wins() -> None:
    found = main_face([faces((0, 0, 20, 20), (40, 40, 60, 60))], [0], 100, 100)
    assert found.boxes[0].tolist() == [40, 40, 60, 60]


def test_a_face_that_is_there_throughout_beats_a_larger_passer_by() -> None:
    steady, passing = (40, 40, 60, 60), (30, 30, 60, 60)
    clip = [faces(steady)] * 4 + [faces((70, 60, 96, 86), steady)] + [faces(steady)] * 4
    found = main_face(clip, list(range(9)), 100, 100)
    assert len(found.indices) == 9
    assert main_face([faces(passing)], [0], 100, 100) is not None


def test_a_moving_face_stays_one_track_and_is_not_confused_with_its_neighbour() -> None:
    clip = [faces((10 + 5 * k, 20, 40 + 5 * k, 50), (60, 50, 80, 70)) for k in range(6)]
    found = main_face(clip, list(range(6)), 100, 100)
    assert [box[0] for box in found.boxes] == [10 + 5 * k for k in range(6)]


def test_between_detections_boxes_are_interpolated_by_time() -> None:
    times = np.array([0.0, 0.1, 0.4])
    boxes, scores = follow(track([0, 2], [0.0, 40.0]), times, reach=0.5, smooth=0)
    np.testing.assert_allclose(boxes[:, 0], [0, 10, 40], atol=1e-4)
    np.testing.assert_allclose(scores, 0.9, atol=1e-6)


def test_pictures_out_of_reach_have_no_box() -> None:
    times = np.arange(12) / 10
    boxes, scores = follow(track([3, 5], [10.0, 10.0]), times, reach=0.25, smooth=0.2)
    assert np.flatnonzero(~np.isnan(scores)).tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert np.isnan(boxes).any(axis=1).tolist() == np.isnan(scores).tolist()
    np.testing.assert_allclose(boxes[1:8, 0], 10.0, atol=1e-4)


def test_smoothing_steadies_a_trembling_box() -> None:
    rng = np.random.default_rng(0)
    lefts = (50 + rng.normal(0, 2, 40)).tolist()
    times = np.arange(40) / 10
    rough, _ = follow(track(list(range(40)), lefts), times, reach=0.5, smooth=0)
    steady, _ = follow(track(list(range(40)), lefts), times, reach=0.5, smooth=0.2)
    assert np.diff(steady[:, 0]).std() < 0.3 * np.diff(rough[:, 0]).std()
    assert steady[:, 0].mean() == pytest.approx(50, abs=1)


@given(
    indices=st.lists(st.integers(0, 39), min_size=1, max_size=20, unique=True).map(sorted),
    smooth=st.floats(0, 1),
)
def test_a_still_face_keeps_its_box_wherever_it_was_seen(indices: list[int], smooth: float) -> None:
    times = np.arange(40) / 10
    boxes, scores = follow(track(indices, [10.0] * len(indices)), times, reach=0.3, smooth=smooth)
    present = ~np.isnan(scores)
    assert present[indices].all()
    np.testing.assert_allclose(
        boxes[present], np.tile([10, 10, 30, 30], (present.sum(), 1)), atol=1e-3
    )
