"""The joint table is exact, and the Bayes accuracies follow from it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.common.errors import CorpusError
from mrpn.corpora.synthetic import CueSettings, Latent, LatentModel, SyntheticSettings, draw_latents
from mrpn.corpora.synthetic.trials import trials


@st.composite
def cue_settings(draw):
    parts = draw(st.lists(st.floats(0, 1 / 3), min_size=3, max_size=3))
    return CueSettings(fuzzy=parts[0], missing=parts[1], label_noise=parts[2])


def two_classes(**changes):
    """Two equally frequent classes that are mistaken for each other only."""
    chosen = {
        "emotions": ("neutral", "happy"),
        "intensities": (1,),
        "face": CueSettings(fuzzy=0.2, missing=0),
        "voice": CueSettings(fuzzy=0.4, missing=0),
    } | changes
    return LatentModel.of(SyntheticSettings(**chosen))


def test_two_classes_on_literals():
    model = two_classes()
    # Rows face cue, columns voice cue: neutral, happy.
    assert model.joint[0] == pytest.approx(np.array([[0.24, 0.16], [0.06, 0.04]]))
    assert model.joint[1] == pytest.approx(np.array([[0.04, 0.06], [0.16, 0.24]]))
    best = model.bayes()
    assert (best.face, best.voice, best.both, best.product) == pytest.approx((0.8, 0.6, 0.8, 0.8))


def test_opposed_clarity_on_literals():
    model = two_classes(dependence=-1.0)
    # Never unclear together: both say neutral only if it is; they disagree in 0.6 of the cases.
    assert model.joint[0] == pytest.approx(np.array([[0.2, 0.2], [0.1, 0.0]]))
    best = model.bayes()
    assert (best.face, best.voice) == pytest.approx((0.8, 0.6))
    assert best.both == pytest.approx(0.8)
    assert model.posterior("neutral", "neutral") == pytest.approx([1, 0])
    assert model.product("neutral", "neutral") == pytest.approx([6 / 7, 1 / 7])


def test_three_classes_where_only_the_joint_table_knows():
    """With shared clarity, two cues that disagree are both wrong."""
    settings_ = SyntheticSettings(
        emotions=("happy", "sad", "angry"),
        face=CueSettings(fuzzy=0.4, missing=0),
        voice=CueSettings(fuzzy=0.4, missing=0),
        dependence=1.0,
    )
    model = LatentModel.of(settings_)
    assert model.posterior("happy", "sad") == pytest.approx([0, 0, 1, 0][:3])
    assert model.product("happy", "sad") == pytest.approx([3 / 7, 3 / 7, 1 / 7])
    best = model.bayes()
    # Clear 0.6; unclear and different 0.2, then known; unclear and the same 0.2, then lost.
    assert (best.face, best.both, best.product) == pytest.approx((0.6, 0.8, 0.6))


def test_a_weak_expression_looks_neutral_even_where_neutral_is_no_class():
    model = LatentModel.of(
        SyntheticSettings(
            emotions=("happy", "sad"),
            face=CueSettings(fuzzy=0, missing=0.5),
            voice=CueSettings(fuzzy=0, missing=1),
        )
    )
    assert model.cues == ("happy", "sad", "neutral")
    assert model.joint.sum(axis=2)[0] == pytest.approx([0.25, 0, 0.25])
    best = model.bayes()
    assert (best.face, best.voice, best.both) == pytest.approx((0.75, 0.5, 0.75))


def test_label_noise_bounds_everything():
    clear = CueSettings(fuzzy=0, missing=0)
    best = two_classes(face=clear, voice=clear, label_noise=0.1).bayes()
    assert (best.face, best.voice, best.both) == pytest.approx((0.9, 0.9, 0.9))


@settings(max_examples=40, deadline=None)
@given(face=cue_settings(), voice=cue_settings(), dependence=st.floats(-1, 1))
def test_dependence_leaves_each_modality_as_it_is(face, voice, dependence):
    independent = LatentModel.of(SyntheticSettings(face=face, voice=voice))
    model = LatentModel.of(SyntheticSettings(face=face, voice=voice, dependence=dependence))
    assert model.joint.sum() == pytest.approx(1)
    assert model.joint.sum(axis=2) == pytest.approx(independent.joint.sum(axis=2))
    assert model.joint.sum(axis=1) == pytest.approx(independent.joint.sum(axis=1))
    best = model.bayes()
    assert best.both >= max(best.face, best.voice, best.product) - 1e-9


@settings(max_examples=40, deadline=None)
@given(face=cue_settings(), voice=cue_settings())
def test_the_product_is_best_without_dependence(face, voice):
    model = LatentModel.of(SyntheticSettings(face=face, voice=voice))
    best = model.bayes()
    assert best.product == pytest.approx(best.both)


def test_dependence_changes_what_both_together_can_do():
    best = {
        value: LatentModel.of(SyntheticSettings(dependence=value)).bayes() for value in (-1, 0, 1)
    }
    assert best[-1].both > best[0].both + 0.03 > best[1].both + 0.03
    assert best[0].product == pytest.approx(best[0].both)
    assert best[1].both > best[1].product + 0.08
    assert len({round(item.face, 9) for item in best.values()}) == 1


@pytest.mark.parametrize("dependence", [-0.7, 0.0, 1.0])
def test_simulation_agrees_with_the_exact_values(dependence):
    model = LatentModel.of(SyntheticSettings(dependence=dependence, label_noise=0.05))
    random = np.random.default_rng(1)
    labels = random.choice(len(model.classes), size=6000, p=model.prior)
    drawn = [model.sample(str(i), model.classes[k], random) for i, k in enumerate(labels)]
    measured, exact = model.empirical(drawn), model.bayes()
    for name in ("face", "voice", "both", "product"):
        assert getattr(measured, name) == pytest.approx(getattr(exact, name), abs=0.02)


def test_ties_count_in_parts():
    model = two_classes(face=CueSettings(fuzzy=0.5, missing=0), voice=CueSettings(fuzzy=0.5))
    measured = model.empirical([Latent("clip", "happy", "happy", "happy", "happy")])
    assert measured.face == pytest.approx(0.5)


def test_impossible_questions_are_answered_plainly():
    model = two_classes(face=CueSettings(fuzzy=0, missing=0), voice=CueSettings(fuzzy=0, missing=0))
    with pytest.raises(CorpusError, match="cannot occur"):
        model.posterior("neutral", "happy")
    with pytest.raises(CorpusError, match="cue 'bored' is unknown"):
        model.posterior(face="bored")
    with pytest.raises(CorpusError, match="no clips"):
        model.empirical([])


def test_a_clips_cues_do_not_depend_on_the_size_of_the_corpus():
    small, large = SyntheticSettings(actors=2), SyntheticSettings(actors=4)
    known = {item.clip: item for item in draw_latents(large)}
    drawn = draw_latents(small)
    assert [item.clip for item in drawn] == [trial.id for trial in trials(small)]
    assert all(known[item.clip] == item for item in drawn)
    assert drawn != draw_latents(SyntheticSettings(actors=2, seed=1))
