import pytest

from mrpn.common.config import validate
from mrpn.common.errors import ConfigError
from mrpn.network import BranchSpec, NetworkSpec, Target


def test_a_declaration_survives_json():
    spec = NetworkSpec(
        branches={"audio": BranchSpec(in_channels=1, aggregator_options={"dropout": 0.0})},
        targets={"class": Target(size=8), "valence": Target(kind="regression", size=1)},
    )
    assert NetworkSpec.model_validate_json(spec.model_dump_json()) == spec


def test_the_defaults_are_those_of_the_paper_and_its_reconstruction():
    branch = BranchSpec(in_channels=1)
    assert (branch.encoder, branch.width, branch.stem_stride) == ("resnet18", 64, 2)
    assert (branch.aggregator, branch.features) == ("lstm", 256)
    spec = NetworkSpec(branches={"audio": branch}, targets={"class": Target(size=8)})
    assert (spec.kind, spec.variant, spec.hidden, spec.dropout) == ("n2", "normalized", 256, 0.5)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"kind": "n3"}, "'kind'"),
        ({"depth": 3}, "unknown key 'depth'"),
        ({"branches": {}}, "'branches'"),
        ({"branches": {"audio": {"in_channels": 0}}}, "'branches.audio.in_channels'"),
        ({"dropout": 1.0}, "'dropout'"),
    ],
)
def test_wrong_settings_are_named(change, line):
    values = {
        "branches": {"audio": {"in_channels": 1}},
        "targets": {"class": {"size": 8}},
        **change,
    }
    with pytest.raises(ConfigError, match=line):
        validate(NetworkSpec, values, "recipe")
