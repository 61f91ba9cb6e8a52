"""Voices from source and filter: harmonics of the pitch and noise, shaped by formants."""

import numpy as np
from numpy.typing import NDArray

from mrpn.corpora.synthetic.identity import Identity
from mrpn.corpora.synthetic.prosody import FRAME_RATE, Contour, Speech, speak

RATE = 16000
_HOP = RATE // FRAME_RATE
_TOP = 7400.0
_BANDWIDTHS = (80.0, 110.0, 160.0, 260.0)
_ROOM = 0.0035


def say_clip(
    who: Identity,
    emotion: str,
    duration: float,
    *,
    intensity: int,
    statement: int,
    noise: float,
    random: np.random.Generator,
) -> NDArray[np.float32]:
    """Return one utterance, float32 [duration * 16000] in [-1, 1] (ours).

    Args:
        who: the speaker.
        emotion: the cue that the voice shows; intensity: 1 normal, 2 strong.
        duration: seconds; statement: 1 or 2.
        noise: strength of the room's noise and of deviations from the usual manner.
        random: this clip's generator for the voice.
    """
    speech = speak(
        who,
        emotion,
        duration,
        intensity=intensity,
        statement=statement,
        noise=noise,
        random=random,
    )
    samples = round(duration * RATE)
    voiced = _harmonics(speech)
    noisy = _noise(speech, random)
    length = min(voiced.size, noisy.size)
    wave = np.zeros(samples, dtype=np.float32)
    keep = min(length, samples)
    # High voices have fewer harmonics; this makes them about as loud as low ones.
    level = np.float32(0.05 * who.pitch / 115)
    wave[:keep] = level * (voiced[:keep] + noisy[:keep])
    wave += np.float32(_ROOM * noise) * random.standard_normal(samples, dtype=np.float32)
    # A soft limit keeps the differences in loudness between emotions, and the peaks in range.
    return np.tanh(wave).astype(np.float32)


def _transfer(speech: Speech, hertz: NDArray[np.float32]) -> Contour:
    """Return the vocal tract's gain at `hertz` [T, K], float32 [T, K]."""
    fourth = np.full((len(speech.formants), 1), 3600.0, dtype=np.float32)
    formants = np.concatenate([speech.formants, fourth], axis=1)
    gain = np.zeros_like(hertz)
    for index, bandwidth in enumerate(_BANDWIDTHS):
        centre = formants[:, index : index + 1]
        peak = 1 / (1 + ((hertz - centre) / bandwidth) ** 2)
        gain += np.float32(0.85**index) * np.sqrt(peak)
    if speech.nasal:
        gain *= 1 - 0.75 * min(speech.nasal, 1.2) * np.exp(-0.5 * ((hertz - 900) / 260) ** 2)
        gain += np.float32(0.45 * speech.nasal) * np.exp(-0.5 * ((hertz - 260) / 70) ** 2)
    octaves = np.log2(np.maximum(hertz, 50) / 500)
    slope = -9.0 + np.where(octaves > 0, speech.brightness, 0.25 * speech.brightness)
    return (gain * 10 ** (slope * octaves / 20)).astype(np.float32)


def _harmonics(speech: Speech) -> NDArray[np.float32]:
    """Sum the harmonics of the pitch below the band's end, each at the tract's gain."""
    count = int(_TOP / float(speech.pitch.min()))
    order = np.arange(1, count + 1, dtype=np.float32)
    hertz = speech.pitch[:, None] * order
    fade = np.clip((_TOP - hertz) / 400, 0, 1)
    gain = _transfer(speech, hertz) * fade * speech.level[:, None]
    ramp = np.arange(_HOP, dtype=np.float32) / _HOP
    pitch = (speech.pitch[:-1, None] * (1 - ramp) + speech.pitch[1:, None] * ramp).ravel()
    phase = 2 * np.pi * np.cumsum(pitch, dtype=np.float64) / RATE
    step = np.exp(1j * phase).astype(np.complex64)
    turning = np.ones_like(step)
    wave = np.zeros(step.size, dtype=np.float32)
    for index in range(count):
        turning *= step
        start, end = gain[:-1, index, None], gain[1:, index, None]
        wave += (start + (end - start) * ramp).ravel() * turning.imag
    return wave


def _noise(speech: Speech, random: np.random.Generator) -> NDArray[np.float32]:
    """Return breath, shaped by the tract, and the hiss of consonants."""
    frames = speech.level.size
    window = np.hanning(2 * _HOP + 1)[:-1].astype(np.float32)
    white = random.standard_normal((frames, 2 * _HOP), dtype=np.float32)
    spectrum = np.fft.rfft(white, axis=1)
    hertz = np.fft.rfftfreq(2 * _HOP, 1 / RATE).astype(np.float32)
    tract = _transfer(speech, np.broadcast_to(hertz, (frames, hertz.size)))
    # Breath loses little towards high frequencies, unlike the voice.
    lifted = tract * (np.maximum(hertz, 100) / 500) ** 0.9
    breath = lifted * (speech.breath * speech.level)[:, None]
    hiss = np.exp(-0.5 * ((hertz - 4800) / 1200) ** 2) * (0.25 * speech.hiss)[:, None]
    grains = np.fft.irfft(spectrum * (breath + hiss), n=2 * _HOP, axis=1) * window
    wave = np.zeros((frames + 1) * _HOP, dtype=np.float32)
    wave[:-_HOP] += grains[:, :_HOP].ravel()
    wave[_HOP:] += grains[:, _HOP:].ravel()
    return wave
