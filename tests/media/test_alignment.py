import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.media.alignment import similarity, tilt

FACE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.0, 0.1], [-0.4, 0.6], [0.4, 0.6]])


def turned(angle: float, scale: float = 40.0, shift: tuple[float, float] = (100, 80)) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    return scale * FACE @ np.array([[cosine, sine], [-sine, cosine]]) + shift


@given(angle=st.floats(-3, 3), scale=st.floats(1, 500))
def test_the_turn_of_a_face_is_found_whatever_its_size_and_place(
    angle: float, scale: float
) -> None:
    assert tilt(turned(angle, scale)) == pytest.approx(angle, abs=1e-6)


def test_a_face_seen_from_the_side_is_not_thrown_about() -> None:
    side = turned(0.0)
    side[:, 0] = 100 + 0.3 * (side[:, 0] - 100)
    side[2, 0] += 25
    assert abs(tilt(side)) < 0.02


def test_the_similarity_takes_an_upright_face_to_this_one() -> None:
    turn, shift = similarity(turned(0.3))
    eyes = turned(0.3)[:2]
    found = np.array([[-0.5, -0.55], [0.5, -0.55]]) @ turn.T + shift
    np.testing.assert_allclose(found, eyes, atol=1.5)
