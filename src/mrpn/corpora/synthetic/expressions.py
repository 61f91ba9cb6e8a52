"""How a face shows an emotion: a few movements, their strength per emotion, their course in time.

The movements follow the action units of facial expression loosely, drawn larger than life, since
they must survive a crop of 48 pixels.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Track = NDArray[np.float32]

_BLINK = 0.09


@dataclass
class Pose:
    """The face's movements over a clip, float32 [T] each; 0 is the neutral face.

    Args:
        brow_inner, brow_outer: raised (+) or lowered (-) ends of the brows.
        squeeze: brows drawn together.
        lids: upper lids raised (+), drooping (-); -1 and below closes the eye.
        squint: lower lids raised.
        gaze: eyes turned down (+) or up (-); glance: to the right (+) or left (-).
        smile: corners of the mouth up (+) or down (-).
        stretch: mouth wider (+) or narrower (-).
        open: mouth open; square: its opening boxed rather than almond-shaped.
        lip_up: upper lip raised; press: lips pressed thin; teeth: teeth shown.
        tongue: tongue shown; skew: one side of the mouth higher.
        nose: nose wrinkled; cheeks: cheeks raised; jaw: jaw dropped.
    """

    brow_inner: Track
    brow_outer: Track
    squeeze: Track
    lids: Track
    squint: Track
    gaze: Track
    glance: Track
    smile: Track
    stretch: Track
    open: Track
    square: Track
    lip_up: Track
    press: Track
    teeth: Track
    tongue: Track
    skew: Track
    nose: Track
    cheeks: Track
    jaw: Track

    def part(self, start: int, end: int) -> "Pose":
        """Return the movements of pictures `start` up to `end`."""
        return Pose(*(getattr(self, field.name)[start:end] for field in fields(self)))


MOVEMENTS = tuple(field.name for field in fields(Pose))

_APEX: dict[str, dict[str, float]] = {
    "neutral": {},
    "calm": {
        "lids": -0.72,
        "smile": 0.7,
        "stretch": 0.2,
        "brow_inner": 0.3,
        "brow_outer": 0.4,
        "gaze": 0.3,
    },
    "happy": {
        "smile": 0.95,
        "stretch": 0.75,
        "open": 0.75,
        "teeth": 1.0,
        "cheeks": 1.0,
        "squint": 0.6,
        "brow_inner": 0.3,
        "brow_outer": 0.4,
        "jaw": 0.25,
    },
    "sad": {
        "brow_inner": 1.05,
        "brow_outer": -0.75,
        "squeeze": 0.4,
        "lids": -0.38,
        "gaze": 0.55,
        "smile": -1.0,
        "stretch": -0.22,
    },
    "angry": {
        "brow_inner": -1.1,
        "brow_outer": 0.35,
        "squeeze": 1.0,
        "lids": -0.12,
        "squint": 0.35,
        "smile": -0.5,
        "open": 0.42,
        "square": 1.0,
        "teeth": 1.0,
        "press": 0.5,
        "stretch": 0.1,
        "nose": 0.35,
    },
    "fearful": {
        "brow_inner": 1.25,
        "brow_outer": 0.1,
        "squeeze": 0.6,
        "lids": 0.85,
        "smile": -0.6,
        "stretch": 0.9,
        "open": 0.45,
        "square": 0.7,
        "teeth": 0.35,
        "jaw": 0.2,
    },
    "disgust": {
        "brow_inner": -0.65,
        "brow_outer": -0.35,
        "squeeze": 0.5,
        "lids": -0.42,
        "squint": 0.7,
        "nose": 1.0,
        "lip_up": 1.0,
        "smile": -0.4,
        "open": 0.4,
        "tongue": 1.0,
        "skew": 0.8,
        "cheeks": 0.4,
    },
    "surprised": {
        "brow_inner": 1.25,
        "brow_outer": 1.35,
        "lids": 1.0,
        "open": 1.35,
        "stretch": -0.62,
        "jaw": 1.0,
    },
}


def apex(emotion: str) -> Track:
    """Return an emotion's movements at their fullest, [movements] in the order of MOVEMENTS."""
    given = _APEX[emotion]
    return np.array([given.get(name, 0.0) for name in MOVEMENTS], dtype=np.float32)


def perform(
    emotion: str, intensity: int, times: Track, noise: float, random: np.random.Generator
) -> Pose:
    """Return the movements of one clip: onset, apex, and what a living face does besides (ours).

    The mouth moves at a pace of its own rather than the voice's, and nothing else here depends on
    the voice either: each modality knows only its own cue.

    Args:
        emotion: the cue that the face shows.
        intensity: 1 normal, 2 strong.
        times: float32 [T], each picture's time in seconds.
        noise: strength of random deviations from the emotion's usual face.
        random: this clip's generator for the face.
    """
    strength = (1.0 if intensity == 2 else 0.85) * (1 + 0.06 * noise * random.standard_normal())
    start, rise = random.uniform(0.0, 0.12), random.uniform(0.15, 0.3)
    onset = np.clip((times - start) / rise, 0, 1)
    breathing = 1 - 0.08 * (0.5 + 0.5 * np.sin(2 * np.pi * random.uniform(0.5, 0.9) * times))
    envelope = (0.12 + 0.88 * onset * onset * (3 - 2 * onset)) * breathing
    usual = apex(emotion)
    odd = 0.07 * noise * random.standard_normal(len(MOVEMENTS))
    flutter = 0.02 * noise * random.standard_normal((times.size, len(MOVEMENTS)))
    track = envelope[:, None] * (strength * usual + odd) + flutter
    pose = Pose(*np.ascontiguousarray(track.T, dtype=np.float32))
    _talk(pose, times, random)
    _blink(pose, times, random)
    pose.glance += np.float32(0.15 * random.standard_normal())
    return pose


def _talk(pose: Pose, times: Track, random: np.random.Generator) -> None:
    """Open and round the mouth syllable by syllable, less where the expression holds it open."""
    rate, phase = random.uniform(3.6, 5.2), random.uniform(0, 2 * np.pi)
    beat = np.clip(np.sin(2 * np.pi * rate * times + phase), 0, 1)
    loud = 0.55 + 0.45 * np.sin(2 * np.pi * 1.3 * times + random.uniform(0, 6))
    amount = (0.32 * beat * loud * (1 - 0.5 * np.clip(pose.open, 0, 1))).astype(np.float32)
    pose.open += amount
    pose.jaw += 0.5 * amount
    pose.stretch -= 0.25 * amount


def _blink(pose: Pose, times: Track, random: np.random.Generator) -> None:
    """Close the eyes for a moment, about every two seconds."""
    moment = random.uniform(-0.2, 2.2)
    shut = np.exp(-0.5 * ((times - moment) / (_BLINK / 2)) ** 2).astype(np.float32)
    pose.lids -= shut * (1.1 + pose.lids)
