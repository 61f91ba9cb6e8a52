"""Pictures are what they say, repeatable, and hold faces the default detector finds."""

import numpy as np
import pytest

from mrpn.corpora.labels import EMOTIONS
from mrpn.corpora.synthetic import SyntheticSettings, render_clip
from mrpn.corpora.synthetic.face import draw_clip
from mrpn.corpora.synthetic.identity import SKINS, identity
from mrpn.media import detector


def pictures(emotion, actor, count=2, **changes):
    chosen = {"intensity": 2, "size": (320, 240), "noise": 1.0} | changes
    times = np.linspace(0.6, 1.2, count, dtype=np.float32)
    random = np.random.default_rng([actor, 5])
    return np.stack(list(draw_clip(identity(actor, 0), emotion, times, random=random, **chosen)))


def test_the_default_detector_finds_every_emotion_on_every_skin_at_high_score():
    skins = {identity(actor, 0).skin: actor for actor in range(1, 25)}
    assert set(skins) == set(SKINS)
    found = detector("retinaface")
    for place, actor in enumerate(skins.values()):
        for emotion in (EMOTIONS[place], EMOTIONS[(place + 4) % 8]):
            for detections in found.detect(pictures(emotion, actor)):
                assert len(detections.scores) == 1
                assert detections.scores[0] > 0.9


@pytest.mark.parametrize("size", [(160, 120), (480, 360), (240, 320)])
def test_other_sizes_hold_a_face_too(size):
    shown = pictures("happy", 2, size=size)
    assert shown.shape == (2, size[1], size[0], 3)
    assert all(len(item.scores) == 1 for item in detector("retinaface").detect(shown))


def test_emotions_look_different_from_each_other():
    faces = [
        pictures(name, 3, count=1, noise=0.0)[0, 50:190, 100:220].astype(float) for name in EMOTIONS
    ]
    again = pictures("happy", 3, count=1, noise=0.0)[0, 50:190, 100:220]
    np.testing.assert_array_equal(again, faces[2])
    for index, face in enumerate(faces):
        for other in faces[:index]:
            assert np.abs(face - other).mean() > 1.0


def test_actors_look_different_and_alternate_in_sex():
    people = [identity(actor, 0) for actor in range(1, 9)]
    assert [who.female for who in people] == [False, True] * 4
    assert len({(who.skin, who.hair, who.style, who.jaw) for who in people}) == 8


def test_a_long_clip_is_drawn_in_blocks_without_a_seam():
    times = (np.arange(34) / 60).astype(np.float32)
    shown = list(
        draw_clip(
            identity(1, 0),
            "neutral",
            times,
            intensity=1,
            size=(96, 96),
            noise=0.0,
            random=np.random.default_rng(1),
        )
    )
    assert len(shown) == 34
    steps = [np.abs(a.astype(int) - b).mean() for a, b in zip(shown[1:], shown, strict=False)]
    assert steps[31] < 3 * np.median(steps) + 0.5


def test_a_clip_can_have_another_size_rate_and_duration():
    clip = render_clip("sad", 2, SyntheticSettings(), size=(128, 96), rate=5, duration=1.0)
    shown = list(clip.frames)
    assert (len(shown), shown[0].shape, shown[0].dtype) == (5, (96, 128, 3), np.uint8)
    assert clip.audio.shape == (16000,)
    assert clip.rate == 5
