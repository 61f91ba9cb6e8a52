"""The classifier over speakers and its margins, by their formulas."""

import math

import pytest
import torch
from torch import Tensor

from mrpn.network import Scores
from mrpn.training.speakers.head import MarginLoss, SpeakerHead
from mrpn.training.speakers.recipe import Margin

KINDS = ("softmax", "am", "aam")


def loss(settings: Margin, cosines: Tensor, truth: list[int]) -> float:
    scores = Scores({"class": settings.scale * cosines})
    return float(MarginLoss(settings)(scores, torch.tensor(truth)))


def entropy(true: float, other: float) -> float:
    return math.log(1 + math.exp(other - true))


def test_cosines_are_scaled_and_lengths_do_not_matter() -> None:
    head = SpeakerHead(2, 2, Margin(scale=10))
    with torch.no_grad():
        head.linear.weight.copy_(torch.tensor([[3.0, 0.0], [1.0, 1.0]]))
    scores = head(torch.tensor([[0.5, 0.0], [0.0, 70.0]]))
    expected = torch.tensor([[10.0, 7.0711], [0.0, 7.0711]])
    torch.testing.assert_close(scores, expected, atol=1e-4, rtol=0)


def test_the_margin_lowers_the_true_speakers_cosine() -> None:
    cosines = torch.tensor([[0.8, 0.1]])
    am = Margin(kind="am", margin=0.2, scale=5)
    assert loss(am, cosines, [0]) == pytest.approx(entropy(5 * 0.6, 0.5), abs=1e-5)
    aam = Margin(kind="aam", margin=0.2, scale=5)
    lowered = math.cos(math.acos(0.8) + 0.2)
    assert loss(aam, cosines, [0]) == pytest.approx(entropy(5 * lowered, 0.5), abs=1e-5)


def test_softmax_and_no_margin_are_the_plain_cross_entropy() -> None:
    cosines = torch.tensor([[0.8, 0.1]])
    for settings in (Margin(kind="am", margin=0, scale=5), Margin(kind="aam", margin=0, scale=5)):
        assert loss(settings, cosines, [1]) == pytest.approx(entropy(0.5, 4.0), abs=1e-4)
    plain = MarginLoss(Margin(kind="softmax"))
    scores = Scores({"class": torch.tensor([[2.0, 1.0]])})
    assert float(plain(scores, torch.tensor([0]))) == pytest.approx(entropy(2, 1))


def test_the_angles_margin_falls_all_the_way_and_has_finite_slopes() -> None:
    cosines = torch.linspace(-1, 1, 201, requires_grad=True)
    settings = Margin(kind="aam", margin=0.5, scale=1)
    rows = torch.stack([cosines, torch.zeros(201)], dim=1)
    each = torch.stack(
        [MarginLoss(settings)(Scores({"class": r[None]}), torch.tensor([0])) for r in rows]
    )
    assert (each[1:] < each[:-1]).all()
    each.sum().backward()
    assert cosines.grad is not None
    assert cosines.grad.isfinite().all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_saved_scoring_keeps_the_order_of_speakers(kind: str) -> None:
    head = SpeakerHead(5, 4, Margin.model_validate({"kind": kind, "scale": 7}))
    f = torch.randn(9, 5, generator=torch.manual_seed(0))
    with torch.no_grad():
        scoring = head.as_scoring().eval()(f)
        wanted = head(f)
    if kind != "softmax":
        wanted = wanted * f.norm(dim=1, keepdim=True)
    torch.testing.assert_close(scoring, wanted, atol=1e-5, rtol=1e-5)
