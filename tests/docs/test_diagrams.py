"""The diagrams show the networks as they are, and are on disk as they are drawn."""

import sys
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import torch
from matplotlib import font_manager
from PIL import ImageFont
from torch import nn

from mrpn.network import MultiModalNetwork, MultiTermLoss, Wiring, build_network

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "diagrams"))

import draw
from drawing.anatomy import Anatomy, dissect
from drawing.models import (
    MOOD_AND_LOAD,
    anatomy,
    batch_for,
    face_and_voice,
    late,
    three_modalities,
    truth_for,
)
from drawing.perceptrons import steps, units

SVG = "{http://www.w3.org/2000/svg}"
WAYS = """
x.M > branches.M.encoder
branches.M.encoder > branches.M.aggregator
branches.M.aggregator > updates.M
updates.M > fusions.class
"""
SIDES = """
branches.M.aggregator > sides.M.class
sides.M.class > loss.M
"""


def arrows(*texts: str) -> Counter[str]:
    """Return the arrows of a list with M for either modality, and the fused term."""
    lines = [line.replace(" >", "") for text in texts for line in text.strip().splitlines()]
    found = [line.replace("M", name) for line in lines for name in ("audio", "video")]
    return Counter({*found, "fusions.class loss.fused"})


@cache
def written(name: str) -> str:
    return draw.DIAGRAMS[name]().render()


def picture(name: str) -> ET.Element:
    return ET.fromstring(written(name))


def groups(name: str) -> list[ET.Element]:
    return picture(name).findall(f"{SVG}g")


def drawn(element: ET.Element, attribute: str) -> Counter[str]:
    return Counter(found.get(attribute) for found in element.iter() if found.get(attribute))


def reach(network: MultiModalNetwork, seen: Anatomy) -> set[tuple[str, str]]:
    """Return (part, term) wherever a term's gradient changes a part, by one backward pass each."""
    network.train()
    loss = MultiTermLoss(network.targets)
    terms = loss.terms(network(batch_for(network)), truth_for(network))
    names = [name for name, p in network.named_parameters() if p.requires_grad]
    values = [p for p in network.parameters() if p.requires_grad]
    found = set()
    for term, value in terms.items():
        given = torch.autograd.grad(value, values, retain_graph=True, allow_unused=True)
        for name, gradient in zip(names, given, strict=True):
            if gradient is not None and gradient.abs().max() > 0:
                (part,) = (part for part in seen.parts if name.startswith(f"{part}."))
                found.add((part, f"loss.{term}"))
    return found


@pytest.mark.parametrize("name", draw.DIAGRAMS)
def test_files_are_what_the_code_draws(name: str) -> None:
    text = (draw.IMAGES / f"{name}.svg").read_text(encoding="utf-8")
    assert text == written(name), "draw them anew: python docs/diagrams/draw.py"


def test_networks_have_the_arrows_of_the_method() -> None:
    found = groups("networks")
    expected = [arrows(WAYS), arrows(WAYS), arrows(WAYS, SIDES), arrows(WAYS, SIDES)]
    assert [drawn(group, "data-edge") for group in found] == expected
    units = [
        Counter(text.text for text in group.iter(f"{SVG}text") if not text.findall(f"{SVG}tspan"))
        for group in found
    ]
    assert [unit["FeatureNorm"] for unit in units] == [2, 2, 2, 0]
    assert [unit["perceptron"] for unit in units] == [0, 0, 0, 2]
    assert [unit["Scoring"] for unit in units] == [0, 0, 2, 2]
    assert [unit["frozen"] for unit in units] == [4, 0, 0, 0]


def test_what_runs_in_training_only_is_dashed() -> None:
    for group, sides in zip(groups("networks"), (0, 0, 2, 2), strict=True):
        dashed = {
            box.get("data-part")
            for box in group.iter(f"{SVG}rect")
            if box.get("stroke-dasharray") is not None
        }
        training = {name for name in dashed if not name.startswith("loss.")}
        assert len(training) == sides
        assert all(name.startswith("sides.") for name in training)
        assert "loss.fused" in dashed


