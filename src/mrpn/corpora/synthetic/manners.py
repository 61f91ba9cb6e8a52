"""The emotions' ways of speaking: how far each moves pitch, tempo, energy and quality."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Manner:
    """An emotion's way of speaking; 0 is neutral speech, except where a unit is given.

    Args:
        pitch, range, rise: semitones: level, stress from syllable to syllable, change from the
            first to the last syllable; fall: change within each syllable.
        tempo: syllables per second, as a factor.
        energy: dB; brightness: dB per octave above 500 Hz.
        breath: share of noise; rough: depth of the slow flutter of a pressed voice.
        tremor: semitones of vibration; jitter: semitones of random change.
        attack: how suddenly syllables start; gap: share of silence between them.
        nasal: strength of a nasal murmur; smile: formants higher.
    """

    pitch: float = 0
    range: float = 0
    rise: float = 0
    fall: float = 0
    tempo: float = 0
    energy: float = 0
    brightness: float = 0
    breath: float = 0
    rough: float = 0
    tremor: float = 0
    jitter: float = 0
    attack: float = 0
    gap: float = 0
    nasal: float = 0
    smile: float = 0

    def scaled(self, strength: float, odd: np.ndarray) -> "Manner":
        """Return the manner `strength` times as marked, with relative deviations `odd` [fields]."""
        values = {
            item.name: getattr(self, item.name) * strength * (1 + deviation)
            for item, deviation in zip(fields(self), odd.tolist(), strict=True)
        }
        return Manner(**values)


MANNERS: dict[str, Manner] = {
    "neutral": Manner(),
    "calm": Manner(
        pitch=-2,
        range=-0.8,
        rise=1,
        tempo=-0.22,
        energy=-5,
        brightness=-3.5,
        breath=0.22,
        attack=-0.6,
    ),
    "happy": Manner(
        pitch=5, range=3.2, rise=1, fall=2.5, tempo=0.18, energy=4, brightness=2, smile=0.09
    ),
    "sad": Manner(
        pitch=-1,
        range=-0.8,
        rise=-5,
        fall=-1.5,
        tempo=-0.38,
        energy=-8,
        brightness=-5,
        breath=0.35,
        tremor=0.25,
        gap=0.22,
        attack=-0.4,
    ),
    "angry": Manner(
        pitch=3,
        range=1.2,
        rise=-2,
        fall=-4,
        tempo=0.28,
        energy=9,
        brightness=5,
        rough=0.75,
        jitter=0.35,
        attack=1,
        gap=0.12,
    ),
    "fearful": Manner(
        pitch=9,
        range=0.5,
        rise=2,
        tempo=0.5,
        energy=1,
        brightness=-1,
        breath=0.5,
        tremor=1.1,
        jitter=0.3,
        attack=0.3,
    ),
    "disgust": Manner(
        pitch=-5,
        range=0.8,
        rise=-2,
        fall=-5,
        tempo=-0.28,
        energy=1,
        brightness=1,
        rough=0.4,
        jitter=0.3,
        nasal=1,
        attack=0.3,
    ),
    "surprised": Manner(
        pitch=5, range=2, rise=9, fall=5, tempo=-0.05, energy=5, brightness=1, breath=0.12, gap=0.1
    ),
}
