"""Draw the diagrams of the documentation from the networks themselves.

    python docs/diagrams/draw.py

Writes SVG files to docs/images; the same code draws the same bytes.
"""

from collections.abc import Callable
from pathlib import Path

from drawing.canvas import Canvas
from drawing.framework import framework
from drawing.general import general
from drawing.gradients import gradients
from drawing.networks import networks
from drawing.perceptrons import perceptrons
from drawing.unimodal import unimodal

from mrpn.common.files import write_text

IMAGES = Path(__file__).resolve().parents[1] / "images"
DIAGRAMS: dict[str, Callable[[], Canvas]] = {
    "framework": framework,
    "unimodal": unimodal,
    "gradients": gradients,
    "networks": networks,
    "perceptrons": perceptrons,
    "general": general,
}


def main() -> None:
    """Write every diagram."""
    for name, draw in DIAGRAMS.items():
        path = IMAGES / f"{name}.svg"
        write_text(path, draw().render())
        print(path)


if __name__ == "__main__":
    main()