def test_the_framework_is_mrpn_in_test_mode() -> None:
    assert drawn(picture("framework"), "data-edge") == arrows(WAYS) - Counter(
        ["fusions.class loss.fused"]
    )
    network = face_and_voice("n2").eval()
    assert network(batch_for(network)).sides == {}


def test_a_uni_modal_network_encodes_each_element_by_itself() -> None:
    for group, name in zip(groups("unimodal"), ("video", "audio"), strict=True):
        assert drawn(group, "data-edge") == Counter(
            {
                f"x.{name} branches.{name}.encoder": 3,
                f"branches.{name}.encoder branches.{name}.aggregator": 3,
                f"branches.{name}.aggregator sides.{name}.class": 1,
                f"sides.{name}.class loss.fused": 1,
            }
        )
        encoder = face_and_voice("unimodal", name).eval().branches[name].encoder
        elements = batch_for(face_and_voice("unimodal", name))[name].flat()
        changed = elements.clone()
        changed[1] += 1
        differs = (encoder(elements) != encoder(changed)).any(dim=1)
        assert differs.nonzero().flatten().tolist() == [1]


def test_the_general_form_judges_every_modality_for_every_target() -> None:
    one, several = groups("general")
    names = ("posture", "pulse", "touch")
    for group, targets in ((one, ("class",)), (several, ("load", "mood"))):
        edges = Counter(
            f"{start} {stop}"
            for name in names
            for start, stop in (
                (f"x.{name}", f"branches.{name}"),
                (f"branches.{name}", f"updates.{name}"),
                *((f"updates.{name}", f"fusions.{target}") for target in targets),
                *((f"branches.{name}", f"sides.{name}.{target}") for target in targets),
            )
        )
        for target in targets:
            end = f".{target}" if len(targets) > 1 else ""
            edges[f"fusions.{target} loss.fused{end}"] += 1
            edges.update(f"sides.{name}.{target} loss.{name}{end}" for name in names)
        assert drawn(group, "data-edge") == edges


NETWORKS = {
    "late": late,
    "n0": lambda seed: face_and_voice("n0", seed=seed),
    "n1": lambda seed: face_and_voice("n1", seed=seed),
    "n2": lambda seed: face_and_voice("n2", seed=seed),
    "scaled": lambda seed: face_and_voice("n2", fusion_gradient=0.3, seed=seed),
    "stopped": lambda seed: face_and_voice("n2", fusion_gradient=0, seed=seed),
}


@pytest.mark.parametrize("index", range(len(NETWORKS)), ids=NETWORKS)
def test_gradients_reach_what_is_marked(index: int) -> None:
    network = list(NETWORKS.values())[index](1)
    seen = anatomy(network, whole_branches=True)
    measured = reach(network, seen)
    assert measured == {(part, term) for term in seen.terms() for part in seen.reached(term)}
    group = groups("gradients")[index]
    dots = {
        (dot.get("data-changes"), dot.get("data-term"))
        for dot in group.iter(f"{SVG}circle")
        if dot.get("data-changes")
    }
    assert dots == measured
    came = {
        (arrow.get("data-edge").split()[0], arrow.get("data-term"))
        for arrow in group.iter(f"{SVG}path")
        if arrow.get("data-term")
    }
    assert came == measured


def test_the_ways_on_which_the_gradient_is_stopped_or_scaled_are_marked() -> None:
    both = Counter(["branches.audio updates.audio", "branches.video updates.video"])
    late_, n0, n1, n2, scaled, stopped = groups("gradients")
    assert drawn(late_, "data-stopped") == drawn(stopped, "data-stopped") == both
    for group in (n0, n1, n2, scaled):
        assert not drawn(group, "data-stopped")
    assert "".join(scaled.itertext()).count("× 0.3") == 2
    assert "×" not in "".join(n2.itertext())

    def of_branches(share: float) -> torch.Tensor:
        network = face_and_voice("n2", fusion_gradient=share).train()
        terms = MultiTermLoss().terms(network(batch_for(network)), truth_for(network)["class"])
        given = torch.autograd.grad(terms["fused"], list(network.branches.parameters()))
        return torch.cat([gradient.flatten() for gradient in given])

    torch.testing.assert_close(of_branches(0.3), 0.3 * of_branches(1.0), rtol=1e-3, atol=1e-6)


