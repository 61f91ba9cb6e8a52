from math import log

import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import MultiTermLoss, Scores, Target

# Softmax of (0, log 3) is (1/4, 3/4), of (0, 0) it is (1/2, 1/2).
QUARTER = [0.0, log(3)]
EVEN = [0.0, 0.0]


def class_scores(**sides) -> Scores:
    present = {name: torch.tensor(rows) for name, (_, rows) in sides.items()}
    by_modality = {name: {"class": torch.tensor(s)} for name, (s, _) in sides.items()}
    return Scores({"class": torch.tensor([QUARTER, EVEN])}, by_modality, present)


def test_without_side_scores_it_is_the_cross_entropy():
    loss = MultiTermLoss()(class_scores(), torch.tensor([0, 1]))
    assert loss.item() == pytest.approx((log(4) + log(2)) / 2)


def test_every_modality_adds_a_term_with_its_weight():
    scores = class_scores(
        audio=([EVEN, EVEN], [True, True]), video=([QUARTER, QUARTER], [True, True])
    )
    truth = torch.tensor([0, 1])
    loss = MultiTermLoss(weights={"video": 0.5})
    terms = loss.terms(scores, truth)
    assert list(terms) == ["fused", "audio", "video"]
    video = (log(4) + log(4 / 3)) / 2
    assert [t.item() for t in terms.values()] == pytest.approx([1.5 * log(2), log(2), video])
    assert loss(scores, truth).item() == pytest.approx(2.5 * log(2) + 0.5 * video)


def test_rows_that_lack_a_modality_are_out_of_its_term():
    scores = class_scores(audio=([QUARTER, EVEN], [False, True]), video=([EVEN, EVEN], [True] * 2))
    terms = MultiTermLoss().terms(scores, torch.tensor([0, 1]))
    assert terms["audio"].item() == pytest.approx(log(2))
    assert terms["fused"].item() == pytest.approx(1.5 * log(2))


def test_rows_that_lack_everything_are_out_of_the_fused_term():
    scores = class_scores(audio=([EVEN, EVEN], [False, True]), video=([EVEN, EVEN], [False, True]))
    terms = MultiTermLoss().terms(scores, torch.tensor([0, 1]))
    assert terms["fused"].item() == pytest.approx(log(2))


def test_a_term_without_rows_is_0_with_a_finite_gradient():
    fused, side = (torch.zeros(2, 2, requires_grad=True) for _ in range(2))
    present = {"audio": torch.tensor([False, False]), "video": torch.tensor([True, True])}
    scores = Scores({"class": fused}, {"audio": {"class": side}}, present)
    loss = MultiTermLoss()
    terms = loss.terms(scores, torch.tensor([0, 1]))
    assert terms["audio"].item() == 0.0
    loss.total(terms).backward()
    assert side.grad.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert fused.grad.isfinite().all()


def test_missing_truth_is_out_of_the_loss():
    assert MultiTermLoss()(class_scores(), torch.tensor([0, -100])).item() == pytest.approx(log(4))
    numbers = Scores({"valence": torch.tensor([[1.0], [5.0]], requires_grad=True)})
    loss = MultiTermLoss({"valence": Target(kind="regression", size=1)})
    value = loss(numbers, torch.tensor([3.0, float("nan")]))
    assert value.item() == 4.0
    value.backward()
    assert numbers.targets["valence"].grad.tolist() == [[-4.0], [0.0]]


@pytest.mark.parametrize("missing", [[-100, -100], [0, -100]])
def test_label_smoothing_agrees_with_its_definition(missing):
    truth = torch.tensor(missing)
    loss = MultiTermLoss(label_smoothing=0.2)(class_scores(), truth)
    # 0.9 on the true class, 0.1 on the other one.
    expected = 0.0 if missing[0] < 0 else 0.9 * log(4) + 0.1 * log(4 / 3)
    assert loss.item() == pytest.approx(expected)


def test_several_targets_have_a_term_per_source_and_a_weight_each():
    targets = {
        "emotion": Target(size=2),
        "place": Target(kind="regression", size=2, weight=0.1),
    }
    fused = {"emotion": torch.tensor([EVEN]), "place": torch.tensor([[1.0, 2.0]])}
    side = {"emotion": torch.tensor([QUARTER]), "place": torch.tensor([[0.0, 0.0]])}
    scores = Scores(fused, {"touch": side}, {"touch": torch.tensor([True])})
    truth = {"emotion": torch.tensor([1]), "place": torch.tensor([[1.0, 0.0]])}
    loss = MultiTermLoss(targets, weights={"touch": 3.0})
    terms = loss.terms(scores, truth)
    expected = {
        "fused.emotion": log(2),
        "fused.place": 2.0,
        "touch.emotion": log(4 / 3),
        "touch.place": 0.5,
    }
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(expected)
    total = log(2) + 0.1 * 2.0 + 3 * (log(4 / 3) + 0.1 * 0.5)
    assert loss(scores, truth).item() == pytest.approx(total)


@pytest.mark.parametrize(
    ("loss", "truth", "line"),
    [
        (MultiTermLoss(), {"emotion": torch.tensor([0, 1])}, "'class' lacks its truth"),
        (MultiTermLoss({"a": Target(size=2)}), torch.tensor([0, 1]), "'a' lacks its truth or"),
        (MultiTermLoss(), torch.tensor([0, 1, 1]), "2 rows of scores"),
        (MultiTermLoss(), torch.tensor([0.0, 1.0]), "int64"),
        (MultiTermLoss(weights={"vidoe": 1.0}), torch.tensor([0, 1]), "unknown modality 'vidoe'"),
        (
            MultiTermLoss({"a": Target(size=2), "b": Target(size=2)}),
            torch.tensor([0, 1]),
            "by name",
        ),
        (
            MultiTermLoss({"class": Target(kind="regression", size=2)}),
            torch.zeros(2, 3),
            r"\[2, 3\] for scores of \[2, 2\]",
        ),
    ],
)
def test_truth_and_weights_that_do_not_fit_are_refused(loss, truth, line):
    scores = class_scores(audio=([EVEN, EVEN], [True, True]))
    with pytest.raises(ConfigError, match=line):
        loss(scores, truth)


def test_settings_outside_their_ranges_are_refused():
    with pytest.raises(ConfigError, match="'audio' is -1"):
        MultiTermLoss(weights={"audio": -1.0})
    with pytest.raises(ConfigError, match="label_smoothing=2"):
        MultiTermLoss(label_smoothing=2)
    with pytest.raises(ConfigError, match="several targets"):
        MultiTermLoss()(Scores({"a": torch.zeros(1, 2), "b": torch.zeros(1, 2)}), torch.tensor([0]))
