"""Augmentation of a voice, by its numbers."""

import numpy as np
import pytest
import torch
from torch import Tensor

from mrpn.inputs import Preprocessing
from mrpn.training.pace import Pace
from mrpn.training.sounds import (
    Masks,
    Sounds,
    coloured_noise,
    draw_pace,
    mask,
    reverberate,
    varied_audio,
    vary_sound,
)

RATE = 16000


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def tone(pitch: float = 1000.0, samples: int = RATE) -> Tensor:
    return torch.sin(2 * torch.pi * pitch * torch.arange(samples) / RATE) * 2**0.5


def draws(settings: Sounds, count: int = 200) -> list[Pace]:
    generator = rng()
    return [draw_pace(settings, generator) for _ in range(count)]


def test_every_kind_of_pace_stays_in_its_range_and_fills_it() -> None:
    found = draws(Sounds(speed=0.05, pitch=2.0, tempo=0.1))
    for values, low, high in (
        ([pace.speed for pace in found], 0.95, 1.05),
        ([pace.tempo for pace in found], 0.9, 1.1),
        ([12 * np.log2(pace.pitch) for pace in found], -2, 2),
    ):
        span = high - low
        assert low <= min(values) < low + 0.05 * span
        assert high - 0.05 * span < max(values) <= high


def test_pitch_and_tempo_are_changed_as_often_as_asked() -> None:
    found = draws(Sounds(pitch=2.0, tempo=0.1, warped=0.25), 400)
    still = sum(pace.tempo == pace.pitch == 1 for pace in found)
    assert still == pytest.approx(300, abs=30)
    assert all(pace.tempo == pace.pitch == 1 for pace in draws(Sounds()))


def test_what_has_neither_pitch_nor_tempo_draws_as_if_there_were_none() -> None:
    one, other = rng(), rng()
    assert draw_pace(Sounds(speed=0.1), one).speed == other.uniform(0.9, 1.1)
    assert one.random() == other.random()
    assert draw_pace(None, one) == Pace()


PLAIN = Preprocessing()
STILL = Sounds(speed=0, reverberation=0, noise=0, gain=0)


@pytest.mark.parametrize("interval", [None, (0.5, 1.75), (1.9, 5.0), (7.0, 8.0)])
def test_with_nothing_varied_it_is_what_recognition_hears(
    interval: tuple[float, float] | None,
) -> None:
    wave = tone(samples=2 * RATE) + 0.1 * torch.randn(2 * RATE)
    heard = varied_audio(wave, interval, PLAIN, STILL, None, rng())
    assert torch.equal(heard, PLAIN.audio(wave, interval))
    assert torch.equal(varied_audio(wave, interval, PLAIN, None, None, rng()), heard)


def test_tempo_changes_how_many_segments_an_interval_has_and_speaks_of_no_other_time() -> None:
    # A tone that changes after two seconds: what is cut before never hears the second one.
    wave = torch.cat([tone(500.0, 2 * RATE), tone(3000.0, 2 * RATE)])
    bins = {}
    for tempo in (0.3, 0.0):
        settings = STILL.model_copy(update={"tempo": tempo})
        heard = [
            varied_audio(wave, (0.0, 1.95), PLAIN, settings, None, np.random.default_rng(seed))
            for seed in range(4)
        ]
        bins[tempo] = {int(each.mean(dim=(0, 1, 3)).argmax()) for each in heard}
        lengths = {len(each) for each in heard}
        assert (len(lengths) > 1) == (tempo > 0)
    assert bins[0.3] == bins[0.0] == {16}


def test_no_sound_stays_none() -> None:
    settings = Sounds(pitch=2.0, tempo=0.1)
    assert len(varied_audio(torch.zeros(0), None, PLAIN, settings, Masks(), rng())) == 0


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
