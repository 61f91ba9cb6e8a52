"""N0, N1, N2 and the uni-modal network against hand-computed values, and their contracts."""

import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import Branch, MultiModalNetwork, MultiTermLoss, Sequence, aggregator, encoder

CLOSE = {"rtol": 0, "atol": 1e-6}
TRUTH = torch.tensor([0, 1, 1])


def exact(values: list[list[float]]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


# f_a = (0, 2, 4) and f_v = (1, 5, 3), as means of the elements.
BATCH = {
    "v": Sequence.from_list([exact([x]).T for x in ([1.0], [4.0, 6.0], [3.0])]),
    "a": Sequence.from_list([exact([x]).T for x in ([-1.0, 1.0], [2.0], [3.0, 5.0])]),
}

# By hand. N0: f' = FeatureNorm(f), then the Fusion of test_fusion.py; N2: f'_a = g + Sigmoid(g),
# f'_v = g + Sigmoid(0.25 - g), then the same Fusion. The test mode follows one training batch.
N0_TRAINING = [[-0.4, 0.9], [1.3247387, 0.5123694], [-0.4, 3.9618469]]
N0_TEST = [[0.5279569, 0.1139785], [5.66344, 2.68172], [4.2219348, 5.5647305]]
N2_TRAINING = [[-0.4077512, 0.9155025], [1.3168273, 0.5084137], [-0.3686706, 3.9383549]]
N2_TEST = [[1.2909588, 0.4954794], [6.4292434, 3.0646217], [4.4622789, 7.2698418]]
SIDE_A = [[0.0, -0.75], [4.0, 2.25], [8.0, 4.25]]
SIDE_V = [[1.0, 0.25], [4.5, -1.75], [2.5, -0.25]]
CE_N0, CE_N2, CE_A, CE_V = 0.9111114, 0.9165415, 2.0234469, 3.1502557

STATE = {
    "fusions.class.scoring.hidden.weight": [[1.0, 1.0], [1.0, -1.0]],
    "fusions.class.scoring.hidden.bias": [0.0, 0.5],
    "fusions.class.scoring.scores.weight": [[1.0, -1.0], [0.5, 2.0]],
    "fusions.class.scoring.scores.bias": [0.1, -0.1],
    "sides.a.class.hidden.weight": [[2.0], [-1.0]],
    "sides.a.class.hidden.bias": [0.0, 1.0],
    "sides.a.class.scores.weight": [[1.0, 0.0], [0.5, -1.0]],
    "sides.a.class.scores.bias": [0.0, 0.25],
    "sides.v.class.hidden.weight": [[1.0], [0.5]],
    "sides.v.class.hidden.bias": [-2.0, 0.0],
    "sides.v.class.scores.weight": [[0.5, 1.0], [-1.0, 0.5]],
    "sides.v.class.scores.bias": [0.5, 0.0],
    "updates.a.dense.weight": [[1.0]],
    "updates.a.dense.bias": [0.0],
    "updates.v.dense.weight": [[-1.0]],
    "updates.v.dense.bias": [0.25],
}


def by_hand(kind: str, *names: str) -> MultiModalNetwork:
    branches = {
        name: Branch(
            encoder("identity", in_channels=1), aggregator("mean", in_features=1, features=1)
        )
        for name in names
    }
    network = MultiModalNetwork(branches, 2, kind, hidden=2, dropout=0.0)
    own = network.state_dict()
    network.load_state_dict(own | {n: torch.tensor(v) for n, v in STATE.items() if n in own})
    return network.double()


@pytest.mark.parametrize(
    ("kind", "training", "test", "loss"),
    [
        ("n0", N0_TRAINING, N0_TEST, CE_N0),
        ("n1", N0_TRAINING, N0_TEST, CE_N0 + CE_A + CE_V),
        ("n2", N2_TRAINING, N2_TEST, CE_N2 + CE_A + CE_V),
    ],
)
def test_kinds_agree_with_hand_computed_values(kind, training, test, loss):
    network = by_hand(kind, "v", "a")
    scores = network(BATCH)
    torch.testing.assert_close(scores.fused, exact(training), **CLOSE)
    if kind == "n0":
        assert scores.sides == {}
    else:
        torch.testing.assert_close(scores.sides["a"]["class"], exact(SIDE_A), **CLOSE)
        torch.testing.assert_close(scores.sides["v"]["class"], exact(SIDE_V), **CLOSE)
    assert MultiTermLoss()(scores, TRUTH).item() == pytest.approx(loss, abs=1e-6)
    scores = network.eval()(BATCH)
    torch.testing.assert_close(scores.fused, exact(test), **CLOSE)
    assert scores.sides == {}


@pytest.mark.parametrize(("name", "side", "loss"), [("a", SIDE_A, CE_A), ("v", SIDE_V, CE_V)])
def test_a_unimodal_network_is_the_scoring_of_its_branch(name, side, loss):
    network = by_hand("unimodal", name)
    for mode in (True, False):
        scores = network.train(mode)({name: BATCH[name]})
        torch.testing.assert_close(scores.fused, exact(side), **CLOSE)
        assert scores.sides == {}
    assert MultiTermLoss()(scores, TRUTH).item() == pytest.approx(loss, abs=1e-6)


def test_n0_and_n1_are_one_function_in_test_mode(make_network, make_batch):
    n0, n1 = make_network("n0", "audio", "video"), make_network("n1", "audio", "video")
    state = n1.state_dict()
    assert n0.state_dict().keys() == {n for n in state if not n.startswith("sides.")}
    n0.load_state_dict({name: state[name] for name in n0.state_dict()})
    batch = make_batch(audio=[2, 0, 3], video=[1, 2, 0])
    assert torch.equal(n0.eval()(batch).fused, n1.eval()(batch).fused)


def test_features_on_request_are_f_and_f_prime():
    scores = by_hand("n2", "a", "v").eval()(BATCH, features=True)
    assert list(scores.features) == ["a", "v", "a'", "v'"]
    assert scores.features["a"].tolist() == [[0.0], [2.0], [4.0]]
    # Running statistics 0 and 1: g = f / sqrt(1 + 1e-5), f' = g + Sigmoid(g).
    expected = exact([[0.5], [2.8807860], [4.9819934]])
    torch.testing.assert_close(scores.features["a'"], expected, **CLOSE)
    assert by_hand("n2", "a", "v")(BATCH).features == {}
    assert list(by_hand("unimodal", "a")({"a": BATCH["a"]}, features=True).features) == ["a"]


def test_in_n2_the_side_loss_does_not_reach_the_residual_perceptron(make_network, make_batch):
    network = make_network("n2", "audio", "video")
    scores = network(make_batch(audio=[2, 1, 3], video=[1, 2, 3]))
    terms = MultiTermLoss().terms(scores, torch.tensor([0, 1, 2]))
    (terms["audio"] + terms["video"]).backward(retain_graph=True)
    for name, parameter in network.named_parameters():
        reached = parameter.grad is not None
        assert reached == name.startswith(("branches.", "sides.")), name
    network.zero_grad()
    terms["fused"].backward()
    for name, parameter in network.named_parameters():
        reached = parameter.grad is not None
        assert reached == name.startswith(("branches.", "updates.", "fusions.")), name


@pytest.mark.parametrize("kind", ["n0", "n1", "n2"])
def test_a_missing_modality_does_not_disturb_the_statistics_of_the_others(
    kind, make_network, make_batch
):
    whole, partly = make_network(kind, "audio", "video"), make_network(kind, "audio", "video")
    batch = make_batch(audio=[2, 1, 3, 2], video=[1, 2, 3, 1])
    lengths = torch.tensor([2, 0, 0, 2])
    whole(batch)
    scores = partly({**batch, "audio": Sequence(batch["audio"].values, lengths)})
    assert scores.fused.isfinite().all()
    assert scores.present["audio"].tolist() == [True, False, False, True]
    before, after = whole.state_dict(), partly.state_dict()
    for name in before:
        if name.startswith(("branches.video", "updates.video")):
            assert torch.equal(before[name], after[name]), name
    # The Fusion joins the modalities in sorted order: audio first, then four features of video.
    for name in ("running_mean", "running_var"):
        key = f"fusions.class.norm.{name}"
        torch.testing.assert_close(before[key][4:], after[key][4:])


@pytest.mark.parametrize("kind", ["n0", "n1", "n2"])
@pytest.mark.parametrize("mode", [True, False])
def test_a_modality_left_out_is_one_of_length_0(kind, mode, make_network, make_batch):
    batch = make_batch(audio=[2, 1, 3])
    scores = make_network(kind, "audio", "video", dropout=0.0).train(mode)(batch)
    silent = {**batch, "video": Sequence(torch.zeros(3, 2, 3), torch.tensor([0, 0, 0]))}
    expected = make_network(kind, "audio", "video", dropout=0.0).train(mode)(silent)
    assert torch.equal(scores.fused, expected.fused)
    assert scores.fused.isfinite().all()
    assert scores.present["video"].tolist() == [False] * 3


@pytest.mark.parametrize("kind", ["unimodal", "n0", "n1", "n2"])
@pytest.mark.parametrize("lengths", [[0], [0, 0], [2]])
def test_nothing_at_all_and_a_batch_of_one_are_legal_in_training(
    kind, lengths, make_network, make_batch
):
    network = make_network(kind, "audio")
    scores = network(make_batch(audio=lengths))
    loss = MultiTermLoss()(scores, torch.zeros(len(lengths), dtype=torch.int64))
    loss.backward()
    assert scores.fused.isfinite().all()
    assert loss.isfinite()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_heads_run_in_full_precision_under_autocast(make_network, make_batch):
    network = make_network("n2", "audio", "video")
    batch = make_batch(audio=[2, 1], video=[1, 2])
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(batch, features=True)
        loss = MultiTermLoss()(scores, torch.tensor([0, 1]))
    loss.backward()
    found = [scores.fused, scores.sides["audio"]["class"], *scores.features.values()]
    assert {tensor.dtype for tensor in found} == {torch.float32}
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


def test_building_by_hand_takes_one_draw_from_the_global_generator(make_network):
    after = []
    for kind in ("n0", "n1", "n2"):
        branches = dict(make_network("n0", "audio", "video").branches)
        torch.manual_seed(3)
        MultiModalNetwork(branches, 3, kind)
        after.append(torch.rand(2).tolist())
    assert after[0] == after[1] == after[2]


@pytest.mark.parametrize(
    ("names", "kind", "line"),
    [
        (("a", "v"), "unimodal", r"one branch, not 2 \(a, v\)"),
        ((), "n2", "at least one modality"),
        (("a.b",), "n2", "modality 'a.b'"),
        (("a", "v"), "n3", "'n3': choose from unimodal, n0, n1, n2"),
    ],
)
def test_networks_that_make_no_sense_are_refused(names, kind, line):
    with pytest.raises(ConfigError, match=line):
        by_hand(kind, *names)


@pytest.mark.parametrize(
    ("batch", "line"),
    [
        ({"a": BATCH["a"], "vidoe": BATCH["v"]}, "unknown modality 'vidoe': this network has a, v"),
        ({}, "no modality"),
        ({"a": BATCH["a"], "v": Sequence.missing(2)}, r"\[2, 3\] rows"),
    ],
)
def test_batches_that_do_not_fit_are_refused(batch, line):
    with pytest.raises(ConfigError, match=line):
        by_hand("n2", "a", "v")(batch)
