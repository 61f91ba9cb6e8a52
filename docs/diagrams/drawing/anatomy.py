"""What a network is made of and how its parts are joined, found out by experiment.

Nothing here knows how N0, N1 and N2 are wired. A network is run, one part's output is changed while
all others are held, and whatever answers is joined to that part.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from mrpn.network import MultiModalNetwork, MultiTermLoss, Sequence, Wiring

Role = Literal["input", "branch", "encoder", "aggregator", "update", "fusion", "side", "loss"]
Edge = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """One box of a diagram.

    Args:
        name: of the module within the network; "x.<modality>" of an input and "loss.<term>" of a
            term of the loss.
        role: what it is for.
        unit: class of the module, or kind of the target that a term judges.
        modality: whose it is; empty if of all.
        target: what it predicts or judges; empty if it does neither.
        frozen: whether it has parameters and none is trained.
        testing: whether it runs in test mode.
    """

    name: str
    role: Role
    unit: str = ""
    modality: str = ""
    target: str = ""
    frozen: bool = False
    testing: bool = True


@dataclass(frozen=True)
class Anatomy:
    """A network as parts and arrows.

    Args:
        parts: by name, from the inputs to the loss.
        edges: (from, to), where the one's output is an input of the other.
        passes: share of the gradient that goes back along an edge, 1 for all; edges along which
            none does are left out.
    """

    parts: dict[str, Part]
    edges: frozenset[Edge]
    passes: dict[Edge, float]

    def terms(self) -> list[str]:
        """Return the names of the terms of the loss."""
        return [part.name for part in self.parts.values() if part.role == "loss"]

    def reached(self, term: str) -> set[str]:
        """Return the parts that the gradient of a term comes to."""
        found, open_ = set[str](), [term]
        while open_:
            end = open_.pop()
            starts = {start for start, stop in self.passes if stop == end} - found
            found |= starts
            open_ += sorted(starts)
        return found


def dissect(
    network: MultiModalNetwork,
    batch: Mapping[str, Sequence],
    truth: Mapping[str, Tensor],
    whole_branches: bool = False,
) -> Anatomy:
    """Find the parts of a network and how they are joined.

    Args:
        network: with a dropout of 0, so that it answers the same each time.
        batch: of at least two rows, every modality present.
        truth: by target.
        whole_branches: whether encoder and aggregator are one part.
    """
    network = deepcopy(network).train()
    modules = dict(_modules(network, whole_branches))
    owned = {id(p) for module in modules.values() for p in module.parameters()}
    strangers = [name for name, p in network.named_parameters() if id(p) not in owned]
    if strangers:
        raise ValueError(f"parameters in no part of the diagram: {', '.join(strangers)}")
    rig = _Rig(network, modules, batch, truth)
    terms = rig.run()[1]
    with torch.no_grad():
        network.eval()
        ran = set(rig.run()[0])
        network.train()
    parts = {f"x.{name}": Part(f"x.{name}", "input", modality=name) for name in batch}
    parts |= {name: _part(name, module, name in ran) for name, module in modules.items()}
    parts |= {part.name: part for part in _terms(network, terms)}
    return Anatomy(parts, frozenset(_edges(rig)), _passes(rig))


def _modules(network: MultiModalNetwork, whole: bool) -> Iterator[tuple[str, nn.Module]]:
    for name, branch in network.branches.items():
        if whole:
            yield f"branches.{name}", branch
        else:
            for child, module in branch.named_children():
                yield f"branches.{name}.{child}", module
    for group in ("updates", "fusions"):
        for name, module in getattr(network, group).items():
            yield f"{group}.{name}", module
    for name, heads in network.sides.items():
        for target, head in heads.named_children():
            yield f"sides.{name}.{target}", head


def _part(name: str, module: nn.Module, testing: bool) -> Part:
    group, owner, *rest = name.split(".")
    roles: dict[str, Role] = {"updates": "update", "fusions": "fusion", "sides": "side"}
    role: Any = roles.get(group) or (rest[0] if rest else "branch")
    parameters = list(module.parameters())
    return Part(
        name,
        role,
        unit=type(module).__name__,
        modality="" if role == "fusion" else owner,
        target=owner if role == "fusion" else rest[0] if role == "side" else "",
        frozen=bool(parameters) and not any(p.requires_grad for p in parameters),
        testing=testing,
    )


def _terms(network: MultiModalNetwork, terms: Mapping[str, Tensor]) -> Iterator[Part]:
    for key in terms:
        source, _, target = key.removeprefix("loss.").partition(".")
        target = target or next(iter(network.targets))
        modality = "" if source == "fused" else source
        kind = network.targets[target].kind
        yield Part(key, "loss", kind, modality, target, testing=False)


class _Rig:
    """A network whose parts' outputs can be read, held and changed."""

    def __init__(
        self,
        network: MultiModalNetwork,
        modules: Mapping[str, nn.Module],
        batch: Mapping[str, Sequence],
        truth: Mapping[str, Tensor],
    ) -> None:
        self.network, self.modules, self.batch, self.truth = network, modules, batch, truth
        self.loss = MultiTermLoss(network.targets)

    def run(
        self, held: Mapping[str, Tensor] | None = None, batch: Mapping[str, Sequence] | None = None
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Return what each part put out by itself, and the terms; `held` goes on in its place."""
        outputs: dict[str, Tensor] = {}

        def change(name: str, output: Tensor) -> Tensor:
            outputs[name] = output
            return output if held is None else held[name]

        with self._hooked(change):
            terms = self._terms(batch or self.batch)
        return outputs, terms

    def cut(self) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, Tensor]]:
        """Return outputs, terms and what went on instead: the same values, cut off behind."""
        outputs: dict[str, Tensor] = {}
        leaves: dict[str, Tensor] = {}

        def change(name: str, output: Tensor) -> Tensor:
            outputs[name] = output
            leaves[name] = output.detach().requires_grad_(output.requires_grad)
            return leaves[name]

        with self._hooked(change):
            return outputs, self._terms(self.batch), leaves

    @contextmanager
    def _hooked(self, change: Any) -> Iterator[None]:
        with ExitStack() as stack:
            for name, module in self.modules.items():
                hook = module.register_forward_hook(
                    lambda _, __, output, name=name: change(name, output)
                )
                stack.callback(hook.remove)
            yield

    def _terms(self, batch: Mapping[str, Sequence]) -> dict[str, Tensor]:
        terms = self.loss.terms(self.network(batch), self.truth)
        return {f"loss.{key}": term for key, term in terms.items()}


@torch.no_grad()
def _edges(rig: _Rig) -> Iterator[Edge]:
    outputs, terms = rig.run()
    before = outputs | terms
    noise = torch.Generator().manual_seed(0)
    for start in [*(f"x.{name}" for name in rig.batch), *outputs]:
        held, batch = dict(outputs), dict(rig.batch)
        if start in held:
            held[start] = held[start] + torch.randn(held[start].shape, generator=noise)
        else:
            own = batch[name := start.removeprefix("x.")]
            values = own.values + torch.randn(own.values.shape, generator=noise)
            batch[name] = Sequence(values, own.lengths)
        after, answers = rig.run(held, batch)
        for stop, value in (after | answers).items():
            if not torch.equal(value, before[stop]):
                yield start, stop


def _passes(rig: _Rig) -> dict[Edge, float]:
    """Return the share of each edge's gradient that is let through, where any is."""
    own, full = rig.network.wiring, Wiring(**rig.network.wiring.joints() | {"fusion_gradient": 1})
    found = _gradients(rig)
    rig.network.wiring = full
    most = _gradients(rig)
    rig.network.wiring = own
    return {edge: round(norm / most[edge], 3) for edge, norm in found.items()}


def _gradients(rig: _Rig) -> dict[Edge, float]:
    outputs, terms, leaves = rig.cut()
    starts = {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    found = {}
    for stop, value in (outputs | terms).items():
        if not value.requires_grad:
            continue
        direction = torch.randn(value.shape, generator=torch.Generator().manual_seed(1))
        given = torch.autograd.grad(
            value, list(starts.values()), direction, retain_graph=True, allow_unused=True
        )
        for start, gradient in zip(starts, given, strict=True):
            if gradient is not None and (norm := float(gradient.norm())) > 0:
                found[start, stop] = norm
    return found
