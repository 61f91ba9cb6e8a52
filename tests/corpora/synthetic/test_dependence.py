"""What is meant for face and voice: exact tables, and what they leave each modality alone."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.common.errors import ConfigError
from mrpn.corpora.synthetic import CueSettings, LatentModel, SyntheticSettings, difficulty
from mrpn.corpora.synthetic.dependence import (
    clarity_table,
    congruence_table,
    idempotent_square,
    meant_table,
    split_table,
)

CLEAR = CueSettings(fuzzy=0, missing=0)
FOUR = ("happy", "sad", "angry", "fearful")
STRENGTHS = (0.0, 0.1, 0.25, 0.4, 0.6, 0.8, 1.0)
probabilities = st.floats(0, 1)
links = st.sampled_from(("clarity", "split", "congruence"))


@st.composite
def cue_settings(draw):
    parts = draw(st.lists(st.floats(0, 1 / 3), min_size=3, max_size=3))
    return CueSettings(fuzzy=parts[0], missing=parts[1], label_noise=parts[2])


def bayes(link, strength, **changes):
    """The Bayes accuracies of classes equally frequent and, unless said otherwise, clear."""
    chosen = {"intensities": (1,), "face": CLEAR, "voice": CLEAR} | changes
    return LatentModel.of(SyntheticSettings(link=link, dependence=strength, **chosen)).bayes()


def test_clarity_on_literals():
    assert clarity_table(0.2, 0.4, 0).tolist() == pytest.approx(
        np.array([[0.48, 0.32], [0.12, 0.08]])
    )
    assert clarity_table(0.2, 0.4, 1) == pytest.approx(np.array([[0.6, 0.2], [0.0, 0.2]]))
    assert clarity_table(0.2, 0.4, -1) == pytest.approx(np.array([[0.4, 0.4], [0.2, 0.0]]))
    assert clarity_table(0.8, 0.6, -1) == pytest.approx(np.array([[0.0, 0.2], [0.4, 0.4]]))


@given(face=probabilities, voice=probabilities, dependence=st.floats(-1, 1))
def test_clarity_keeps_both_margins(face, voice, dependence):
    table = clarity_table(face, voice, dependence)
    assert (table >= 0).all()
    assert table.sum() == pytest.approx(1)
    assert table[1].sum() == pytest.approx(face)
    assert table[:, 1].sum() == pytest.approx(voice)


@pytest.mark.parametrize("size", [1, 3, 4, 5, 6, 7, 8, 9])
def test_the_square_is_latin_and_its_diagonal_in_order(size):
    square = idempotent_square(size)
    every = list(range(size))
    assert np.diag(square).tolist() == every
    assert all(sorted(line) == every for line in (*square.tolist(), *square.T.tolist()))


def test_split_pairs_on_literals():
    table = split_table(5)
    a, b, c, d, e = range(5)
    assert table[a, a, b] == table[a, c, d] == table[b, a, d] == table[b, c, b] == 0.5
    assert table[c, b, a] == table[c, d, c] == table[d, b, c] == table[d, d, a] == 0.5
    assert table[e, e, e] == 1
    assert table.sum() == 5


@pytest.mark.parametrize(("link", "classes"), [("split", 8), ("congruence", 8), ("split", 6)])
def test_every_pair_of_cues_belongs_to_one_class_alone(link, classes):
    table = meant_table(link, 0.5, classes)
    assert ((table > 0).sum(axis=0) <= 1).all()
    assert table.sum(axis=(1, 2)) == pytest.approx(np.ones(classes))


def test_incongruent_cues_mean_a_third_emotion():
    table = congruence_table(8)
    for face, voice in np.argwhere(table.sum(axis=0)):
        assert face != voice
        assert table[:, face, voice].argmax() not in (face, voice)
    # Either modality shows each of the other classes alike.
    assert table.sum(axis=2) == pytest.approx((1 - np.eye(8)) / 7)
    assert table.sum(axis=1) == pytest.approx((1 - np.eye(8)) / 7)


def test_split_cues_leave_each_modality_at_chance_between_two_classes():
    best = bayes("split", 1.0, emotions=FOUR)
    assert (best.face, best.voice, best.product) == pytest.approx((0.5, 0.5, 0.5))
    assert best.both == pytest.approx(1)
    model = LatentModel.of(
        SyntheticSettings(link="split", dependence=1, emotions=FOUR, face=CLEAR, voice=CLEAR)
    )
    assert model.posterior(face="happy") == pytest.approx([0.5, 0.5, 0, 0])
    assert model.posterior(voice="sad") == pytest.approx([0.5, 0.5, 0, 0])
    assert model.posterior("happy", "sad") == pytest.approx([1, 0, 0, 0])


@pytest.mark.parametrize("strength", [0.2, 0.5, 0.8])
def test_congruence_alone_and_together_on_literals(strength):
    best = bayes("congruence", strength)
    assert (best.face, best.voice, best.product) == pytest.approx((1 - strength,) * 3)
    assert best.both == pytest.approx(1)


@pytest.mark.parametrize("strength", [0.2, 0.5])
def test_split_alone_and_together_on_literals(strength):
    best = bayes("split", strength)
    assert (best.face, best.voice) == pytest.approx((1 - 0.75 * strength,) * 2)
    assert best.both == pytest.approx(1)


@pytest.mark.parametrize(("link", "top"), [("split", 1.0), ("congruence", 7 / 8)])
def test_the_stronger_the_less_each_knows_alone(link, top):
    found = [bayes(link, strength * top) for strength in STRENGTHS]
    for weaker, stronger in pairwise(found):
        assert stronger.face <= weaker.face + 1e-12
        assert stronger.voice <= weaker.voice + 1e-12
        assert stronger.product <= weaker.product + 1e-12
        assert stronger.both - stronger.product >= weaker.both - weaker.product - 1e-12


def test_shared_clarity_costs_the_product_the_more_the_stronger_it_is():
    usual = CueSettings()
    found = [bayes("clarity", strength, face=usual, voice=usual) for strength in STRENGTHS]
    for weaker, stronger in pairwise(found):
        assert stronger.product < weaker.product
        assert stronger.face == pytest.approx(weaker.face)
        assert stronger.both - stronger.product >= weaker.both - weaker.product - 1e-12


@settings(max_examples=25, deadline=None)
@given(face=cue_settings(), voice=cue_settings(), link=links)
def test_without_dependence_the_product_is_the_joint_posterior(face, voice, link):
    model = LatentModel.of(SyntheticSettings(face=face, voice=voice, link=link))
    marginal = model.joint.sum(axis=(0,))
    for i, j in np.argwhere(marginal > 1e-12):
        shown = model.cues[i], model.cues[j]
        assert model.product(*shown) == pytest.approx(model.posterior(*shown), abs=1e-9)
    best = model.bayes()
    assert best.product == pytest.approx(best.both, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(face=cue_settings(), voice=cue_settings(), link=links, strength=probabilities)
def test_both_know_at_least_as_much_as_either_and_as_chance(face, voice, link, strength):
    model = LatentModel.of(
        SyntheticSettings(face=face, voice=voice, link=link, dependence=strength)
    )
    assert model.joint.sum() == pytest.approx(1)
    assert model.joint.sum(axis=(1, 2)) == pytest.approx(model.prior)
    best = model.bayes()
    assert best.both >= max(best.face, best.voice, best.product) - 1e-9
    assert min(best.face, best.voice) >= model.prior.max() - 1e-9


def test_a_link_that_cannot_be_is_one_clear_line():
    with pytest.raises(ConfigError, match="a share, 0 to 1, where link is split"):
        difficulty("default", link="split", dependence=-0.5)
    with pytest.raises(ConfigError, match="link congruence needs 3 emotions"):
        difficulty("default", link="congruence", emotions=("happy", "sad"))
    with pytest.raises(ConfigError, match="link"):
        difficulty("default", link="magic")


def test_settings_of_the_usual_link_are_written_as_before_there_was_a_choice():
    assert "link" not in difficulty("default", dependence=0.5).model_dump(mode="json")
    chosen = difficulty("default", link="split", dependence=0.5)
    assert chosen.model_dump(mode="json")["link"] == "split"
    assert SyntheticSettings.model_validate(chosen.model_dump()) == chosen
