import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.media.cropping import crop, face_square

GRADIENT = np.repeat(np.arange(100, dtype=np.uint8)[None, :, None], 80, 0).repeat(3, 2)


def test_the_square_is_the_longer_side_widened_about_the_centre() -> None:
    box = np.array([40, 20, 60, 60], np.float32)
    assert face_square(box, 1.5) == pytest.approx((20, 10, 60))


def test_a_crop_at_its_own_size_is_the_very_pixels() -> None:
    np.testing.assert_array_equal(crop(GRADIENT, (10, 20, 32), 32), GRADIENT[20:52, 10:42])


def test_reducing_averages_instead_of_skipping() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    reduced = crop(stripes, (0, 0, 64), 8)
    assert np.abs(reduced.astype(int) - 100).max() <= 8


def test_beyond_the_border_is_the_edge_or_black() -> None:
    edge = crop(GRADIENT, (-20, 0, 40), 40)
    assert (edge[:, :20] == 0).all()
    right = crop(GRADIENT, (80, 40, 40), 40)
    assert (right[:, 20:] == 99).all()
    assert (crop(GRADIENT, (80, 40, 40), 40, "zeros")[:, 20:] == 0).all()
    assert (crop(GRADIENT, (500, 500, 40), 16) == 0).all()


@given(
    left=st.floats(-150, 150),
    top=st.floats(-150, 150),
    side=st.floats(2, 200),
    border=st.sampled_from(["edge", "zeros"]),
)
def test_any_square_gives_a_crop_of_the_size(
    left: float, top: float, side: float, border: str
) -> None:
    result = crop(GRADIENT, (left, top, side), 24, border)  # type: ignore[arg-type]
    assert result.shape == (24, 24, 3)
    assert result.dtype == np.uint8
    assert result.max() <= 99
