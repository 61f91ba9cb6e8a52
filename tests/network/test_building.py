import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import (
    BranchSpec,
    MultiTermLoss,
    NetworkSpec,
    ResidualPerceptron,
    Sequence,
    Target,
    build_branch,
    build_network,
)

TARGETS = {"class": Target(size=3)}
SHAPES = {"resnet18": (2, 16, 16), "mlp": (3,), "identity": (3,)}


def branch(encoder: str, aggregator: str) -> BranchSpec:
    sizes = {"resnet18": {"width": 2, "stem_stride": 1}, "mlp": {"width": 2}, "identity": {}}
    return BranchSpec(
        encoder=encoder,
        in_channels=SHAPES[encoder][0],
        aggregator=aggregator,
        features=4,
        aggregator_options={"dropout": 0.0} if aggregator == "transformer" else {},
        **sizes[encoder],
    )


@pytest.mark.parametrize("kind", ["unimodal", "n0", "n1", "n2"])
@pytest.mark.parametrize("aggregator", ["lstm", "bilstm", "transformer", "mean"])
@pytest.mark.parametrize("encoder", SHAPES)
def test_every_encoder_aggregator_and_kind_trains_a_step(encoder, aggregator, kind):
    torch.manual_seed(0)
    names = ("a",) if kind == "unimodal" else ("a", "v")
    spec = NetworkSpec(
        branches=dict.fromkeys(names, branch(encoder, aggregator)),
        targets=TARGETS,
        kind=kind,
        hidden=8,
        dropout=0.0,
    )
    network = build_network(spec).double()
    lengths = {"a": [2, 0, 3, 1], "v": [1, 2, 0, 3]}
    batch = {
        name: Sequence.from_list(
            [torch.randn(n, *SHAPES[encoder], dtype=torch.float64) for n in lengths[name]]
        )
        for name in names
    }
    truth = torch.tensor([0, 1, 2, 0])
    loss = MultiTermLoss(network.targets)
    before = loss(network(batch), truth)
    before.backward()
    gradients = [parameter.grad for parameter in network.parameters()]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)
    # A step too small for curvature to matter lowers the loss by rate * |gradient|^2.
    torch.optim.SGD(network.parameters(), lr=1e-7).step()
    expected = 1e-7 * sum(gradient.square().sum().item() for gradient in gradients)
    gained = before.item() - loss(network(batch), truth).item()
    assert gained == pytest.approx(expected, rel=0.02)


def test_shared_parts_start_equal_across_kinds_and_in_unimodal_networks(make_network):
    kinds = {kind: make_network(kind, "audio", "video").state_dict() for kind in ("n0", "n1", "n2")}
    alone = make_network("unimodal", "audio").state_dict()
    for name in kinds["n0"]:
        if name.startswith(("branches.", "fusions.")):
            assert torch.equal(kinds["n0"][name], kinds["n1"][name]), name
            assert torch.equal(kinds["n0"][name], kinds["n2"][name]), name
    for name in kinds["n1"]:
        if name.startswith("sides."):
            assert torch.equal(kinds["n1"][name], kinds["n2"][name]), name
    assert all(torch.equal(alone[name], kinds["n2"][name]) for name in alone)


def test_another_seed_gives_other_values_and_another_modality_too(make_network):
    one, two = (make_network("n2", "audio", "video", seed=seed).state_dict() for seed in (1, 2))
    for name in one:
        if name.endswith("weight") and "norm" not in name:
            assert not torch.equal(one[name], two[name]), name
    name = "branches.{}.encoder.0.weight"
    assert not torch.equal(one[name.format("audio")], one[name.format("video")])


def test_building_leaves_the_global_generator_alone(make_network):
    torch.manual_seed(5)
    expected = torch.rand(2).tolist()
    torch.manual_seed(5)
    make_network("n2", "audio", "video")
    assert torch.rand(2).tolist() == expected


def test_options_reach_the_parts():
    spec = BranchSpec(
        encoder="mlp",
        in_channels=3,
        width=8,
        encoder_options={"layers": 3},
        aggregator="transformer",
        features=4,
        aggregator_options={"heads": 2, "layers": 1},
    )
    built = build_branch(spec, "touch")
    assert len(built.encoder) == 5
    assert len(built.aggregator.layers) == 1
    network = build_network(
        NetworkSpec(branches={"a": branch("mlp", "mean")}, targets=TARGETS, variant="post")
    )
    update = network.updates["a"]
    assert isinstance(update, ResidualPerceptron)
    assert update.variant == "post"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"encoder": "mlp", "stem_stride": 1}, "branch 'a': encoder 'mlp' has no stem_stride"),
        ({"encoder": "identity", "width": 8}, "encoder 'identity' has no width"),
        ({"encoder": "mlp", "encoder_options": {"depth": 2}}, "'depth'"),
        ({"encoder": "mlp", "aggregator_options": {"heads": 2}}, "'heads'"),
        ({"encoder": "vgg"}, "unknown encoder 'vgg'"),
        ({"aggregator": "gru"}, "unknown aggregator 'gru'"),
    ],
)
def test_declarations_that_do_not_fit_are_refused(options, line):
    spec = NetworkSpec(branches={"a": BranchSpec(in_channels=3, **options)}, targets=TARGETS)
    with pytest.raises(ConfigError, match=line):
        build_network(spec)


def test_a_network_keeps_its_declaration():
    spec = NetworkSpec(branches={"a": branch("mlp", "mean")}, targets=TARGETS)
    assert build_network(spec).spec == spec
