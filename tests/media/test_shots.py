import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mrpn.media.shots import Cuts, changed, thumbnail

RNG = np.random.default_rng(0)
SCENE = np.kron(RNG.integers(0, 255, (12, 16, 3)), np.ones((10, 10, 1))).astype(np.uint8)
OTHER = np.kron(RNG.integers(0, 255, (12, 16, 3)), np.ones((10, 10, 1))).astype(np.uint8)


def cuts(*pictures: np.ndarray) -> list[int]:
    watching = Cuts()
    return [k for k, image in enumerate(pictures) if watching.begins(thumbnail(image))]


def test_a_cut_is_noticed_once_and_where_it_is() -> None:
    assert cuts(SCENE, SCENE, SCENE, OTHER, OTHER, SCENE) == [3, 5]


def test_noise_and_slow_movement_are_no_cut() -> None:
    noisy = [
        np.clip(SCENE + RNG.normal(0, 8, SCENE.shape), 0, 255).astype(np.uint8) for _ in range(5)
    ]
    assert cuts(*noisy) == []
    assert cuts(*(np.roll(SCENE, k, axis=1) for k in range(20))) == []


def test_a_moving_camera_is_no_row_of_cuts() -> None:
    faster = [np.roll(SCENE, k * (k + 1) // 2, axis=1) for k in range(9)]
    steps = [changed(thumbnail(a), thumbnail(b)) for a, b in itertools.pairwise(faster)]
    assert steps[4:] == [True] * 4
    assert cuts(*faster) == []


@given(st.integers(0, 255))
def test_the_first_picture_is_no_cut(grey: int) -> None:
    assert cuts(np.full((20, 30, 3), grey, np.uint8)) == []
