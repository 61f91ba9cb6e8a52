"""Faces move as their emotion does, and tell nothing of the voice."""

import numpy as np
import pytest

from mrpn.corpora.labels import EMOTIONS
from mrpn.corpora.synthetic.expressions import apex, perform

TIMES = (np.arange(24) / 12).astype(np.float32)


def act(emotion, intensity=2, noise=0.0):
    return perform(emotion, intensity, TIMES, noise, np.random.default_rng(0))


def test_every_pair_of_emotions_differs_clearly():
    faces = np.stack([apex(name) for name in EMOTIONS])
    apart = np.abs(faces[:, None] - faces[None]).max(axis=2)
    assert (apart + np.eye(len(EMOTIONS)) > 0.5).all()


def test_known_faces():
    assert act("happy").smile.max() > 0.8
    assert act("sad").smile.min() < -0.8
    assert act("angry").brow_inner.min() < -0.9
    assert act("surprised").open.max() > 1.2
    assert np.abs(act("neutral").smile).max() == pytest.approx(0)


def test_an_expression_starts_weak_and_strong_intensity_shows_more():
    smile = act("happy").smile
    assert smile[0] < 0.5 * smile[12]
    assert act("happy", 1).smile.max() < smile.max()


def test_parts_of_a_pose_are_slices_of_it():
    pose = act("fearful", noise=1.0)
    np.testing.assert_array_equal(pose.part(4, 9).lids, pose.lids[4:9])
