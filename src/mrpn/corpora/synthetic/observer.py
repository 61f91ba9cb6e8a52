"""The ideal observer of latent sequences: the exact posteriors, and so the best decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mrpn.common.errors import CorpusError
from mrpn.corpora.synthetic.dependence import Table
from mrpn.corpora.synthetic.latents import BayesAccuracy, LatentModel
from mrpn.corpora.synthetic.sequences import LatentSequence, cue_means, mean_variance, streams
from mrpn.corpora.synthetic.settings import SyntheticSettings


@dataclass(frozen=True)
class Posteriors:
    """P(y | sequences) of N clips, [N, K] each: given the face's, the voice's, both, and product.

    `product` is that of the two uni-modal posteriors over the prior.
    """

    face: Table
    voice: Table
    both: Table
    product: Table

    def accuracy(self, labels: Sequence[int]) -> BayesAccuracy:
        """Return the share of right decisions, where the largest posterior decides.

        Args:
            labels: [N], the true class of each clip.
        """
        truth = np.asarray(labels)
        parts = (self.face, self.voice, self.both, self.product)
        return BayesAccuracy(*(float((p.argmax(axis=1) == truth).mean()) for p in parts))

    def expected(self) -> BayesAccuracy:
        """Return the accuracy that the posteriors themselves expect, clip by clip (ours).

        For labels drawn anew given the same sequences: the mean true posterior, `both`, of what
        each decides. Estimates the Bayes accuracy with less scatter than counting right decisions.
        """
        parts = (self.face, self.voice, self.both, self.product)
        rows = np.arange(len(self.both))
        return BayesAccuracy(*(float(self.both[rows, p.argmax(axis=1)].mean()) for p in parts))


def observe(settings: SyntheticSettings, clips: Sequence[LatentSequence]) -> Posteriors:
    """Return the exact posteriors of latent sequences of these settings (ours).

    A sequence's mean is all it tells of its cue: normal around the cue's mean, with the variance
    of `mean_variance`. Summed over the joint table of label and cues this is the posterior; no
    network, whatever it learns from, decides better on average.

    Raises:
        CorpusError: there are no clips.
    """
    if not clips:
        raise CorpusError("no sequences: there is nothing to observe")
    model = LatentModel.of(settings)
    face = _likelihoods(model, settings, clips, "video")
    voice = _likelihoods(model, settings, clips, "audio")
    by_face = face @ model.joint.sum(axis=2).T
    by_voice = voice @ model.joint.sum(axis=1).T
    return Posteriors(
        face=_normalized(by_face),
        voice=_normalized(by_voice),
        both=_normalized(np.einsum("nf,yfv,nv->ny", face, model.joint, voice, optimize=True)),
        product=_normalized(by_face * by_voice / model.prior),
    )


def _likelihoods(
    model: LatentModel, settings: SyntheticSettings, clips: Sequence[LatentSequence], name: str
) -> Table:
    """Return p(sequence | cue) up to a factor for each clip, [N, C], the largest being 1."""
    size = clips[0].values[name].shape[1]
    stream, noise = streams(settings)[name]
    centres = cue_means(len(model.cues), size, stream).astype(np.float64)
    means = np.array([clip.values[name].mean(axis=0, dtype=np.float64) for clip in clips])
    variances = np.array([mean_variance(noise, len(clip.values[name])) for clip in clips])
    distances = ((means[:, None, :] - centres[None]) ** 2).sum(axis=2)
    scores = -distances / (2 * variances[:, None])
    return np.asarray(np.exp(scores - scores.max(axis=1, keepdims=True)))


def _normalized(weights: Table) -> Table:
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
