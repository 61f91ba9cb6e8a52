"""Faces of endless streams: known again after cuts and losses, from a memory that does not grow."""

import numpy as np
import pytest

from mrpn.media.appearance import Appearance
from mrpn.media.identity import SAME_LOOK
from mrpn.media.known_faces import KnownFaces
from mrpn.media.tracklet import Tracklet

RNG = np.random.default_rng(0)
SHAPE = RNG.uniform(0.2, 1, 512)
COLOURS = RNG.uniform(50, 200, 96)
SAME, UNSURE, OTHER = SAME_LOOK - 0.1, SAME_LOOK + 0.3, 2 * SAME_LOOK


def look(person: float) -> np.ndarray:
    """Return a look that is as far from that of person 0 as `person` says."""
    return np.concatenate([SHAPE, COLOURS + 24 * person * (np.arange(96) >= 48)])


def begun(time: float, person: float, left: float = 0, since: float = 0) -> Tracklet:
    made = Tracklet(since=since)
    seen(made, time, person, left)
    return made


def seen(tracklet: Tracklet, time: float, person: float | None = None, left: float = 0) -> None:
    tracklet.add(time, np.array([left, 0, left + 10, 10, 0.9]), linked=True)
    if person is not None:
        tracklet.look._first.append(look(person).astype(np.float16))
        tracklet.look.sampled_at = time


def numbers(*tracklets: Tracklet) -> list[int]:
    return [tracklet.face for tracklet in tracklets]


def after_a_cut(*people: float) -> tuple[KnownFaces, list[dict[int, int]]]:
    """Show one person after the other, each in a shot of its own."""
    known, joined = KnownFaces(), []
    for k, person in enumerate(people):
        joined.append(known.add(float(k), [begun(float(k), person, since=float(k))]))
    return known, joined


def test_a_face_after_a_cut_is_the_one_that_looks_like_it() -> None:
    known, joined = after_a_cut(0, OTHER, SAME / 2, OTHER - 0.1)
    assert joined == [{}, {}, {3: 1}, {4: 2}]
    assert known.numbers == {1, 2}


@pytest.mark.parametrize(("gone", "left", "found"), [(2, 3, {1}), (4, 3, {1, 2}), (2, 9, {1, 2})])
def test_a_face_lost_for_a_moment_may_look_more_different_in_its_place(
    gone: float, left: float, found: set[int]
) -> None:
    known = KnownFaces()
    known.add(0.0, [begun(0.0, 0)])
    known.add(gone, [begun(gone, UNSURE, left)])
    assert known.numbers == found


def test_after_a_cut_the_place_says_nothing() -> None:
    assert after_a_cut(0, UNSURE)[0].numbers == {1, 2}


def test_faces_in_one_picture_are_two_however_alike_and_for_good() -> None:
    known = KnownFaces()
    one, other = begun(0.0, 0), begun(0.0, 0, 50)
    assert known.add(0.0, [one, other]) == {}
    seen(other, 0.4, 0, 50)
    assert known.add(0.4, [one, other]) == {}
    assert numbers(one, other) == [1, 2]


def test_a_later_look_tells_what_the_first_did_not_but_only_soon() -> None:
    for wait, found in ((0.8, {2: 1}), (3.0, {})):
        known = KnownFaces()
        known.add(0.0, [begun(0.0, 0)])
        turned = begun(0.1, OTHER, since=0.1)
        known.add(0.1, [turned])
        seen(turned, 0.1 + wait, SAME / 2)
        assert known.add(0.1 + wait, [turned]) == found


def test_of_two_that_begin_together_each_is_its_own_old_face() -> None:
    known = KnownFaces()
    known.add(0.0, [begun(0.0, 0), begun(0.0, 1.2, 50)])
    joined = known.add(1.0, [begun(1.0, 1.1, since=1), begun(1.0, 0.2, 50, since=1)])
    assert joined == {3: 2, 4: 1}


def test_a_lost_tracklet_does_not_go_on_beside_the_one_after_it() -> None:
    known = KnownFaces()
    lost = begun(0.0, 0)
    known.add(0.0, [lost])
    new = begun(0.3, 0.1, 90)
    assert known.add(0.3, [lost, new]) == {2: 1}
    assert (new.face, known.goes_on(new)) == (1, True)
    assert not known.goes_on(lost)


def test_few_faces_and_looks_are_remembered_the_latest() -> None:
    known = KnownFaces()
    for k in range(100):
        known.add(float(k), [begun(float(k), k * OTHER, since=float(k))])
    assert known.numbers == set(range(68, 101))
    known, _ = after_a_cut(*[0.0] * 100)
    (face,) = known._faces.values()
    assert (known.numbers, len(face.looks)) == ({1}, 64)


def test_whoever_is_in_the_picture_is_not_forgotten() -> None:
    known = KnownFaces()
    stays = begun(0.0, 0)
    known.add(0.0, [stays])
    for k in range(1, 80):
        known.add(float(k), [stays, begun(float(k), k * OTHER, 50, since=float(k))])
    assert known.goes_on(stays)
    assert 1 in known.numbers


def test_a_face_without_a_look_is_a_new_one() -> None:
    known = KnownFaces()
    for k in range(2):
        tracklet = begun(float(k), 0, since=float(k))
        tracklet.look = Appearance()
        known.add(float(k), [tracklet])
    assert known.numbers == {1, 2}
