"""How a voice shows an emotion: pitch, energy, tempo and quality, and their course in time."""

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from mrpn.corpora.synthetic.identity import Identity
from mrpn.corpora.synthetic.manners import MANNERS, Manner

Contour: TypeAlias = NDArray[np.float32]
Clock: TypeAlias = NDArray[np.float64]

FRAME_RATE = 200

# First three formants of a man's vowels in Hz.
_VOWELS = {
    "i": (290, 2250, 2900),
    "e": (430, 2000, 2600),
    "a": (730, 1150, 2450),
    "o": (470, 860, 2400),
    "u": (320, 880, 2250),
    "ae": (640, 1700, 2450),
}
# "Kids are talking by the door" and "Dogs are sitting by the door", vowel by vowel.
_STATEMENTS = {1: ("i", "a", "o", "i", "a", "e", "o"), 2: ("o", "a", "i", "i", "a", "e", "o")}


@dataclass(frozen=True)
class Speech:
    """What the synthesiser speaks, FRAME_RATE values per second, float32 [T] each.

    Args:
        pitch: Hz; level: amplitude of the voice; breath: of its noise; hiss: of consonants.
        formants: Hz, [T, 3].
        brightness: dB per octave; nasal: strength of the murmur.
    """

    pitch: Contour
    level: Contour
    breath: Contour
    hiss: Contour
    formants: Contour
    brightness: float
    nasal: float


@dataclass(frozen=True)
class _Rhythm:
    """When syllables are spoken: each moment's syllable, and how far within it, 0 to 1, [T]."""

    times: Clock
    syllable: NDArray[np.int64]
    within: Clock


def speak(
    who: Identity,
    emotion: str,
    duration: float,
    *,
    intensity: int,
    statement: int,
    noise: float,
    random: np.random.Generator,
) -> Speech:
    """Return the course of one utterance (ours).

    The statement is spoken at the emotion's tempo and begun again until the clip is full, so that
    the clip's length tells nothing of the voice's cue.

    Args:
        who: the speaker.
        emotion: the cue that the voice shows; intensity: 1 normal, 2 strong.
        duration: of the clip in seconds; statement: 1 or 2.
        noise: strength of random deviations from the emotion's usual manner.
        random: this clip's generator for the voice.
    """
    strength = (1.0 if intensity == 2 else 0.85) * (1 + 0.05 * noise * random.standard_normal())
    odd = 0.12 * noise * random.standard_normal(len(fields(Manner)))
    manner = MANNERS[emotion].scaled(strength, odd)
    times = np.arange(round(duration * FRAME_RATE)) / FRAME_RATE
    lead, tail = random.uniform(0.04, 0.1), random.uniform(0.06, 0.14)
    rate = 4.6 * who.pace * (1 + manner.tempo) * (1 + 0.03 * noise * random.standard_normal())
    clock = (times - lead) * rate
    syllable = np.clip(np.floor(clock), 0, None).astype(np.int64)
    rhythm = _Rhythm(times, syllable, np.clip(clock - syllable, 0, 1))
    spoken = ((times >= lead) & (times <= duration - tail)).astype(np.float32)
    hiss = np.exp(-0.5 * ((rhythm.within - 0.03) / 0.05) ** 2) * spoken * (syllable % 2)
    return Speech(
        pitch=_pitch(manner, who, rhythm, noise, random),
        level=np.asarray(_level(manner, rhythm, random) * spoken, dtype=np.float32),
        breath=np.float32(0.05 + max(manner.breath, 0)) * spoken,
        hiss=np.asarray(hiss, dtype=np.float32),
        formants=_formants(manner, who, statement, clock),
        brightness=manner.brightness,
        nasal=max(manner.nasal, 0.0),
    )


def _pitch(
    manner: Manner, who: Identity, rhythm: _Rhythm, noise: float, random: np.random.Generator
) -> Contour:
    times, end = rhythm.times, float(rhythm.times[-1])
    stress = np.where(rhythm.syllable % 2 == 0, 1.0, -1.0) * (1.2 + manner.range) * 0.5
    # A slow declination is neutral; the emotion's rise is laid over it.
    slope = (manner.rise - 1.5) * (times / end - 0.5)
    inside = manner.fall * (rhythm.within - 0.5)
    tremor = manner.tremor * np.sin(2 * np.pi * 7.5 * times + random.uniform(0, 6))
    knots = np.arange(0, end + 0.2, 0.1)
    wander = np.interp(times, knots, 0.25 * noise * random.standard_normal(knots.size))
    jitter = manner.jitter * random.standard_normal(times.size)
    smoothing = np.hanning(13) / np.hanning(13).sum()
    course = np.convolve(stress + inside, smoothing, mode="same")
    semitones = manner.pitch + course + slope + tremor + wander + jitter
    level = who.pitch * 2 ** (0.5 * noise * random.standard_normal() / 12)
    return np.asarray(np.clip(level * 2 ** (semitones / 12), 55, 620), dtype=np.float32)


def _level(manner: Manner, rhythm: _Rhythm, random: np.random.Generator) -> NDArray[np.float64]:
    within, times = rhythm.within, rhythm.times
    rise = 0.18 / (1 + max(manner.attack, 0) * 2.5 + min(manner.attack, 0) * 0.7)
    open_until = 1 - max(manner.gap, 0)
    shape = np.clip(within / rise, 0, 1) * np.clip((open_until - within) / 0.22, 0, 1) ** 0.7
    stress = np.where(rhythm.syllable % 2 == 0, 1.0, 0.75)
    flutter = 0.5 + 0.5 * np.sin(2 * np.pi * 38 * times + random.uniform(0, 6))
    rough = 1 - max(manner.rough, 0) * flutter
    decay = 1 - 0.25 * times / times[-1]
    loud = 10 ** (manner.energy / 20)
    return np.asarray((0.06 + 0.94 * shape) * stress * rough * decay * loud)


def _formants(manner: Manner, who: Identity, statement: int, clock: Clock) -> Contour:
    vowels = np.array([_VOWELS[name] for name in _STATEMENTS[statement]], dtype=np.float64)
    size = len(vowels)
    place = clock - 0.5
    before = np.floor(place).astype(int)
    blend = np.clip((place - before - 0.25) / 0.5, 0, 1)[:, None]
    course = vowels[before % size] * (1 - blend) + vowels[(before + 1) % size] * blend
    return np.asarray(course * who.tract * (1 + manner.smile), dtype=np.float32)
