"""Model cards: the header of a weights file, for people."""

import json
from collections.abc import Iterable
from pathlib import Path

from mrpn.common.files import write_text
from mrpn.common.words import few
from mrpn.network import BranchSpec, NetworkSpec
from mrpn.weights.header import WeightsHeader
from mrpn.weights.materials import Material, Measured

KINDS = {
    "unimodal": "uni-modal network",
    "n0": "N0, fusion of normalised features",
    "n1": "N1, N0 with side losses",
    "n2": "N2, Multi-Modal Residual Perceptron Network (MRPN)",
}


def render_card(header: WeightsHeader, title: str, remarks: str = "") -> str:
    """Return a model card in Markdown.

    Args:
        header: of the weights.
        title: their name.
        remarks: what has been learned of them since, as the registry has it.
    """
    network = header.network
    parts = [
        f"# {title}",
        f"A {kind_of(network)}, by mrpn {header.mrpn}. Licence of the weights: {header.licence}.",
        header.notes,
        *_section("Learned since", remarks),
        *_section("Intended use", header.intended_use),
        "## What it predicts",
        _predicted(header),
        "## What it reads",
        _branches(network),
        *(
            f"Its {modality} encoder is that of `{shared.file}`, and lies there alone."
            for modality, shared in header.shared.items()
        ),
        "## Trained on",
        _training_data(header),
        _materials(header.trained_on),
        "## How well it does",
        *map(_measured, header.measured),
        f"Protocol: {header.protocol}.",
        _table(("metric", "value"), [(n, f"{v:.4g}") for n, v in sorted(header.metrics.items())])
        if header.metrics
        else ""
        if header.measured
        else "Not measured.",
        *_section("How far its probabilities may be trusted", _calibration(header)),
        "## Limits",
        header.limits,
        "The scores say how an expression resembles those of the training data, not what anyone "
        "feels. Other people, languages, recordings and acted or spontaneous behaviour differ "
        "from that data, and the metrics above do not speak for them.",
        *_section("How to make it again", f"`{header.reproduce}`" if header.reproduce else ""),
    ]
    if header.preprocessing:
        text = json.dumps(header.preprocessing, indent=2, sort_keys=True, ensure_ascii=False)
        parts += ["## Preprocessing", f"```json\n{text}\n```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def write_card(path: Path, header: WeightsHeader, title: str, remarks: str = "") -> None:
    """Write the model card to a file, atomically; arguments as of `render_card`."""
    write_text(path, render_card(header, title, remarks))


def kind_of(network: NetworkSpec) -> str:
    """Return in words what kind of network it is."""
    return "late fusion over frozen branches" if network.frozen else KINDS[network.kind]


def _section(title: str, text: str) -> tuple[str, ...]:
    return (f"## {title}", text) if text else ()


def _measured(measured: Measured) -> str:
    beside = {
        "unweighted average recall": measured.uar,
        "expected calibration error": measured.ece,
    }
    more = "".join(f"; {n} {100 * v:.1f} %" for n, v in beside.items() if v is not None)
    counted = "".join(f"; {one} counted as {other}" for one, other in measured.relabelled.items())
    return (
        f"**{measured.metric} {measured.describe()}** on {measured.clips} clips of "
        f"{measured.on.describe()}{counted}{more}."
    )


def _calibration(header: WeightsHeader) -> str:
    found = header.calibration
    if found is None:
        return ""
    clips = "; ".join(material.describe() for material in found.on)
    rows = [
        (name.replace("+", " and "), str(doubt.clips), f"{doubt.temperature:.2f}")
        for name, doubt in found.doubts.items()
    ]
    words = (
        "Scores are divided by a temperature, and sets of labels follow conformal thresholds, "
        f"both found on {clips}."
    )
    return f"{words}\n\n{_table(('from', 'clips', 'temperature'), rows)}"


def _materials(materials: tuple[Material, ...]) -> str:
    if not materials:
        return ""
    rows = [
        (m.describe(), m.part, str(m.clips), m.digest[:16] or "not compared", m.through or "-")
        for m in materials
    ]
    return _table(("clips", "used for", "number", "digest of the contents", "through"), rows)


def _predicted(header: WeightsHeader) -> str:
    rows = [
        (name, target.kind, few(header.classes[name]))
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
