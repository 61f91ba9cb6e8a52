import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.media import ClipSettings
from mrpn.media.alignment import tilt
from mrpn.media.cropping import crop, cut_face, face_square, turned_crop
from squares import PLACES

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


def test_a_crop_that_is_turned_by_nothing_is_the_crop() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (80, 100, 3)).astype(np.uint8)
    for size in (24, 25):
        straight = crop(image, (20, 10, size), size)
        np.testing.assert_array_equal(turned_crop(image, (20, 10, size), 0.0, size), straight)


def test_a_quarter_turn_is_one() -> None:
    image = np.random.default_rng(0).integers(0, 255, (80, 100, 3)).astype(np.uint8)
    straight = crop(image, (20, 10, 24), 24)
    turned = turned_crop(image, (20, 10, 24), np.pi / 2, 24)
    np.testing.assert_allclose(turned, np.rot90(straight).astype(int), atol=1)


@pytest.mark.parametrize("degrees", [-40, -10, 5, 25])
def test_a_tilted_face_is_cut_out_upright(degrees: float) -> None:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (60 * (PLACES - 0.5)) @ turn.T + [100, 90]
    assert np.degrees(tilt(points)) == pytest.approx(degrees, abs=1e-3)
    image = np.full((180, 200, 3), 30, np.uint8)
    for x, y in points[:2]:
        image[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3] = 255
    settings = ClipSettings(size=96, margin=1.0, align=True)
    box = np.array([60, 50, 140, 130], np.float32)
    cut = cut_face(image, box, points.astype(np.float32), settings)
    right, left = cut[:, :48, 0] > 150, cut[:, 48:, 0] > 150
    heights = [np.nonzero(half)[0].mean() for half in (right, left)]
    assert heights[0] == pytest.approx(heights[1], abs=1.5)
    straight = cut_face(image, box, points.astype(np.float32), ClipSettings(size=96, margin=1.0))
    np.testing.assert_array_equal(straight, crop(image, (60, 50, 80), 96))


def test_whole_pictures_have_no_margin() -> None:
    settings = ClipSettings(size=16, faces="whole", margin=3.0)
    box = np.array([10, 10, 26, 26], np.float32)
    np.testing.assert_array_equal(cut_face(GRADIENT, box, None, settings), GRADIENT[10:26, 10:26])
