"""One clip: its pictures and its sound."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import ConfigError
from mrpn.corpora.labels import EMOTIONS
from mrpn.corpora.synthetic.face import draw_clip
from mrpn.corpora.synthetic.identity import identity
from mrpn.corpora.synthetic.latents import Latent
from mrpn.corpora.synthetic.settings import SyntheticSettings
from mrpn.corpora.synthetic.trials import Trial
from mrpn.corpora.synthetic.voice import say_clip

_DURATION_STREAM, _FACE_STREAM, _VOICE_STREAM = 1, 2, 3


@dataclass(frozen=True)
class RenderedClip:
    """A clip in memory.

    Args:
        frames: yields pictures, uint8 [height, width, 3] RGB, once.
        rate: pictures per second.
        audio: float32 [N] in [-1, 1] at 16 kHz.
    """

    frames: Iterator[NDArray[np.uint8]]
    rate: float
    audio: NDArray[np.float32]


def render_trial(trial: Trial, latent: Latent, settings: SyntheticSettings) -> RenderedClip:
    """Render a trial of the corpus with its cues; the same arguments give the same clip (ours).

    Face and voice draw from generators of their own: neither knows anything of the other's cue.
    """
    low, high = settings.duration
    duration = trial.random(settings.seed, _DURATION_STREAM).uniform(low, high)
    times = (np.arange(max(1, round(duration * settings.frame_rate)))) / settings.frame_rate
    who = identity(trial.actor, settings.seed)
    frames = draw_clip(
        who,
        latent.face,
        times.astype(np.float32),
        intensity=trial.intensity,
        size=settings.size,
        noise=settings.face.noise,
        random=trial.random(settings.seed, _FACE_STREAM),
    )
    audio = say_clip(
        who,
        latent.voice,
        duration,
        intensity=trial.intensity,
        statement=trial.statement,
        noise=settings.voice.noise,
        random=trial.random(settings.seed, _VOICE_STREAM),
    )
    return RenderedClip(frames, settings.frame_rate, audio)


def render_clip(
    label: str,
    actor: int = 1,
    settings: SyntheticSettings | None = None,
    *,
    voice: str | None = None,
    intensity: int = 2,
    statement: int = 1,
    repetition: int = 1,
    size: tuple[int, int] | None = None,
    rate: float | None = None,
    duration: float | None = None,
) -> RenderedClip:
    """Render one clip that clearly shows what it is told to (ours).

    Args:
        label: the emotion of the face, and of the voice unless `voice` names another.
        actor: 1 and up; odd numbers are men.
        settings: seed and noise; the defaults if None.
        intensity, statement, repetition: 1 or 2.
        size: width and height in pixels, rate: pictures per second, duration: seconds; those of
            the settings if None.

    Raises:
        ConfigError: for an unknown emotion.
    """
    for name in (label, voice or label):
        if name not in EMOTIONS:
            raise ConfigError(f"emotion '{name}' is unknown; choose from {', '.join(EMOTIONS)}")
    settings = settings or SyntheticSettings()
    changes = {
        "size": size or settings.size,
        "frame_rate": rate or settings.frame_rate,
        "duration": settings.duration if duration is None else (duration, duration),
    }
    settings = SyntheticSettings.model_validate(settings.model_dump() | changes)
    trial = Trial(label, intensity, statement, repetition, actor)
    return render_trial(trial, Latent(trial.id, label, label, label, voice or label), settings)
