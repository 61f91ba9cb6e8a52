"""How crops are kept: what comes back of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.preparation.crops import decode_crop, encode_crop


def smooth(size: int, seed: int = 0) -> np.ndarray:
    """A picture with soft gradients and an edge, as faces have."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:size, 0:size] / size
    channels = [
        np.sin(4 * rows + a) + np.cos(3 * columns + b) for a, b in rng.uniform(0, 6, (3, 2))
    ]
    picture = 60 * np.stack(channels, axis=-1) + 128
    picture[size // 2 :] *= 0.5
    return picture.clip(0, 255).astype(np.uint8)


@settings(max_examples=20, deadline=None)
@given(size=st.integers(8, 40), seed=st.integers(0, 99))
def test_raw_crops_come_back_to_the_bit(size: int, seed: int) -> None:
    crop = np.random.default_rng(seed).integers(0, 256, (size, size, 3)).astype(np.uint8)
    kept = encode_crop(crop, "raw")
    assert len(kept) == 3 * size * size
    assert np.array_equal(decode_crop(kept, size, "raw"), crop)


def test_jpegs_are_a_fifth_of_the_size_and_within_a_few_grey_levels() -> None:
    crop = smooth(112)
    kept = encode_crop(crop, "jpeg")
    assert len(kept) < crop.size / 5
    difference = decode_crop(kept, 112, "jpeg").astype(int) - crop
    assert np.sqrt(np.mean(difference**2)) < 1.5


@pytest.mark.parametrize("seed", range(3))
def test_a_grey_crop_stays_exactly_grey(seed: int) -> None:
    grey = np.repeat(smooth(48, seed)[..., :1], 3, axis=2)
    found = decode_crop(encode_crop(grey, "jpeg"), 48, "jpeg")
    assert (found[..., :1] == found).all()
    assert found.shape == (48, 48, 3)
