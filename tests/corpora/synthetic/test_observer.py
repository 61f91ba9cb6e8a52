"""The ideal observer knows what can be known of sequences, and no more."""

import numpy as np
import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora.synthetic import (
    CueSettings,
    LatentModel,
    SyntheticSettings,
    latent_sequences,
    observe,
)
from mrpn.corpora.synthetic.sequences import cue_means, mean_variance

QUIET = CueSettings(noise=0)


def truth(clips, settings):
    return [settings.emotions.index(clip.latent.label) for clip in clips]


@pytest.mark.parametrize("link", ["clarity", "split", "congruence"])
def test_without_noise_its_posteriors_are_those_of_the_cues(link):
    settings = SyntheticSettings(actors=2, face=QUIET, voice=QUIET, link=link, dependence=0.6)
    clips = latent_sequences(settings)
    found, model = observe(settings, clips), LatentModel.of(settings)
    for row, clip in enumerate(clips):
        face, voice = clip.latent.face, clip.latent.voice
        assert found.face[row] == pytest.approx(model.posterior(face=face))
        assert found.voice[row] == pytest.approx(model.posterior(voice=voice))
        assert found.both[row] == pytest.approx(model.posterior(face, voice))
        assert found.product[row] == pytest.approx(model.product(face, voice))


def test_a_sequence_between_two_cues_leaves_even_odds():
    settings = SyntheticSettings(actors=2, emotions=("neutral", "happy"), intensities=(1,))
    clip = latent_sequences(settings)[0]
    middle = cue_means(2, 16, 4).mean(axis=0)
    clip.values["video"][:] = middle
    assert observe(settings, [clip]).face[0] == pytest.approx([0.5, 0.5], abs=1e-6)


def test_without_dependence_the_product_is_the_joint_posterior():
    settings = SyntheticSettings(actors=2)
    found = observe(settings, latent_sequences(settings))
    np.testing.assert_allclose(found.product, found.both, atol=1e-9)


def test_the_stated_variance_of_a_sequences_mean_is_the_measured_one():
    settings = SyntheticSettings(face=CueSettings(fuzzy=0, missing=0, noise=1.5))
    means = cue_means(8, 16, 4)
    apart, stated = [], []
    for clip in latent_sequences(settings):
        centre = means[settings.emotions.index(clip.latent.face)]
        apart.append(((clip.values["video"].mean(axis=0) - centre) ** 2).mean())
        stated.append(mean_variance(1.5, len(clip.values["video"])))
    assert np.mean(apart) == pytest.approx(np.mean(stated), rel=0.03)


@pytest.mark.parametrize(("link", "strength"), [("clarity", 1.0), ("split", 0.5)])
def test_it_expects_what_it_reaches(link, strength):
    settings = SyntheticSettings(link=link, dependence=strength)
    clips = latent_sequences(settings)
    found = observe(settings, clips)
    reached, expected = found.accuracy(truth(clips, settings)), found.expected()
    ceiling = LatentModel.of(settings).bayes()
    for name in ("face", "voice", "both", "product"):
        assert getattr(reached, name) == pytest.approx(getattr(expected, name), abs=0.03)
        assert getattr(expected, name) < getattr(ceiling, name) + 0.02
    assert expected.both >= expected.product


def test_no_sequences_are_refused():
    with pytest.raises(CorpusError, match="nothing to observe"):
        observe(SyntheticSettings(), [])
