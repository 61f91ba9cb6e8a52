"""Late fusion: uni-modal networks trained apart, joined afterwards."""

from collections.abc import Mapping
from copy import deepcopy

from mrpn.common.errors import ConfigError
from mrpn.network.branch import Branch
from mrpn.network.multimodal import MultiModalNetwork
from mrpn.network.residual import Variant
from mrpn.network.spec import NetworkSpec
from mrpn.network.wiring import Wiring


def late_fusion(
    unimodal: Mapping[str, MultiModalNetwork],
    *,
    hidden: int = 256,
    dropout: float = 0.5,
    seed: int = 0,
    variant: Variant = "normalized",
    wiring: Wiring | None = None,
) -> MultiModalNetwork:
    """Return an N0 over frozen copies of trained branches (paper, section 3; form reconstructed).

    Its FeatureNorms and Fusion are new and to be trained. The branches are not: no gradient is
    computed for them, and their statistics and dropout stay in test mode whatever `train()` is
    called above them. The given networks are left as they are.

    Args:
        unimodal: trained uni-modal networks, by modality, with the same targets.
        hidden: width inside the Scoring of the Fusion.
        dropout: share dropped inside it in training, 0 <= dropout < 1.
        seed: of the initial values of what is new.
        variant: of residual perceptrons, where the wiring asks for them.
        wiring: of what is new; that of the paper if None.

    Raises:
        ConfigError: a network that is not uni-modal, of another modality, or of other targets.
    """
    if not unimodal:
        raise ConfigError("late fusion needs one uni-modal network or more")
    targets = next(iter(unimodal.values())).targets
    branches: dict[str, Branch] = {}
    for name, network in unimodal.items():
        if network.kind != "unimodal":
            raise ConfigError(f"late fusion: '{name}' is of kind {network.kind}, not unimodal")
        if network.modalities != (name,):
            raise ConfigError(f"late fusion: '{name}' is a network of '{network.modalities[0]}'")
        if network.targets != targets:
            raise ConfigError(f"late fusion: '{name}' has other targets than the rest")
        branch = deepcopy(network.branches[name])
        if not isinstance(branch, Branch):
            raise ConfigError(f"late fusion: the branch of '{name}' is no Branch, to be frozen")
        branches[name] = branch.freeze()
    wiring = wiring or Wiring()
    fused = MultiModalNetwork(
        branches,
        targets,
        "n0",
        variant=variant,
        hidden=hidden,
        dropout=dropout,
        seed=seed,
        wiring=wiring,
    )
    specs = {n: network.spec.branches[n] for n, network in unimodal.items() if network.spec}
    if len(specs) == len(unimodal):
        fused.spec = NetworkSpec(
            branches=specs,
            targets=targets,
            kind="n0",
            variant=variant,
            hidden=hidden,
            dropout=dropout,
            seed=seed,
            frozen=True,
            **wiring.joints(),
        )
    return fused
