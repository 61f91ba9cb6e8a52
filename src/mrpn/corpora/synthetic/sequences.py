"""The corpus without pictures and sound: latent sequences, for cheap sweeps over its settings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrpn.corpora.synthetic.latents import Latent, LatentModel, draw_latent
from mrpn.corpora.synthetic.settings import CueSettings, SyntheticSettings
from mrpn.corpora.synthetic.trials import Trial, trials

_STREAMS = {"video": 4, "audio": 5}
_APART = 2.0
_OFFSET = 0.35


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
    hold here as well; as there, they are bounds, which come close unless `noise` is large.

    Args:
        settings: of the corpus; `size`, `frame_rate` and `duration` play no part.
        size: D, at least the number of emotions and one more.
        lengths: least and largest T, drawn for each modality regardless of the cues.

    Returns one entry per trial, modalities "audio" and "video".
    """
    model = LatentModel.of(settings)
    size = max(size, len(model.cues))
    means = {name: cue_means(len(model.cues), size, stream) for name, stream in _STREAMS.items()}
    clips = []
    for trial in trials(settings):
        latent = draw_latent(model, trial, settings.seed)
        shown = {
            "video": (model.cues.index(latent.face), settings.face),
            "audio": (model.cues.index(latent.voice), settings.voice),
        }
        values = {
            name: _sequence(
                means[name][cue], cues, lengths, trial.random(settings.seed, _STREAMS[name])
            )
            for name, (cue, cues) in shown.items()
        }
        clips.append(LatentSequence(trial, latent, values))
    return clips


def cue_means(cues: int, size: int, stream: int) -> NDArray[np.float32]:
    """Return the cues' mean vectors, [cues, size], at right angles and of length 2."""
    random = np.random.default_rng([2021, stream])
    basis, _ = np.linalg.qr(random.standard_normal((size, cues)))
    return np.asarray(_APART * basis.T, dtype=np.float32)


def _sequence(
    mean: NDArray[np.float32],
    cues: CueSettings,
    lengths: tuple[int, int],
    random: np.random.Generator,
) -> NDArray[np.float32]:
    count = int(random.integers(lengths[0], lengths[1] + 1))
    clip = _OFFSET * cues.noise * random.standard_normal(mean.size)
    frames = cues.noise * random.standard_normal((count, mean.size))
    return (mean + clip + frames).astype(np.float32)