def test_another_wiring_gives_other_arrows() -> None:
    spec = face_and_voice("n2").spec
    assert spec is not None
    network = build_network(spec.model_copy(update={"side": "f'"}))
    found = anatomy(network, whole_branches=True)
    assert ("updates.video", "sides.video.class") in found.edges
    assert ("branches.video", "sides.video.class") not in found.edges
    assert found.passes["updates.video", "sides.video.class"] == 1
    assert network.wiring == Wiring(side="f'")


def test_arrows_are_found_whatever_the_weights() -> None:
    for fine in (True, False):
        first, second = (
            anatomy(face_and_voice("n2", seed=seed), whole_branches=not fine) for seed in (0, 1)
        )
        assert first == second


def test_a_part_that_no_diagram_knows_is_an_error() -> None:
    network = three_modalities(MOOD_AND_LOAD)
    network.gate = nn.Linear(2, 2)
    with pytest.raises(ValueError, match=r"in no part of the diagram: gate\.weight, gate\.bias"):
        dissect(network, batch_for(network), truth_for(network))


def test_perceptrons_are_drawn_as_they_compute() -> None:
    expected = {
        "normalized": ["FeatureNorm f", "Linear n", "sigmoid d", "add n s"],
        "raw": ["FeatureNorm f", "Linear n", "sigmoid d", "add f s"],
        "post": ["FeatureNorm f", "Linear n", "sigmoid d", "add n s", "FeatureNorm a"],
        "centred": ["FeatureNorm f", "Linear n", "sigmoid d", "mul 2 s", "sub 1 m", "add n s"],
        "relu": ["FeatureNorm f", "Linear n", "relu d", "add n r"],
        "dense": ["FeatureNorm f", "Linear n", "sigmoid d"],
    }
    for (name, unit), group in zip(units().items(), groups("perceptrons"), strict=True):
        found = steps(unit)
        initials = {step: step.removeprefix("unit_")[0] for step, _, _ in found}
        said = [
            " ".join([kind, *(initials[source] for source in sources)])
            for _, kind, sources in found[1:-1]
        ]
        assert said == expected[name]
        edges = Counter(f"{source} {step}" for step, _, sources in found for source in sources)
        assert drawn(group, "data-edge") == edges
        assert set(drawn(group, "data-step")) == {step for step, _, _ in found[1:-1]}


@pytest.mark.parametrize("name", draw.DIAGRAMS)
def test_pictures_stand_alone_and_can_be_read_out(name: str) -> None:
    root = picture(name)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert len(title.text) > 10
    assert len(description.text) > 80
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    families = {e.get("font-family") for e in root.iter() if e.get("font-family")}
    assert {family.rsplit(" ", 1)[-1] for family in families} <= {"sans-serif", "serif"}
    ground = root.find(f"{SVG}rect")
    assert (ground.get("width"), ground.get("height")) == (root.get("width"), root.get("height"))
    assert "href" not in ET.tostring(root, encoding="unicode")


@pytest.mark.parametrize("name", draw.DIAGRAMS)
def test_text_fits_in_its_box_and_in_the_picture(name: str) -> None:
    """Measured in DejaVu Sans, which is wider than the fonts that are asked for."""
    file = font_manager.findfont("DejaVu Sans")
    root = picture(name)
    width, height = float(root.get("width")), float(root.get("height"))
    boxes = [
        [float(box.get(key)) for key in ("x", "y", "width", "height")]
        for box in root.iter(f"{SVG}rect")
        if box.get("data-part") or box.get("data-step")
    ]
    inside = 0
    for text in root.iter(f"{SVG}text"):
        size, x, y = (float(text.get(key)) for key in ("font-size", "x", "y"))
        long = ImageFont.truetype(file, 100).getlength("".join(text.itertext())) * size / 100
        start = x - long * {"middle": 0.5, "end": 1}.get(text.get("text-anchor", ""), 0)
        assert start > 8
        assert start + long < width - 4
        assert size < y < height - 4
        for left, top, wide, tall in boxes:
            if abs(left + wide / 2 - x) < 0.1 and top < y < top + tall:
                assert long < wide - 4, "".join(text.itertext())
                inside += 1
    assert inside >= len(boxes)
