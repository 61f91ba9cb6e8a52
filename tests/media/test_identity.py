import numpy as np

from mrpn.media.appearance import Appearance
from mrpn.media.identity import SAME_LOOK, identities
from mrpn.media.tracklet import Tracklet

RNG = np.random.default_rng(0)
SHAPE = RNG.uniform(0.2, 1, 512)
COLOURS = RNG.uniform(50, 200, 96)


def tracklet(
    pictures: range, person: float, weight: float = 1.0, landmarks: bool = False
) -> Tracklet:
    """Return a tracklet whose look is as far from person 0 as `person` says."""
    made = Tracklet(since=pictures[0] / 10)
    look = np.concatenate([SHAPE, COLOURS + 24 * person * (np.arange(96) >= 48)])
    made.look = Appearance()
    made.look._first.append(look.astype(np.float16))
    values = np.arange(15 if landmarks else 5, dtype=np.float32)
    for k in pictures:
        made.rows.add(k / 10, values + k, weight, k)
    return made


def lengths(*tracklets: Tracklet) -> list[int]:
    return [len(track) for track in identities(tracklets)]


def test_a_face_that_comes_back_is_the_same() -> None:
    (only,) = identities([tracklet(range(5), 0), tracklet(range(20, 30), 0.3)])
    np.testing.assert_allclose(only.times * 10, [*range(5), *range(20, 30)])
    assert only.crops.tolist() == [*range(5), *range(20, 30)]
    assert only.boxes[:, 0].tolist() == [*range(5), *range(20, 30)]
    assert (only.weight, only.landmarks) == (15.0, None)


def test_faces_that_look_different_are_different() -> None:
    assert lengths(tracklet(range(5), 0), tracklet(range(5, 9), SAME_LOOK + 0.2)) == [5, 4]


def test_faces_seen_together_are_different_however_alike() -> None:
    assert lengths(tracklet(range(5), 0), tracklet(range(4, 8), 0)) == [5, 4]


def test_a_face_joins_the_one_most_like_it_that_is_not_there_already() -> None:
    alike, less = tracklet(range(10), 0), tracklet(range(8), 1.2)
    free, taken = tracklet(range(10, 13), 0.1), tracklet(range(8, 11), 0.1)
    assert lengths(alike, less, free) == [13, 8]
    assert lengths(alike, less, taken) == [11, 10]


def test_the_heaviest_face_comes_first() -> None:
    light, heavy = tracklet(range(9), 0), tracklet(range(9, 12), 4, weight=7.0)
    assert [track.weight for track in identities([light, heavy])] == [21.0, 9.0]


def test_what_was_never_given_out_is_no_face() -> None:
    assert identities([tracklet(range(1), 0), Tracklet(since=0.0)])[0].times.tolist() == [0.0]
    assert identities([Tracklet(since=0.0)]) == ()


def test_landmarks_are_kept() -> None:
    (only,) = identities([tracklet(range(3), 0, landmarks=True)])
    assert only.landmarks.shape == (3, 5, 2)
    assert only.landmarks[2, 0].tolist() == [7, 8]
