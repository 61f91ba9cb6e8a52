"""Whether there is speech in a sound: a rule of energy, harmony and pitch."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Analysis frames and their distance, in seconds.
_FRAME, _HOP = 0.04, 0.02
# A frame counts if it is louder than this below full scale, and than this below the loudest.
_QUIET, _RANGE = -60.0, -30.0
_LOWEST, _HIGHEST = 70.0, 400.0
# Least normalised autocorrelation of a voiced frame.
_VOICED = 0.5
# A voice's pitch glides: of neighbouring voiced frames, this share at least differ in it by more
# than `_CENT` of it. Notes stand still.
_GLIDING, _STEP = 0.45, 0.01
# Less than this is no speech, in seconds.
_LEAST = 0.2


def speech_share(wave: NDArray[np.float32], rate: int) -> float:
    """Return which share of a sound is voiced speech, 0 to 1; 0 where there is none.

    A frame of 40 ms is voiced if it is loud enough (above -60 dB of full scale and at most 30 dB
    below the loudest one) and periodic (autocorrelation above 0.5 at a pitch of 70 to 400 Hz). It
    is speech if the pitch glides, as voices do: from frame to frame it changes by more than a
    hundredth of an octave in at least 45 % of the voiced frames. Steady notes, hum, noise and
    silence are none; singing with vibrato is speech to this rule. Source: ours.

    Args:
        wave: mono float32 [N] in [-1, 1].
        rate: samples per second.
    """
    voiced, pitch = _voiced(wave, rate)
    if voiced.sum() * _HOP < _LEAST:
        return 0.0
    pairs = voiced[1:] & voiced[:-1]
    if not pairs.any():
        return 0.0
    moved = np.abs(np.log2(pitch[1:][pairs] / pitch[:-1][pairs])) > _STEP
    return float(voiced.mean()) if moved.mean() >= _GLIDING else 0.0


def loudness(wave: NDArray[np.float32], rate: int) -> tuple[NDArray[np.float64], float]:
    """Return the level of a sound, root mean square per 20 ms, and the seconds between its values.

    Args as of `speech_share`.
    """
    hop = max(1, round(_HOP * rate))
    whole = wave[: len(wave) // hop * hop].reshape(-1, hop)
    return np.sqrt(np.square(whole, dtype=np.float64).mean(axis=1)), hop / rate


def _voiced(wave: NDArray[np.float32], rate: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    size, hop = round(_FRAME * rate), round(_HOP * rate)
    if len(wave) < size:
        return np.zeros(0, np.bool_), np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(wave, size)[::hop]
    frames = frames - frames.mean(axis=1, keepdims=True)
    level = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-12)
    loud = (level > _QUIET) & (level > level.max() + _RANGE)
    window, shape, length = _window(size)
    shortest, longest = int(rate / _HIGHEST), min(int(rate / _LOWEST), size - 1)
    pitch = np.ones(len(frames))
    voiced = np.zeros(len(frames), np.bool_)
    spectra = np.fft.rfft(frames[loud] * window, length)
    periods = np.fft.irfft(spectra.real**2 + spectra.imag**2, length)[:, : longest + 1]
    if not len(periods):
        return voiced, pitch
    harmony = periods / np.maximum(periods[:, :1], 1e-12) / shape[: longest + 1]
    best = shortest + harmony[:, shortest:].argmax(axis=1)
    voiced[loud] = np.take_along_axis(harmony, best[:, None], axis=1)[:, 0] > _VOICED
    pitch[loud] = rate / best
    return voiced, pitch


@lru_cache(maxsize=4)
def _window(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Return a Hann window, its normalised autocorrelation, and the length of transforms."""
    window = np.hanning(size)
    length = 1 << (2 * size - 1).bit_length()
    shape = np.fft.irfft(np.abs(np.fft.rfft(window, length)) ** 2, length)
    return window, shape / shape[0], length
