"""What ablations vary in the joints of a network, against autograd and hand-computed values."""

import pytest
import torch
from torch import nn

from mrpn.common.config import validate
from mrpn.common.errors import ConfigError
from mrpn.network import (
    DensePerceptron,
    FeatureLayerNorm,
    FeatureNorm,
    MultiTermLoss,
    ResidualPerceptron,
    Wiring,
    build_network,
    late_fusion,
)
from mrpn.network.spec import NetworkSpec

TRUTH = torch.tensor([0, 1, 2, 1])
LENGTHS = {"audio": [2, 1, 3, 2], "video": [1, 2, 3, 1]}
BOTH = ("audio", "video")


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def gradients(network, batch) -> tuple[dict, dict, dict]:
    """The gradients of every parameter: of the fused term, of the side terms, and of the sum."""
    found = []
    for chosen in ("fused", "sides", "all"):
        network.zero_grad()
        torch.manual_seed(1)
        terms = MultiTermLoss().terms(network(batch), TRUTH)
        if chosen != "all":
            terms = {
                name: t for name, t in terms.items() if (name == "fused") == (chosen == "fused")
            }
        torch.stack(list(terms.values())).sum().backward()
        found.append(
            {
                name: torch.zeros_like(p) if p.grad is None else p.grad.clone()
                for name, p in network.named_parameters()
            }
        )
    return tuple(found)


@pytest.mark.parametrize("share", [0.0, 0.25])
@pytest.mark.parametrize("kind", ["n1", "n2"])
def test_the_fused_terms_gradient_reaches_the_branches_by_its_share_and_nothing_else_changes(
    kind, share, make_network, make_batch
):
    batch = make_batch(**LENGTHS)
    full = gradients(make_network(kind, *BOTH), batch)
    part = gradients(make_network(kind, *BOTH, fusion_gradient=share), batch)
    for name, value in full[0].items():
        factor = share if name.startswith("branches.") else 1.0
        torch.testing.assert_close(part[0][name], factor * value, msg=name)
        assert torch.equal(part[1][name], full[1][name]), name
        torch.testing.assert_close(part[2][name], factor * value + full[1][name], msg=name)
    reached = [value.abs().sum() > 0 for name, value in full[0].items() if "branches" in name]
    assert any(reached)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_share_of_the_gradient_changes_no_score(share, make_network, make_batch):
    batch = make_batch(audio=[2, 0, 3], video=[1, 2, 0])
    scores = [
        make_network("n2", *BOTH, dropout=0.0, fusion_gradient=each)(batch) for each in (share, 1.0)
    ]
    assert torch.equal(scores[0].fused, scores[1].fused)
    assert torch.equal(scores[0].sides["audio"]["class"], scores[1].sides["audio"]["class"])


@pytest.mark.parametrize("kind", ["n1", "n2"])
def test_side_scores_read_what_the_wiring_says(kind, make_network, make_batch):
    batch = make_batch(**LENGTHS)
    for side, read in (("f", "audio"), ("f'", "audio'")):
        network = make_network(kind, *BOTH, dropout=0.0, side=side)
        scores = network(batch, features=True)
        expected = network.sides["audio"]["class"](scores.features[read])
        assert torch.equal(scores.sides["audio"]["class"], expected)


def test_a_side_loss_that_reads_f_prime_teaches_the_perceptron(make_network, make_batch):
    batch = make_batch(**LENGTHS)
    for side, taught in (("f", False), ("f'", True)):
        _, sides, _ = gradients(make_network("n2", *BOTH, side=side), batch)
        assert bool(sides["updates.audio.dense.weight"].abs().sum() > 0) is taught


def test_where_side_scores_read_changes_no_fused_score(make_network, make_batch):
    batch = make_batch(**LENGTHS)
    torch.manual_seed(3)
    one = make_network("n2", *BOTH)(batch).fused
    torch.manual_seed(3)
    assert torch.equal(make_network("n2", *BOTH, side="f'")(batch).fused, one)


@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_n1_with_dense_units_has_the_parameters_of_n2_and_their_start(norm, make_network):
    n2 = make_network("n2", *BOTH, norm=norm)
    n1 = make_network("n1", *BOTH, norm=norm, update="dense")
    assert parameters(n1) == parameters(n2) > parameters(make_network("n1", *BOTH, norm=norm))
    for (name, own), (other, value) in zip(
        n1.state_dict().items(), n2.state_dict().items(), strict=True
    ):
        assert name == other
        assert torch.equal(own, value), name


def test_n0_with_perceptrons_is_n2_without_its_side_losses(make_network, make_batch):
    n0, n2 = make_network("n0", *BOTH, update="perceptron"), make_network("n2", *BOTH)
    without_sides = sum(p.numel() for n, p in n2.named_parameters() if not n.startswith("sides."))
    assert parameters(n0) == without_sides
    batch = make_batch(**LENGTHS)
    assert n0(batch).sides == {}
    fresh = make_network("n0", *BOTH, update="perceptron").eval()(batch)
    assert torch.equal(fresh.fused, make_network("n2", *BOTH).eval()(batch).fused)


