"""Model cards: the header of a weights file, for people."""

import json
from collections.abc import Iterable
from pathlib import Path

from mrpn.common.files import write_text
from mrpn.network import BranchSpec, NetworkSpec
from mrpn.weights.header import WeightsHeader

KINDS = {
    "unimodal": "uni-modal network",
    "n0": "N0, fusion of normalised features",
    "n1": "N1, N0 with side losses",
    "n2": "N2, Multi-Modal Residual Perceptron Network (MRPN)",
}


def render_card(header: WeightsHeader, title: str) -> str:
    """Return a model card in Markdown, made from the header alone."""
    network = header.network
    kind = "late fusion over frozen branches" if network.frozen else KINDS[network.kind]
    parts = [
        f"# {title}",
        f"A {kind}, by mrpn {header.mrpn}. Licence of the weights: {header.licence}.",
        header.notes,
        "## What it predicts",
        _predicted(header),
        "## What it reads",
        _branches(network),
        "## Trained on",
        _training_data(header),
        "## How well it does",
        f"Protocol: {header.protocol}.",
        _table(("metric", "value"), [(n, f"{v:.4g}") for n, v in sorted(header.metrics.items())])
        if header.metrics
        else "Not measured.",
        "## Limits",
        "The scores say how an expression resembles those of the training data, not what anyone "
        "feels. Other people, languages, recordings and acted or spontaneous behaviour differ "
        "from that data, and the metrics above do not speak for them.",
    ]
    if header.preprocessing:
        text = json.dumps(header.preprocessing, indent=2, sort_keys=True, ensure_ascii=False)
        parts += ["## Preprocessing", f"```json\n{text}\n```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def write_card(path: Path, header: WeightsHeader, title: str) -> None:
    """Write the model card to a file, atomically."""
    write_text(path, render_card(header, title))


def _predicted(header: WeightsHeader) -> str:
    rows = [
        (name, target.kind, ", ".join(header.classes[name]))
        for name, target in sorted(header.network.targets.items())
    ]
    return _table(("target", "kind", "names, in the order of the scores"), rows)


def _branches(network: NetworkSpec) -> str:
    rows = [(name, *_described(branch)) for name, branch in sorted(network.branches.items())]
    return _table(("modality", "encoder", "aggregator", "features"), rows)


def _described(branch: BranchSpec) -> tuple[str, str, str]:
    encoder = f"{branch.encoder}, {branch.in_channels} channels in, width {branch.width}"
    return encoder, branch.aggregator, str(branch.features)


def _training_data(header: WeightsHeader) -> str:
    if not header.training_data:
        return "Not stated."
    rows = [(data.name, data.part or "all", data.licence) for data in header.training_data]
    return _table(("corpus", "part", "licence"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
