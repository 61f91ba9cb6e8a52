from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mrpn.common.errors import ConfigError
from mrpn.inputs import Preprocessing, SpectrogramSettings
from mrpn.media import Clip, ClipSettings, read_audio, read_clip

SMALL = Preprocessing(clip=ClipSettings(size=16, frame_rate=10))


def test_shapes_and_types_are_those_promised(make_clip: Callable[..., Clip]) -> None:
    found = SMALL.sequences(make_clip(seconds=3.0))
    assert {name: tuple(value.shape) for name, value in found.items()} == {
        "audio": (11, 1, 256, 250),
        "video": (30, 3, 16, 16),
    }
    assert {value.dtype for value in found.values()} == {torch.float32}
    assert SMALL.shapes() == {name: tuple(value.shape[1:]) for name, value in found.items()}


@pytest.mark.parametrize("missing", ["audio", "video"])
def test_a_missing_modality_has_length_0_and_the_right_shape(
    missing: str, make_clip: Callable[..., Clip]
) -> None:
    clip = make_clip()
    empty = (
        replace(clip, audio=clip.audio[:0])
        if missing == "audio"
        else replace(clip, frames=clip.frames[:0], times=clip.times[:0])
    )
    for interval in (None, (0.5, 2.0)):
        found = SMALL.sequences(empty, interval)
        assert tuple(found[missing].shape) == (0, *SMALL.shapes()[missing])
        assert all(len(value) for name, value in found.items() if name != missing)


def test_under_a_second_is_padded_with_zeros_to_one_segment() -> None:
    wave = np.random.default_rng(0).normal(size=8000).astype(np.float32)
    found = SMALL.audio(wave)
    assert found.shape == (1, 1, 256, 250)
    silent = (np.log(1e-6) + 3.5) / 5.0
    assert torch.allclose(found[0, 0, :, 130:], torch.tensor(silent, dtype=torch.float32))
    assert (found[0, 0, :, :120] > silent).all()


def test_a_slice_is_standardised_by_the_whole_file() -> None:
    wave = np.random.default_rng(0).normal(size=32000).astype(np.float32)
    wave[16000:] *= 0.01
    loud, quiet = SMALL.audio(wave, (0.0, 1.0)), SMALL.audio(wave, (1.0, 2.0))
    # 0.01 in amplitude is 1e-4 in power: log 1e-4 / 5 = -1.84 apart.
    assert (quiet.mean() - loud.mean()).item() == pytest.approx(np.log(1e-4) / 5, abs=0.1)


def test_a_slice_on_the_hop_is_the_whole_clips_segment_but_for_its_edges() -> None:
    wave = np.random.default_rng(0).normal(size=48000).astype(np.float32)
    whole, part = SMALL.audio(wave), SMALL.audio(wave, (0.4, 1.4))
    torch.testing.assert_close(part[0, ..., 4:-4], whole[2, ..., 4:-4], rtol=0, atol=1e-3)


def test_a_wave_and_its_loud_copy_give_the_same_input() -> None:
    wave = np.random.default_rng(0).normal(0, 0.01, 16000).astype(np.float32)
    torch.testing.assert_close(SMALL.audio(wave), SMALL.audio(10 * wave), rtol=0, atol=1e-3)
    torch.testing.assert_close(SMALL.audio(wave), SMALL.audio(torch.from_numpy(wave)))


def test_pixels_are_scaled_and_normalised_exactly() -> None:
    frames = np.zeros((2, 16, 16, 3), np.uint8)
    frames[1] = (255, 0, 51)
    found = SMALL.video(frames)
    torch.testing.assert_close(found[0], torch.full((3, 16, 16), -2.0))
    torch.testing.assert_close(found[1, :, 3, 5], torch.tensor([2.0, -2.0, -1.2]))


def test_grey_is_the_weighted_sum_of_colours() -> None:
    grey = Preprocessing(clip=SMALL.clip, channels=1, mean=0.0, deviation=1.0)
    frames = np.zeros((1, 16, 16, 3), np.uint8)
    frames[..., 1] = 255
    assert grey.video(frames).shape == (1, 1, 16, 16)
    torch.testing.assert_close(grey.video(frames)[0, 0, 0, 0], torch.tensor(0.587))


def test_crops_of_another_size_are_resized_without_aliasing() -> None:
    stripes = np.zeros((1, 64, 64, 3), np.uint8)
    stripes[:, :, ::2] = 255
    found = SMALL.video(stripes)
    assert found.shape == (1, 3, 16, 16)
    assert found.abs().max() < 0.2


def test_faster_crops_are_thinned_to_the_frame_rate(make_clip: Callable[..., Clip]) -> None:
    fast = make_clip(seconds=2.0, rate=30.0)
    found = SMALL.sequences(fast)["video"]
    greys = (found[:, 0, 0, 0] * 0.25 + 0.5) * 255
    assert [round(float(value)) for value in greys] == list(range(0, 60, 3))


def test_memory_mapped_read_only_crops_are_fine(
    tmp_path: Path, make_clip: Callable[..., Clip]
) -> None:
    frames = make_clip().frames
    frames.tofile(tmp_path / "crops")
    mapped = np.memmap(tmp_path / "crops", np.uint8, "r", shape=frames.shape)
    torch.testing.assert_close(SMALL.video(mapped), SMALL.video(frames))


def test_wrong_arrays_are_one_clear_line() -> None:
    with pytest.raises(ConfigError, match=r"one dimension \[N\], got \[2, 10\]"):
        SMALL.audio(np.zeros((2, 10), np.float32))
    with pytest.raises(ConfigError, match=r"uint8 \[T, S, S, 3\]"):
        SMALL.video(np.zeros((2, 16, 16, 3), np.float32))  # type: ignore[arg-type]


def test_the_specification_survives_json_and_its_digest_sees_every_setting() -> None:
    again = Preprocessing.model_validate_json(SMALL.model_dump_json())
    assert (again, again.digest) == (SMALL, SMALL.digest)
    others = [
        Preprocessing(),
        Preprocessing(clip=ClipSettings(size=16, margin=1.2)),
        SMALL.model_copy(update={"spectrogram": SpectrogramSettings(step=1.0)}),
        SMALL.model_copy(update={"channels": 1}),
    ]
    assert len({SMALL.digest, *(other.digest for other in others)}) == 5


def test_a_step_between_hops_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"49\.75 hops"):
        Preprocessing(spectrogram=SpectrogramSettings(step=0.199))


@settings(max_examples=25)
@given(samples=st.integers(1, 80000))
def test_the_promised_number_of_segments_comes(samples: int) -> None:
    assert len(SMALL.audio(np.ones(samples, np.float32))) == SMALL.segment_count(samples)


@pytest.mark.data
def test_a_real_clip_becomes_input_near_0_and_1(data: Path) -> None:
    path = data / "crema-d" / "VideoFlash" / "1001_DFA_HAP_XX.flv"
    found = Preprocessing().sequences(read_clip(path, path))
    assert found["video"].shape[1:] == (3, 112, 112)
    assert len(found["audio"]) == Preprocessing().segment_count(len(read_audio(path)))
    for value in found.values():
        assert abs(value.mean().item()) < 1
        assert 0.3 < value.std().item() < 2
