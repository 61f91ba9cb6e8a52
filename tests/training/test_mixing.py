"""Mixup of sequences: who is mixed with whom, over what length, and against what truth."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot

from mrpn.network import Scores, Sequence
from mrpn.training import Recipe
from mrpn.training.dataset import Batch
from mrpn.training.mixing import mix
from mrpn.training.module import FusionModule
from mrpn.training.strategies import make_network


def sequence(*rows: list[float]) -> Sequence:
    return Sequence.from_list([torch.tensor(row).reshape(-1, 1) for row in rows])


def seed_of(partners: list[int]) -> int:
    """A seed that draws these partners."""
    for seed in range(500):
        generator = np.random.default_rng(seed)
        generator.beta(1.0, 1.0)
        if generator.permutation(len(partners)).tolist() == partners:
            return seed
    raise AssertionError(partners)


def test_every_element_is_mixed_in_one_share_and_a_short_partner_begins_again() -> None:
    voices = sequence([1.0, 2.0, 3.0], [10.0, 20.0])
    mixture = mix({"audio": voices}, 1.0, np.random.default_rng(seed_of([1, 0])))
    share, rest = mixture.share, 1 - mixture.share
    assert 0.5 <= share <= 1
    assert mixture.partners.tolist() == [1, 0]
    mixed = mixture.inputs["audio"]
    assert mixed.lengths.tolist() == [3, 2]
    expected = [1 * share + 10 * rest, 2 * share + 20 * rest, 3 * share + 10 * rest]
    assert mixed.values[0, :, 0].tolist() == pytest.approx(expected)
    expected = [10 * share + 1 * rest, 20 * share + 2 * rest]
    assert mixed.values[1, :2, 0].tolist() == pytest.approx(expected)
    assert voices.values[0, :, 0].tolist() == [1, 2, 3]


def test_clips_that_lack_different_modalities_stay_as_they_are() -> None:
    inputs = {"audio": sequence([1.0], [2.0], [3.0]), "video": sequence([4.0], [], [6.0])}
    mixture = mix(inputs, 1.0, np.random.default_rng(seed_of([2, 1, 0])))
    assert mixture.partners.tolist() == [2, 1, 0]
    for partners in ([1, 0, 2], [1, 2, 0]):
        mixture = mix(inputs, 1.0, np.random.default_rng(seed_of(partners)))
        for row, partner in enumerate(partners):
            alone = 1 in (row, partner)
            assert mixture.partners[row] == (row if alone else partner)
        assert torch.equal(mixture.inputs["audio"].values[1], inputs["audio"].values[1])
        assert torch.equal(mixture.inputs["video"].lengths, inputs["video"].lengths)


def test_small_alphas_leave_clips_nearly_alone() -> None:
    def shares(alpha: float) -> list[float]:
        pair = {"audio": sequence([1.0], [2.0])}
        return [mix(pair, alpha, np.random.default_rng(n)).share for n in range(300)]

    assert min(shares(1.0)) >= 0.5
    # E max(x, 1 - x) of a uniform x is 3/4.
    assert np.mean(shares(1.0)) == pytest.approx(0.75, abs=0.03)
    assert np.mean(shares(0.1)) > 0.9


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("strategy", ["am", "n0", "n1", "n2"])
def test_the_loss_is_that_of_the_soft_truth_in_every_term(
    make_recipe: Callable[..., Recipe],
    strategy: str,
    smoothing: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = make_recipe(optimisation={"mixup": 0.7, "label_smoothing": smoothing})
    network = make_network(recipe, strategy, 3, 0, {})
    module = FusionModule(network, recipe.optimisation, 0, 1)
    monkeypatch.setattr(FusionModule, "current_epoch", 4)
    inputs = {
        "audio": Sequence.from_list([torch.randn(n, 1, 32, 32) for n in (2, 1, 3)]),
        "video": Sequence.from_list([torch.randn(n, 1, 16, 16) for n in (1, 4, 2)]),
    }
    inputs = {name: inputs[name] for name in network.modalities}
    labels = torch.tensor([0, 1, 2])
    seen: list[tuple[dict[str, Sequence], Scores]] = []
    forward = network.forward

    def watched(given: dict[str, Sequence]) -> Scores:
        seen.append((given, forward(given)))
        return seen[-1][1]

    monkeypatch.setattr(network, "forward", watched)
    found = module.training_step(Batch(inputs, labels, torch.arange(3)), 5)
    ((given, scores),) = seen
    row = given[network.modalities[0]].values[0, 0].flatten()
    own = inputs[network.modalities[0]].values
    share, partner = share_of(row, own)
    assert 0.5 <= share < 1
    assert partner != 0

    from mrpn.training.randomness import generator

    mixture = mix(inputs, 0.7, generator(0, "mixup", 4, 5))
    assert mixture.share == pytest.approx(share, abs=1e-4)
    truth = share * one_hot(labels, 3) + (1 - share) * one_hot(labels[mixture.partners], 3)
    terms = [scores.fused, *(side["class"] for side in scores.sides.values())]
    expected = sum(cross_entropy(term, truth, label_smoothing=smoothing) for term in terms)
    assert len(terms) == (3 if strategy in ("n1", "n2") else 1)
    torch.testing.assert_close(found, expected, atol=2e-4, rtol=0)


def share_of(row: Tensor, own: Tensor) -> tuple[float, int]:
    """Which other row's first element is in a mixed one, and how much of its own is left."""
    for partner in range(1, len(own)):
        line = torch.stack([own[0, 0].flatten(), own[partner, 0].flatten()], dim=1)
        shares = torch.linalg.lstsq(line, row[:, None]).solution.flatten()
        if torch.allclose(line @ shares, row, atol=1e-4):
            return float(shares[0]), partner
    raise AssertionError("no other row is in it")
