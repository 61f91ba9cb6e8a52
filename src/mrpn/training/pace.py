"""Speed, tempo and pitch of a wave, each by itself or together (ours)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates  # type: ignore[import-untyped]
from torch import Tensor

# Samples at 16 kHz: 40 ms, 20 ms, and 10 ms to either side, a whole period of 50 Hz.
WINDOW = 640
HOP = 320
REACH = 160


@dataclass(frozen=True)
class Pace:
    """How a wave is played.

    Args:
        speed: so many times as fast, which moves the pitch by as much.
        tempo: so many times as fast, at the same pitch.
        pitch: so many times as high, at the same length.
    """

    speed: float = 1.0
    tempo: float = 1.0
    pitch: float = 1.0

    @property
    def shortening(self) -> float:
        """Length before over length after."""
        return self.speed * self.tempo


def draw_part(wave: Tensor, samples: int, pace: Pace, rng: np.random.Generator) -> Tensor:
    """Cut a random slice of a wave, played at some pace: [samples], fewer of a shorter wave.

    By rounding it may be one sample shorter.

    Args:
        wave: [N].
        samples: of the slice once it is played.
        pace: how it is played.
        rng: the source of the place.
    """
    needed = min(len(wave), round(samples * pace.shortening))
    start = int(rng.integers(0, len(wave) - needed + 1))
    return play(wave[start : start + needed], pace, samples)


def play(part: Tensor, pace: Pace, most: int | None = None) -> Tensor:
    """Return a wave [N] at another pace: [N / shortening], or `most` samples if that is fewer.

    Nothing is done to a wave too short to be changed. Without tempo and pitch, samples are set
    between the given ones along straight lines; else see `stretch` and `resample`.
    """
    samples = round(len(part) / pace.shortening)
    samples = samples if most is None else min(most, samples)
    if pace.tempo == pace.pitch == 1:
        if samples in (0, len(part)):
            return part
        line = F.interpolate(part[None, None], samples, mode="linear", align_corners=True)
        return line[0, 0]
    if min(samples, len(part)) <= WINDOW:
        return part[:most]
    return resample(stretch(part, round(samples * pace.speed * pace.pitch)), samples)


def stretch(wave: Tensor, samples: int) -> Tensor:
    """Return a wave [N] drawn out or pressed together to [samples], at the same pitch.

    Windows of the wave are laid over one another at another distance than they were taken, each
    from where it best goes on as the one before it did (WSOLA, Verhelst and Roelands 1993).

    Args:
        wave: longer than a window.
        samples: of the result.
    """
    if samples == len(wave):
        return wave
    values = np.pad(wave.numpy(), (REACH, REACH + WINDOW), mode="reflect")
    squares = np.append(0.0, np.cumsum(values.astype(np.float64) ** 2))
    energy = squares[HOP:] - squares[:-HOP]
    result, fade = np.zeros(samples + WINDOW + HOP, np.float32), _fade()
    place, lags = REACH, 2 * REACH + 1
    result[:HOP] = values[place : place + HOP] * (1 - fade[:HOP])
    for start in range(0, samples, HOP):
        result[start : start + WINDOW] += fade * values[place : place + WINDOW]
        going_on = values[place + HOP : place + WINDOW]
        # Its middle lies REACH further on, for the padding at the beginning.
        first = min(round((start + HOP) * len(wave) / samples), len(wave))
        likeness = np.correlate(values[first : first + lags + HOP - 1], going_on)
        place = first + int(np.argmin(energy[first : first + lags] - 2 * likeness))
    return torch.from_numpy(result[:samples])


def resample(wave: Tensor, samples: int) -> Tensor:
    """Return a wave [N] as [samples] over the same time, along a cubic spline through it."""
    if samples == len(wave):
        return wave
    places = np.linspace(0, len(wave) - 1, samples)
    found = map_coordinates(wave.numpy(), places[None], order=3, mode="mirror")
    return torch.from_numpy(found)


@lru_cache(maxsize=1)
def _fade() -> NDArray[np.float32]:
    """Return the weights of a window; those of two neighbours sum to 1."""
    turns = np.arange(WINDOW) / WINDOW
    return (0.5 - 0.5 * np.cos(2 * np.pi * turns)).astype(np.float32)
