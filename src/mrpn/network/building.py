"""Making networks from their declarations."""

from typing import Any

from mrpn.common.errors import ConfigError
from mrpn.network.aggregators import aggregator
from mrpn.network.branch import Branch
from mrpn.network.encoders import encoder, encoders
from mrpn.network.multimodal import MultiModalNetwork
from mrpn.network.seeding import seeded
from mrpn.network.spec import BranchSpec, NetworkSpec


def build_branch(spec: BranchSpec, name: str, seed: int = 0) -> Branch:
    """Make the branch of modality `name`; its initial values depend on `seed` and `name` alone.

    Raises:
        ConfigError: unknown names, or options that do not fit.
    """
    options: dict[str, Any] = {"in_channels": spec.in_channels}
    for option in ("width", "stem_stride"):
        value = getattr(spec, option)
        if encoders.accepts(spec.encoder, option):
            options[option] = value
        elif value != BranchSpec.model_fields[option].default:
            raise ConfigError(f"branch '{name}': encoder '{spec.encoder}' has no {option}")
    with seeded(seed, f"branch.{name}.encoder"):
        encode = encoder(spec.encoder, **{**options, **spec.encoder_options})
    with seeded(seed, f"branch.{name}.aggregator"):
        aggregate = aggregator(
            spec.aggregator,
            in_features=encode.out_features,
            features=spec.features,
            **spec.aggregator_options,
        )
    return Branch(encode, aggregate)


def build_network(spec: NetworkSpec) -> MultiModalNetwork:
    """Make a network from its declaration, which it keeps as `network.spec`.

    Raises:
        ConfigError: names, options or a kind that do not fit.
    """
    branches = {
        name: build_branch(branch, name, spec.seed) for name, branch in spec.branches.items()
    }
    if spec.frozen:
        branches = {name: branch.freeze() for name, branch in branches.items()}
    network = MultiModalNetwork(
        branches,
        spec.targets,
        spec.kind,
        variant=spec.variant,
        hidden=spec.hidden,
        dropout=spec.dropout,
        seed=spec.seed,
        wiring=spec,
    )
    network.spec = spec
    return network
