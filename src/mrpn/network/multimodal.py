"""The networks of the paper: uni-modal, N0, N1 and N2 (MRPN)."""

from collections.abc import Mapping
from typing import cast, get_args

import torch
from torch import Tensor, nn

from mrpn.common.errors import ConfigError
from mrpn.network.branch import Branch
from mrpn.network.fusion import Fusion
from mrpn.network.norm import feature_norm
from mrpn.network.residual import DensePerceptron, ResidualPerceptron, Variant
from mrpn.network.scores import Scores
from mrpn.network.scoring import Scoring
from mrpn.network.seeding import drawn_seed, seeded
from mrpn.network.sequence import Sequence
from mrpn.network.spec import Kind, NetworkSpec
from mrpn.network.targets import Target, as_targets, check_names
from mrpn.network.wiring import Update, Wiring

_OWN: dict[Kind, Update] = {"n0": "norm", "n1": "norm", "n2": "perceptron"}


class MultiModalNetwork(nn.Module):
    """A network over any number of modalities and targets (paper, sections 4.1 to 4.3).

    - `unimodal`: `Scoring_m(f_m)` of its only branch.
    - `n0`: `Fusion(FeatureNorm_m(f_m))`.
    - `n1`: as n0, and in training the side scores `Scoring_m(f_m)`.
    - `n2`, MRPN: `Fusion(ResidualPerceptron_m(f_m))`; in training the side scores, which read
      the original f_m.

    Modalities and targets are kept in sorted order. Every part starts from the seed and its own
    name, so parts that two kinds share start equal. With several targets each has its own Fusion
    and its own side scores (reconstructed from figure 7). A modality may be missing anywhere, and
    all of them too: scores stay finite.

    Args:
        branches: the branch of each modality, by name.
        classes: number of classes of the single target "class", or targets by name.
        kind: see above.
        variant: of the residual perceptrons.
        hidden: width inside every Scoring.
        dropout: share dropped inside every Scoring in training, 0 <= dropout < 1.
        seed: of the initial values of all that is not in the branches; drawn if None.
        wiring: what else may differ, for ablation; the paper's networks, as above, if None.

    Attributes:
        spec: the declaration it was built from; None if built by hand.

    Raises:
        ConfigError: an unknown kind, bad names, or several branches for a uni-modal network.
    """

    def __init__(
        self,
        branches: Mapping[str, Branch],
        classes: int | Mapping[str, Target],
        kind: Kind = "n2",
        *,
        variant: Variant = "normalized",
        hidden: int = 256,
        dropout: float = 0.5,
        seed: int | None = None,
        wiring: Wiring | None = None,
    ) -> None:
        super().__init__()
        check_names(branches, "modality")
        if kind not in get_args(Kind):
            known = ", ".join(get_args(Kind))
            raise ConfigError(f"unknown kind of network '{kind}': choose from {known}")
        if kind == "unimodal" and len(branches) != 1:
            names = ", ".join(sorted(branches))
            raise ConfigError(f"a uni-modal network has one branch, not {len(branches)} ({names})")
        self.kind = kind
        wiring = wiring or Wiring()
        self.wiring = Wiring(**wiring.joints())
        self.targets = as_targets(classes)
        self.modalities = tuple(sorted(branches))
        self.spec: NetworkSpec | None = None
        seed = drawn_seed() if seed is None else seed
        widths = {name: branches[name].out_features for name in self.modalities}

        self.branches = nn.ModuleDict({name: branches[name] for name in self.modalities})
        self.updates, self.fusions, self.sides = nn.ModuleDict(), nn.ModuleDict(), nn.ModuleDict()
        if kind != "unimodal":
            for target, shape in self.targets.items():
                with seeded(seed, f"fusion.{target}"):
                    self.fusions[target] = Fusion(widths, shape.size, hidden, dropout, wiring.norm)
            for name, width in widths.items():
                with seeded(seed, f"update.{name}"):
                    self.updates[name] = self._update(width, variant)
        if kind != "n0":
            for name, width in widths.items():
                heads = nn.ModuleDict()
                for target, shape in self.targets.items():
                    with seeded(seed, f"side.{name}.{target}"):
                        heads[target] = Scoring(width, shape.size, hidden, dropout)
                self.sides[name] = heads

    def forward(self, batch: Mapping[str, Sequence], *, features: bool = False) -> Scores:
        """Score a batch.

        Args:
            batch: x_m by modality, of the same number of rows B each; a modality left out is
                missing in every row.
            features: whether to return f_m and f'_m too.

        Raises:
            ConfigError: an unknown modality, an empty batch, or unequal numbers of rows.
        """
        sequences = self._complete(batch)
        present = {name: sequence.present for name, sequence in sequences.items()}
        f = {name: self.branches[name](sequence) for name, sequence in sequences.items()}
        return self.score(f, present, features=features)

    def score(
        self,
        f: Mapping[str, Tensor],
        present: Mapping[str, Tensor],
        *,
        features: bool = False,
    ) -> Scores:
        """Score features that the branches gave before.

        Args:
            f: f_m [B, features] of every modality.
            present: which rows have it, bool [B].
            features: as `forward` has it.
        """
        f, present = dict(f), dict(present)
        shown = dict(f) if features else {}
        # Heads and norms run in full precision, whatever the encoders ran in.
        with torch.autocast(next(iter(f.values())).device.type, enabled=False):
            if self.kind == "unimodal":
                (name,) = self.modalities
                return Scores(self._side(name, f[name]), {}, present, shown)
            share = self.wiring.fusion_gradient
            updated = {
                name: self.updates[name](_with_gradient(own, share), present[name])
                for name, own in f.items()
            }
            read = f if self.wiring.side == "f" else updated
            sides = {}
            if self.training:
                sides = {name: self._side(name, read[name]) for name in self.sides}
            fused = {target: fusion(updated, present) for target, fusion in self.fusions.items()}
        if features:
            shown |= {f"{name}'": value for name, value in updated.items()}
        return Scores(fused, sides, present, shown)

    def alone(self, batch: Mapping[str, Sequence]) -> dict[str, dict[str, Tensor]]:
        """Score every modality without the others: [B, classes] by modality and target (ours).

        These are the side scores where the network has them, also in test mode; else the fused
        scores, as if the other modalities were missing. A row's scores say nothing where it lacks
        the modality itself. For test mode: in training the norms' statistics would change.
        """
        found: dict[str, dict[str, Tensor]] = {}
        for name, sequence in self._complete(batch).items():
            if name not in self.sides:
                found[name] = self({name: sequence}).targets
                continue
            f = self.branches[name](sequence)
            with torch.autocast(f.device.type, enabled=False):
                if self.wiring.side == "f'" and name in self.updates:
                    f = self.updates[name](f, sequence.present)
                found[name] = self._side(name, f)
        return found

    def _update(self, width: int, variant: Variant) -> nn.Module:
        update = self.wiring.update
        if update == "own":
            update = _OWN[self.kind]
        if update == "perceptron":
            return ResidualPerceptron(width, variant, self.wiring.norm)
        if update == "dense":
            return DensePerceptron(width, self.wiring.norm)
        return feature_norm(width, self.wiring.norm)

    def _side(self, name: str, f: Tensor) -> dict[str, Tensor]:
        heads = cast(nn.ModuleDict, self.sides[name])
        return {target: head(f) for target, head in heads.items()}

    def _complete(self, batch: Mapping[str, Sequence]) -> dict[str, Sequence]:
        """Return the batch in the fixed order, with what was left out as missing."""
        for name in batch:
            if name not in self.modalities:
                known = ", ".join(self.modalities)
                raise ConfigError(f"unknown modality '{name}': this network has {known}")
        rows = {len(sequence.lengths) for sequence in batch.values()}
        if len(rows) != 1:
            found = "no modality" if not rows else f"{sorted(rows)} rows per modality"
            raise ConfigError(f"a batch needs one number of rows, in one modality or more: {found}")
        device = next(iter(batch.values())).values.device
        missing = Sequence.missing(rows.pop(), device)
        return {name: batch.get(name, missing) for name in self.modalities}


def _with_gradient(f: Tensor, share: float) -> Tensor:
    """Return the same values, which pass back that share of their gradient."""
    if share == 1:
        return f
    rest = f.detach()
    return rest if share == 0 else rest + share * (f - rest)
