"""Augmentation of crops, views of stills, slices of time."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from mrpn.training.augmentation import augment_frames, draw_slice, jittered_views, leave_out
from mrpn.training.recipe import Spatial, Stills, TimeSlice

STILL = {"rotation": 0, "scale": 0, "shift": 0, "brightness": 0, "contrast": 0}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def frames() -> Tensor:
    """Five different frames of three channels."""
    return torch.randn(5, 3, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("per", ["clip", "frame"])
def test_ranges_of_zero_change_nothing(frames: Tensor, per: str) -> None:
    same = augment_frames(frames, Spatial(per=per, flip=0, **STILL), rng())
    torch.testing.assert_close(same, frames, atol=2e-5, rtol=0)


@pytest.mark.parametrize("per", ["clip", "frame"])
def test_a_flip_alone_mirrors_exactly(per: str) -> None:
    literal = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]], [[[5.0, 6.0], [7.0, 8.0]]]])
    flipped = augment_frames(literal, Spatial(per=per, flip=1, **STILL), rng())
    expected = torch.tensor([[[[2.0, 1.0], [4.0, 3.0]]], [[[6.0, 5.0], [8.0, 7.0]]]])
    assert torch.equal(flipped, expected)


def test_va_moves_all_frames_of_a_clip_alike_and_ia_each_by_itself(frames: Tensor) -> None:
    same = frames[:1].expand(5, -1, -1, -1)
    together = augment_frames(same, Spatial(per="clip"), rng())
    apart = augment_frames(same, Spatial(per="frame"), rng())
    assert all(torch.equal(together[0], frame) for frame in together)
    assert not any(torch.allclose(apart[0], frame) for frame in apart[1:])


def test_va_is_ia_of_one_frame(frames: Tensor) -> None:
    one = frames[:1]
    clip, frame = (augment_frames(one, Spatial(per=per), rng(3)) for per in ("clip", "frame"))
    torch.testing.assert_close(clip, frame)


def test_coarse_frames_keep_their_mean_and_lose_their_detail() -> None:
    checks = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(4, 4).view(1, 1, 8, 8) + 0.5
    settings = Spatial(flip=0, coarse=0.75, **STILL)
    coarse = augment_frames(checks, settings, rng(1))
    assert coarse.std() < 0.5 * checks.std()
    assert coarse.mean() == pytest.approx(0.5, abs=0.05)


def test_a_blur_keeps_the_mean_and_an_even_picture_and_softens_an_edge() -> None:
    frames = torch.zeros(2, 1, 32, 32)
    frames[:, :, :, 16:] = 1.0
    soft = augment_frames(frames, Spatial(flip=0, blur=0.1, **STILL), rng(1))
    torch.testing.assert_close(soft.mean(), frames.mean(), atol=1e-5, rtol=0)
    profile = soft[0, 0, 16]
    assert (profile.diff() > -1e-6).all()
    assert profile.diff().max() < 0.9
    torch.testing.assert_close(profile, soft[1, 0, 3], atol=1e-5, rtol=0)
    even = augment_frames(torch.ones(1, 3, 32, 32), Spatial(flip=0, blur=0.1, **STILL), rng(1))
    torch.testing.assert_close(even, torch.ones(1, 3, 32, 32), atol=1e-5, rtol=0)


def test_modalities_are_left_out_as_often_as_asked_and_never_the_last() -> None:
    inputs = {"audio": torch.ones(2, 1), "video": torch.ones(3, 1), "touch": torch.ones(0, 1)}
    draws = rng()
    left = [leave_out(inputs, {"audio": 0.5, "video": 0.2}, draws) for _ in range(2000)]
    without = [tuple(n for n in ("audio", "video") if not len(one[n])) for one in left]
    assert set(without) == {(), ("audio",), ("video",)}
    # Both are drawn in 10 % of the clips: then one of them, either, stays.
    assert without.count(("audio",)) / 2000 == pytest.approx(0.45, abs=0.04)
    assert without.count(("video",)) / 2000 == pytest.approx(0.15, abs=0.03)
    assert left[0]["audio"].shape[1:] == (1,)


@pytest.mark.parametrize(("per", "patches"), [("clip", 1), ("frame", 4)])
def test_erasing_greys_one_rectangle_of_a_clip_or_of_each_frame(per: str, patches: int) -> None:
    ones = torch.ones(4, 2, 20, 20)
    settings = Spatial(per=per, flip=0, erase=1.0, **STILL)
    erased = augment_frames(ones, settings, rng(2))
    found = set()
    for frame in erased:
        rows, columns = torch.where(frame[0] == 0)
        box = (int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1)
        area = (box[1] - box[0]) * (box[3] - box[2])
        assert 0.02 * 400 <= area <= 0.25 * 400
        expected = torch.ones(2, 20, 20)
        expected[:, box[0] : box[1], box[2] : box[3]] = 0
        torch.testing.assert_close(frame, expected, atol=2e-5, rtol=0)
        found.add(box)
    assert len(found) == patches


def test_brightness_and_contrast_relight_around_mid_grey() -> None:
    grey = torch.full((1, 1, 2, 2), 0.5)
    none = {**STILL, "flip": 0}
    brighter = augment_frames(grey, Spatial(**{**none, "brightness": 0.2}), rng(), white=4.0)
    assert brighter.unique().numel() == 1
    assert 0 < abs(float(brighter[0, 0, 0, 0]) - 0.5) <= 0.2 * 4
    steeper = augment_frames(grey, Spatial(**{**none, "contrast": 0.2}), rng())
    assert 0.4 <= float(steeper[0, 0, 0, 0]) <= 0.6
    mid = augment_frames(torch.zeros(1, 1, 2, 2), Spatial(**{**none, "contrast": 0.5}), rng())
    assert torch.equal(mid, torch.zeros(1, 1, 2, 2))


def test_a_quarter_turn_turns_and_a_shift_shifts() -> None:
    dot = torch.zeros(1, 1, 4, 4)
    dot[0, 0, 1, 2] = 1.0

    class Fixed:
        """Draws the upper end of every range."""

        def uniform(self, _: object, high: float, shape: object) -> np.ndarray:
            return np.full(shape, high)

        def random(self, count: int) -> np.ndarray:
            return np.full(count, 0.9)

    turned = augment_frames(dot, Spatial(flip=0, **{**STILL, "rotation": 90}), Fixed())
    assert turned[0, 0].argmax() in (2 * 4 + 2, 1 * 4 + 1)
    assert float(turned.max()) == pytest.approx(1, abs=1e-5)
    shifted = augment_frames(dot, Spatial(flip=0, **{**STILL, "shift": 0.25}), Fixed())
    assert float(shifted[0, 0, 0, 1]) == pytest.approx(1, abs=1e-5)


def test_no_frames_stay_no_frames() -> None:
    assert augment_frames(torch.zeros(0, 1, 8, 8), Spatial(), rng()).shape == (0, 1, 8, 8)


@given(st.floats(0.01, 100), st.floats(0.01, 10), st.integers(0, 1000))
def test_a_slice_lies_within_the_clip_and_is_no_shorter_than_the_least(
    duration: float, minimum: float, seed: int
) -> None:
    start, end = draw_slice(duration, TimeSlice(minimum=minimum), rng(seed))
    assert 0 <= start < end <= duration + 1e-9
    assert end - start >= min(minimum, duration) - 1e-9
    if duration <= minimum:
        assert (start, end) == (0, duration)


def test_views_of_a_still_are_many_alike_and_the_same_for_the_same_seed(frames: Tensor) -> None:
    still, settings = frames[:1], Stills(views=4)
    views = jittered_views(still, settings, rng(1))
    assert views.shape == (4, 3, 8, 8)
    assert torch.equal(views, jittered_views(still, settings, rng(1)))
    assert not torch.allclose(views, jittered_views(still, settings, rng(2)))
    assert not torch.allclose(views[0], views[1])
    unmoved = jittered_views(still, Stills(views=2, jitter=0), rng())
    torch.testing.assert_close(unmoved, still.expand(2, -1, -1, -1), atol=2e-5, rtol=0)
