"""Augmentation of a voice: pace, room, noise and loudness of the wave; masks on the spectrogram.

Ours, with synthetic rooms and noises, so that nothing recorded is needed.
"""

import math
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from scipy.fft import next_fast_len  # type: ignore[import-untyped]
from torch import Tensor

from mrpn.common.config import Settings
from mrpn.inputs import Preprocessing, sample_range, standardise
from mrpn.inputs.preprocessing import Interval
from mrpn.inputs.spectrogram import segments, spectrogram
from mrpn.training.pace import Pace, play


class Sounds(Settings):
    """Ranges of what is done to a waveform in training (ours).

    Attributes:
        speed: played faster or slower by up to this share, which moves the pitch as well.
        warped: how often pitch and tempo are changed besides.
        pitch: higher or lower by up to so many semitones, at the same length.
        tempo: faster or slower by up to this share, at the same pitch.
        reverberation: how often a synthetic room is added.
        decay: seconds in which the room's sound falls by 60 dB, least and most.
        noise: how often noise is added, of a colour between white and brown.
        ratio: level of the voice over the noise in dB, least and most.
        gain: louder or softer by up to so many dB.
    """

    speed: float = Field(0.05, ge=0, lt=0.5)
    warped: float = Field(1.0, ge=0, le=1)
    pitch: float = Field(0.0, ge=0, le=12)
    tempo: float = Field(0.0, ge=0, lt=0.5)
    reverberation: float = Field(0.3, ge=0, le=1)
    decay: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(le=5)]] = (0.1, 0.5)
    noise: float = Field(0.5, ge=0, le=1)
    ratio: tuple[float, float] = (10.0, 30.0)
    gain: float = Field(6.0, ge=0)


class Masks(Settings):
    """Parts of a spectrogram set to its mean in training (SpecAugment, Park et al. 2019).

    Attributes:
        bands, bins: so many bands, each of up to so many bins.
        gaps, frames: so many stretches of time, each of up to so many spectra.
    """

    bands: int = Field(1, ge=0)
    bins: int = Field(32, ge=0)
    gaps: int = Field(1, ge=0)
    frames: int = Field(50, ge=0)


def varied_audio(
    wave: NDArray[np.float32] | Tensor,
    interval: Interval | None,
    preprocessing: Preprocessing,
    sounds: Sounds | None,
    masks: Masks | None,
    rng: np.random.Generator,
) -> Tensor:
    """Return a waveform's spectrogram segments as `Preprocessing.audio` does, but varied.

    The interval is cut first: it stays the one that the crops are of, whatever its sound's pace.

    Args:
        wave: the whole clip's samples [N].
        interval: [start, end) in seconds; None takes all.
        preprocessing: how waves become segments.
        sounds, masks: what is varied; None leaves the wave, or the spectrogram, as it is.
        rng: the source of the draws.
    """
    part = standardise(torch.as_tensor(wave, dtype=torch.float32))
    if interval is not None:
        first, after = sample_range(*interval, preprocessing.clip.rate, len(part))
        part = part[first:after]
    if len(part) == 0:
        return torch.zeros(0, *preprocessing.shapes()["audio"])
    return varied_segments(play(part, draw_pace(sounds, rng)), preprocessing, sounds, masks, rng)


def varied_segments(
    part: Tensor,
    preprocessing: Preprocessing,
    sounds: Sounds | None,
    masks: Masks | None,
    rng: np.random.Generator,
) -> Tensor:
    """Return the segments of a wave [N] at its pace, with all else varied; see `varied_audio`."""
    rate, settings = preprocessing.clip.rate, preprocessing.spectrogram
    if sounds is not None:
        part = vary_sound(part, sounds, rng, rate)
    values = spectrogram(part, settings, rate)
    if masks is not None:
        values = mask(values, masks, rng)
    return segments(values, settings, rate)


def draw_pace(settings: Sounds | None, rng: np.random.Generator) -> Pace:
    """Draw speed, tempo and pitch, each uniform in its range, the pitch in semitones."""
    reach = 0.0 if settings is None else settings.speed
    speed = rng.uniform(1 - reach, 1 + reach)
    if settings is None or settings.pitch == settings.tempo == 0:
        return Pace(speed)
    if rng.random() >= settings.warped:
        return Pace(speed)
    tempo = rng.uniform(1 - settings.tempo, 1 + settings.tempo)
    return Pace(speed, tempo, 2 ** (rng.uniform(-settings.pitch, settings.pitch) / 12))


def vary_sound(part: Tensor, settings: Sounds, rng: np.random.Generator, rate: int) -> Tensor:
    """Put a wave [N] into a room, into noise, and nearer or farther; its length stays.

    Args:
        part: a slice of a standardised wave.
        settings: how often and how much.
        rng: the source of the draws.
        rate: samples per second.
    """
    if rng.random() < settings.reverberation:
        part = reverberate(part, rng.uniform(*settings.decay), rng.uniform(0.1, 0.7), rng, rate)
    if rng.random() < settings.noise:
        power = part.square().mean() / 10 ** (rng.uniform(*settings.ratio) / 10)
        part = part + power.sqrt() * coloured_noise(len(part), rng.uniform(0, 2), rng)
    return part * float(10 ** (rng.uniform(-settings.gain, settings.gain) / 20))


def reverberate(
    part: Tensor, decay: float, wet: float, rng: np.random.Generator, rate: int
) -> Tensor:
    """Return a wave [N] as in a room: itself and exponentially decaying noise after it.

    Args:
        part: the wave.
        decay: seconds in which the room's sound falls by 60 dB.
        wet: root of the room's energy over the direct sound's.
        rng: the source of the room.
        rate: samples per second.
    """
    length = max(2, round(decay * rate))
    fall = torch.exp(-math.log(1000.0) * torch.arange(1, length) / length)
    tail = torch.from_numpy(rng.standard_normal(length - 1, np.float32)) * fall
    room = torch.cat([torch.ones(1), wet * tail / tail.norm()]) / math.sqrt(1 + wet**2)
    size = 1 << (len(part) + length - 1).bit_length()
    heard = torch.fft.irfft(torch.fft.rfft(part, size) * torch.fft.rfft(room, size), size)
    cut: Tensor = heard[: len(part)]
    return cut


def coloured_noise(samples: int, colour: float, rng: np.random.Generator) -> Tensor:
    """Return noise [samples] of mean power 1 that falls as 1 / f^colour: 0 is white, 2 brown."""
    # Transforms of other lengths, primes above all, take up to ten times as long.
    size = next_fast_len(samples, real=True)
    spectrum = torch.fft.rfft(torch.from_numpy(rng.standard_normal(size, np.float32)))
    spectrum = spectrum * torch.arange(len(spectrum)).clamp(min=1).pow(-colour / 2)
    noise: Tensor = torch.fft.irfft(spectrum, size)
    noise = noise[:samples]
    return noise / noise.square().mean().sqrt().clamp(min=1e-12)


def mask(values: Tensor, settings: Masks, rng: np.random.Generator) -> Tensor:
    """Return a spectrogram [bins, T] with some bands and stretches of time set to its mean."""
    masked, mean = values.clone(), values.mean()
    for axis, count, widest in (
        (0, settings.bands, settings.bins),
        (1, settings.gaps, settings.frames),
    ):
        size = values.shape[axis]
        for _ in range(count):
            width = int(rng.integers(0, min(widest, size) + 1))
            masked.narrow(axis, int(rng.integers(0, size - width + 1)), width).fill_(mean)
    return masked
