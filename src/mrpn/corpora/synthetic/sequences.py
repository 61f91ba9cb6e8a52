"""The corpus without pictures and sound: latent sequences, for cheap sweeps over its settings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrpn.corpora.synthetic.latents import Latent, LatentModel, draw_latent
from mrpn.corpora.synthetic.settings import SyntheticSettings
from mrpn.corpora.synthetic.trials import Trial, trials

_APART = 2.0
_OFFSET = 0.35
# Without noise a sequence is its cue's mean up to the rounding of 32-bit numbers.
_LEAST_VARIANCE = 1e-9


@dataclass(frozen=True)
class LatentSequence:
    """One clip: its trial, its true cues, and a sequence float32 [T, D] per modality."""

    trial: Trial
    latent: Latent
    values: dict[str, NDArray[np.float32]]


def latent_sequences(
    settings: SyntheticSettings, *, size: int = 16, lengths: tuple[int, int] = (6, 12)
) -> list[LatentSequence]:
    """Return the corpus's clips as sequences of vectors around each cue's mean (ours).

    Labels and cues are those of the rendered corpus of the same settings, so its Bayes accuracies
    hold here as well; as there, they are bounds, which come close unless `noise` is large. What
    can be had from the sequences themselves, `mrpn.corpora.synthetic.observe` knows.

    Args:
        settings: of the corpus; `size`, `frame_rate` and `duration` play no part.
        size: D, at least the number of emotions and one more.
        lengths: least and largest T, drawn for each modality regardless of the cues.

    Returns one entry per trial, modalities "audio" and "video".
    """
    model = LatentModel.of(settings)
    size = max(size, len(model.cues))
    drawn_as = streams(settings)
    means = {
        name: cue_means(len(model.cues), size, stream) for name, (stream, _) in drawn_as.items()
    }
    clips = []
    for trial in trials(settings):
        latent = draw_latent(model, trial, settings.seed)
        shown = {"video": model.cues.index(latent.face), "audio": model.cues.index(latent.voice)}
        values = {
            name: _sequence(
                means[name][cue],
                drawn_as[name][1],
                lengths,
                trial.random(settings.seed, drawn_as[name][0]),
            )
            for name, cue in shown.items()
        }
        clips.append(LatentSequence(trial, latent, values))
    return clips


def streams(settings: SyntheticSettings) -> dict[str, tuple[int, float]]:
    """Return each modality's stream of random numbers and its noise."""
    return {"video": (4, settings.face.noise), "audio": (5, settings.voice.noise)}


def cue_means(cues: int, size: int, stream: int) -> NDArray[np.float32]:
    """Return the cues' mean vectors, [cues, size], at right angles and of length 2."""
    random = np.random.default_rng([2021, stream])
    basis, _ = np.linalg.qr(random.standard_normal((size, cues)))
    return np.asarray(_APART * basis.T, dtype=np.float32)


def mean_variance(noise: float, count: int) -> float:
    """Return the variance, in each direction, of a sequence's mean around its cue's.

    Args:
        noise: of the modality, as in CueSettings.
        count: T, the elements of the sequence.
    """
    return max(noise**2 * (_OFFSET**2 + 1 / count), _LEAST_VARIANCE)


def _sequence(
    mean: NDArray[np.float32],
    noise: float,
    lengths: tuple[int, int],
    random: np.random.Generator,
) -> NDArray[np.float32]:
    count = int(random.integers(lengths[0], lengths[1] + 1))
    clip = _OFFSET * noise * random.standard_normal(mean.size)
    frames = noise * random.standard_normal((count, mean.size))
    return (mean + clip + frames).astype(np.float32)
