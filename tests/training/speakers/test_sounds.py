"""Augmentation of a voice, by its numbers."""

import numpy as np
import pytest
import torch
from torch import Tensor

from mrpn.training.speakers.recipe import Masks, Sounds
from mrpn.training.speakers.sounds import coloured_noise, draw_part, mask, reverberate, vary_sound

RATE = 16000


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def tone(pitch: float = 1000.0, samples: int = RATE) -> Tensor:
    return torch.sin(2 * torch.pi * pitch * torch.arange(samples) / RATE) * 2**0.5


def peak(wave: Tensor) -> float:
    """The strongest frequency in Hz."""
    return float(torch.fft.rfft(wave).abs().argmax()) * RATE / len(wave)


def test_a_slice_at_its_own_speed_is_a_piece_of_the_wave() -> None:
    wave = torch.arange(100.0)
    part = draw_part(wave, 30, 0.0, rng())
    assert torch.equal(part, wave[int(part[0]) : int(part[0]) + 30])
    starts = {int(draw_part(wave, 30, 0.0, np.random.default_rng(n))[0]) for n in range(50)}
    assert len(starts) > 20


def test_speed_moves_the_pitch_and_keeps_the_length() -> None:
    generator = np.random.default_rng(0)
    factor = np.random.default_rng(0).uniform(0.9, 1.1)
    part = draw_part(tone(1000.0, 2 * RATE), RATE, 0.1, generator)
    assert len(part) == RATE
    assert peak(part) == pytest.approx(1000 * factor, abs=1)
    assert abs(factor - 1) > 0.01


@pytest.mark.parametrize("speed", [0.0, 0.3])
@pytest.mark.parametrize("samples", [0, 1, 7, 99])
def test_a_wave_shorter_than_the_slice_is_taken_whole(samples: int, speed: float) -> None:
    part = draw_part(torch.ones(samples), 200, speed, rng())
    assert samples / (1 + speed) - 1 < len(part) <= samples / (1 - speed) + 1
    assert torch.equal(part, torch.ones(len(part)))


def test_a_room_adds_a_decaying_tail_after_the_sound_itself() -> None:
    click = torch.zeros(RATE)
    click[100] = 1.0
    heard = reverberate(click, 0.25, 0.5, rng(), RATE)
    assert float(heard[:100].abs().max()) < 1e-6
    assert float(heard[100]) == pytest.approx(1 / 1.25**0.5, abs=1e-5)
    assert float(heard.square().sum()) == pytest.approx(1.0, abs=1e-5)
    early, late = (heard[a : a + 400].square().mean().log10() * 10 for a in (101, 2101))
    assert float(early - late) == pytest.approx(60 * 2000 / (0.25 * RATE), abs=1.5)
    assert float(heard[100 + RATE // 4 :].abs().max()) < 1e-6


def test_noise_falls_with_frequency_as_its_colour_says() -> None:
    for colour, fall in ((0.0, 0.0), (1.0, 3.0103), (2.0, 6.0206)):
        noise = coloured_noise(2**16, colour, rng())
        assert float(noise.square().mean()) == pytest.approx(1.0, abs=1e-4)
        power = torch.fft.rfft(noise).abs().square()
        octaves = [power[n : 2 * n].mean() for n in (4096, 8192)]
        assert float(10 * (octaves[0] / octaves[1]).log10()) == pytest.approx(fall, abs=0.3)


def test_noise_is_as_loud_as_its_ratio_says() -> None:
    settings = Sounds(reverberation=0, noise=1, ratio=(20.0, 20.0), gain=0)
    varied = vary_sound(tone(), settings, rng(), RATE)
    assert float((varied - tone()).square().mean()) == pytest.approx(0.01, rel=1e-3)


def test_gain_stays_in_its_range_and_with_nothing_on_nothing_changes() -> None:
    still = Sounds(reverberation=0, noise=0, gain=0)
    assert torch.equal(vary_sound(tone(), still, rng(), RATE), tone())
    loud = Sounds(reverberation=0, noise=0, gain=6)
    levels = [
        float(vary_sound(torch.ones(1), loud, np.random.default_rng(n), RATE)) for n in range(99)
    ]
    assert 10**-0.3 <= min(levels) < 0.6
    assert 1.8 < max(levels) <= 10**0.3


@pytest.mark.parametrize("samples", [1, 2, 300])
def test_silence_and_tiny_waves_stay_finite(samples: int) -> None:
    always = Sounds(reverberation=1, noise=1)
    varied = vary_sound(torch.zeros(samples), always, rng(), RATE)
    assert torch.equal(varied, torch.zeros(samples))


def test_masks_are_bands_and_stretches_at_the_mean() -> None:
    values = torch.arange(200.0).reshape(10, 20)
    masked = mask(values, Masks(bands=1, bins=4, gaps=1, frames=6), np.random.default_rng(1))
    changed = masked != values
    assert set(masked[changed].tolist()) == {float(values.mean())}
    rows = changed.all(dim=1).nonzero().flatten()
    columns = changed.all(dim=0).nonzero().flatten()
    for places, widest in ((rows, 4), (columns, 6)):
        assert 1 <= len(places) <= widest
        assert torch.equal(places, torch.arange(len(places)) + places[0])
    assert torch.equal(values, torch.arange(200.0).reshape(10, 20))
    assert torch.equal(mask(values, Masks(bands=0, gaps=0), rng()), values)
