"""Figures as SVG text, PNG bytes, or files."""

import io
from pathlib import Path

from matplotlib.figure import Figure

from mrpn.common.files import DRAWN, atomic_path, write_text
from mrpn.evaluation.style import style
from mrpn.evaluation.tables import TableError


def to_svg(figure: Figure) -> str:
    """Return a figure as SVG, its text kept as text, the same bytes each time."""
    with style(), io.StringIO() as out:
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        return out.getvalue()


def to_png(figure: Figure, dpi: int = 160) -> bytes:
    """Return a figure as PNG on white paper, at `dpi` dots per inch; it says who drew it."""
    with style(), io.BytesIO() as out:
        figure.savefig(out, format="png", dpi=dpi, facecolor="white", metadata={"Software": DRAWN})
        return out.getvalue()


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to an .svg or .png file, atomically; raises TableError on another suffix."""
    if path.suffix == ".svg":
        write_text(path, to_svg(figure))
    elif path.suffix == ".png":
        with atomic_path(path) as partial:
            partial.write_bytes(to_png(figure))
    else:
        raise TableError(f"{path}: a figure is saved as .svg or .png")
