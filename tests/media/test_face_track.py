import numpy as np
import pytest

from mrpn.media.face_track import FaceTrack, importance

SCORES = np.array([0.9, 0.9], np.float32)


def weights(*boxes: tuple[float, float, float, float]) -> list[float]:
    array = np.array(boxes, np.float32)
    return importance(array, SCORES[: len(boxes)], 100, 100).tolist()


def test_the_larger_face_is_the_more_important() -> None:
    big, small = weights((30, 30, 70, 70), (45, 45, 55, 55))
    assert big == pytest.approx(0.16 * 0.9)
    assert small == pytest.approx(0.01 * 0.9)


def test_the_central_of_two_equal_faces_is_the_more_important() -> None:
    corner, centre = weights((0, 0, 20, 20), (40, 40, 60, 60))
    assert centre == pytest.approx(0.04 * 0.9)
    assert corner == pytest.approx(0.04 * 0.9 * 0.6)


def test_a_surer_face_is_the_more_important() -> None:
    box = np.array([[40, 40, 60, 60]] * 2, np.float32)
    low, high = importance(box, np.array([0.4, 0.8], np.float32), 100, 100)
    assert high == pytest.approx(2 * low)


def test_some_pictures_of_a_track_are_a_track() -> None:
    track = FaceTrack(
        times=np.arange(4.0),
        boxes=np.arange(16, dtype=np.float32).reshape(4, 4),
        scores=np.arange(4, dtype=np.float32),
        landmarks=None,
        weight=2.0,
        crops=np.arange(4),
    )
    part = track.take(np.array([1, 3]), np.array([0, 1]))
    assert (len(track), len(part)) == (4, 2)
    assert part.times.tolist() == [1, 3]
    assert part.boxes[1].tolist() == [12, 13, 14, 15]
    assert (part.crops.tolist(), part.landmarks, part.weight) == ([0, 1], None, 2.0)
