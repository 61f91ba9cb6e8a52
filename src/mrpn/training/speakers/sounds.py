"""Augmentation of a voice: speed, room, noise and loudness of the wave; masks on the spectrogram.

Ours, with synthetic rooms and noises, so that nothing recorded is needed.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mrpn.training.speakers.recipe import Masks, Sounds


def draw_part(wave: Tensor, samples: int, speed: float, rng: np.random.Generator) -> Tensor:
    """Cut a random slice of a wave, played at a random speed: [samples], fewer of a shorter wave.

    Args:
        wave: [N].
        samples: of the slice once it is played.
        speed: greatest share by which it is faster or slower.
        rng: the source of the draws.
    """
    factor = rng.uniform(1 - speed, 1 + speed)
    needed = min(len(wave), round(samples * factor))
    start = int(rng.integers(0, len(wave) - needed + 1))
    part = wave[start : start + needed]
    played = min(samples, round(needed / factor))
    if played in (0, needed):
        return part
    resampled = F.interpolate(part[None, None], played, mode="linear", align_corners=True)
    return resampled[0, 0]


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
    spectrum = torch.fft.rfft(torch.from_numpy(rng.standard_normal(samples, np.float32)))
    spectrum = spectrum * torch.arange(len(spectrum)).clamp(min=1).pow(-colour / 2)
    noise: Tensor = torch.fft.irfft(spectrum, samples)
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
