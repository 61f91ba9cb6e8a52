"""Latent sequences show the cues of the rendered corpus."""

import hashlib

import numpy as np
import pytest

from mrpn.corpora.synthetic import (
    CueSettings,
    SyntheticSettings,
    difficulty,
    draw_latents,
    latent_sequences,
)
from mrpn.corpora.synthetic.corpus import latents_text, settings_digest
from mrpn.corpora.synthetic.sequences import cue_means


def test_means_stand_at_right_angles():
    means = cue_means(8, 16, 4)
    np.testing.assert_allclose(means @ means.T, 4 * np.eye(8), atol=1e-5)


def test_sequences_carry_the_corpus_cues_and_can_be_read():
    settings = SyntheticSettings(actors=2)
    clips = latent_sequences(settings, lengths=(6, 9))
    assert [clip.latent for clip in clips] == draw_latents(settings)
    for name, stream, cue in (("video", 4, "face"), ("audio", 5, "voice")):
        means = cue_means(8, 16, stream)
        nearest = [
            settings.emotions[int(np.argmax(means @ clip.values[name].mean(axis=0)))]
            for clip in clips
        ]
        hits = [
            found == getattr(clip.latent, cue) for found, clip in zip(nearest, clips, strict=True)
        ]
        assert np.mean(hits) > 0.95
    lengths = {len(clip.values["video"]) for clip in clips}
    assert lengths == {6, 7, 8, 9}
    assert clips[0].values["audio"].dtype == np.float32


def test_without_noise_a_sequence_is_its_cues_mean():
    quiet = CueSettings(noise=0)
    clip = latent_sequences(SyntheticSettings(actors=2, face=quiet, voice=quiet))[0]
    mean = cue_means(8, 16, 4)[SyntheticSettings().emotions.index(clip.latent.face)]
    np.testing.assert_allclose(clip.values["video"], np.tile(mean, (len(clip.values["video"]), 1)))


def test_the_same_settings_give_the_same_sequences():
    first, again = (latent_sequences(SyntheticSettings(actors=2))[5] for _ in range(2))
    np.testing.assert_array_equal(first.values["video"], again.values["video"])


@pytest.mark.parametrize(
    ("name", "changes", "digest", "cues", "values"),
    [
        ("easy", {}, "f8390ba5a2a42a16", "951b62bcbdcc4b7f", "f3fa48d63902bf8c"),
        ("default", {}, "8a0801ce70afd691", "0dd911659ac822cd", "226aea1b4b8e48fa"),
        (
            "hard",
            {"dependence": -0.7, "label_noise": 0.05},
            "adb7f5f358c4fcec",
            "9b8401fe8cb9ad25",
            "e8004eada442b1ad",
        ),
    ],
)
def test_published_settings_keep_their_hash_and_their_clips(name, changes, digest, cues, values):
    chosen = difficulty(name, **changes)
    assert settings_digest(chosen)[:16] == digest
    assert _sha(latents_text(draw_latents(chosen)).encode()) == cues
    clips = latent_sequences(chosen.model_copy(update={"actors": 2}))
    parts = [clip.values[modality].tobytes() for clip in clips for modality in ("audio", "video")]
    assert _sha(b"".join(parts)) == values


def _sha(content):
    return hashlib.sha256(content).hexdigest()[:16]