@pytest.mark.parametrize(
    ("update", "unit"),
    [("norm", FeatureNorm), ("perceptron", ResidualPerceptron), ("dense", DensePerceptron)],
)
@pytest.mark.parametrize("kind", ["n0", "n1", "n2"])
def test_the_unit_between_f_and_f_prime_is_chosen_by_name(kind, update, unit, make_network):
    network = make_network(kind, *BOTH, update=update)
    assert {type(part) for part in network.updates.values()} == {unit}


def test_with_layer_norms_no_batch_norm_is_left_above_the_branches(make_network, make_batch):
    for variant in ("normalized", "post"):
        network = make_network("n2", *BOTH, norm="layer", variant=variant)
        kinds = {type(part) for part in network.modules()}
        assert FeatureLayerNorm in kinds
        assert FeatureNorm not in kinds
        assert not list(network.updates.buffers()) and not list(network.fusions.buffers())
    batch = make_batch(audio=[2, 0, 3], video=[1, 2, 0])
    scores = network.eval()(batch, features=True)
    assert torch.equal(scores.features["audio'"][1], torch.zeros(4))
    assert torch.equal(scores.features["video'"][2], torch.zeros(4))
    # Nothing hangs on who else is in the batch.
    alone = network({name: _row(sequence, 0) for name, sequence in batch.items()})
    torch.testing.assert_close(alone.fused, scores.fused[:1])


def _row(sequence, index):
    length = int(sequence.lengths[index])
    return type(sequence).from_list([sequence.values[index, :length]])


def test_side_losses_read_one_way_and_the_fusion_is_stopped_on_another_or_it_is_refused():
    with pytest.raises(ConfigError, match="share its way back to f with the fusion") as error:
        validate(Wiring, {"side": "f'", "fusion_gradient": 0.5}, "recipe")
    assert "\n" not in str(error.value)


WIRED = {"update": "dense", "norm": "layer", "side": "f'"}


def test_a_declaration_names_only_the_joints_that_differ(make_network):
    plain = make_network("n2", *BOTH).spec
    assert set(plain.model_dump()).isdisjoint(Wiring.model_fields)
    assert set(plain.model_dump(mode="json")).isdisjoint(Wiring.model_fields)
    spec = make_network("n1", *BOTH, **WIRED).spec
    assert {name: spec.model_dump()[name] for name in WIRED} == WIRED
    assert "fusion_gradient" not in spec.model_dump()
    again = NetworkSpec.model_validate_json(spec.model_dump_json())
    assert again == spec
    assert build_network(again).wiring == Wiring(**WIRED)


def test_late_fusion_is_wired_as_it_is_told(make_network, make_batch):
    trained = {name: make_network("unimodal", name) for name in BOTH}
    wiring = Wiring(norm="layer", update="perceptron")
    late = late_fusion(trained, hidden=8, variant="centred", wiring=wiring)
    assert late.wiring == wiring
    batch = make_batch(**LENGTHS)
    rebuilt = build_network(late.spec)
    rebuilt.load_state_dict(late.state_dict())
    assert rebuilt.updates["audio"].variant == "centred"
    assert torch.equal(late.eval()(batch).fused, rebuilt.eval()(batch).fused)


@pytest.mark.parametrize("side", ["f", "f'"])
@pytest.mark.parametrize("kind", ["n1", "n2", "unimodal"])
def test_alone_a_branch_gives_its_side_scores_in_test_mode_too(
    kind, side, make_network, make_batch
):
    names = BOTH if kind != "unimodal" else ("audio",)
    network = make_network(kind, *names, side=side).eval()
    batch = {name: s for name, s in make_batch(**LENGTHS).items() if name in names}
    found = network.alone(batch)
    assert set(found) == set(names)
    scores = network(batch, features=True)
    read = scores.features["audio'" if side == "f'" and kind != "unimodal" else "audio"]
    assert torch.equal(found["audio"]["class"], network.sides["audio"]["class"](read))


def test_alone_without_side_scores_is_the_fusion_with_the_others_missing(make_network, make_batch):
    network = make_network("n0", *BOTH).eval()
    batch = make_batch(**LENGTHS)
    found = network.alone(batch)
    assert torch.equal(found["audio"]["class"], network({"audio": batch["audio"]}).fused)
    assert not torch.equal(found["audio"]["class"], network(batch).fused)


def test_a_dense_perceptron_by_hand():
    unit = DensePerceptron(1).eval()
    with torch.no_grad():
        unit.dense.weight.fill_(2.0)
        unit.dense.bias.fill_(-1.0)
    # Running statistics 0 and 1: g = f / sqrt(1 + 1e-5), f' = Sigmoid(2 g - 1).
    out = unit(torch.tensor([[0.0], [1.0], [5.0]]), torch.tensor([True, True, False]))
    expected = torch.tensor([[0.2689414], [0.7310566], [0.0]])
    torch.testing.assert_close(out, expected, rtol=0, atol=1e-6)
