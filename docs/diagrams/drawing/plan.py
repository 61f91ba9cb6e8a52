"""Where the parts of a network stand: one row a modality, one column a step."""

from collections.abc import Iterator
from dataclasses import dataclass

from drawing.anatomy import Anatomy, Part

FIRST = ("video", "audio")
"""Modalities that come first, from above, when there are such."""


@dataclass(frozen=True)
class Place:
    """A box: its upper left corner and its size, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> tuple[float, float]:
        """The middle of the left edge."""
        return self.x, self.y + self.height / 2

    @property
    def right(self) -> tuple[float, float]:
        """The middle of the right edge."""
        return self.x + self.width, self.y + self.height / 2


@dataclass(frozen=True)
class Grid:
    """The columns of a plan.

    Args:
        columns: left edge and width of each role's boxes; "side loss" is the column of the terms
            that judge side scores.
        pitch: from one row to the next.
        height: of a box.
    """

    columns: dict[str, tuple[float, float]]
    pitch: float
    height: float


def modalities(anatomy: Anatomy) -> list[str]:
    """Return the modalities from above to below."""
    names = [part.modality for part in anatomy.parts.values() if part.role == "input"]
    return [*(n for n in FIRST if n in names), *(n for n in names if n not in FIRST)]


def rows(anatomy: Anatomy) -> dict[str, int]:
    """Return the row of every part but the fused ones.

    Side scores stand outside, above their modality in the upper half, and below it in the lower.
    """
    found: dict[str, int] = {}
    row = 0
    names = modalities(anatomy)
    for index, name in enumerate(names):
        own = [part for part in anatomy.parts.values() if part.modality == name]
        ways = [p for p in own if p.role not in ("side", "loss")]
        heads = [p for p in own if p.role == "side"]
        if not any(part.role == "update" for part in own):
            ways, heads = ways + heads, []
        lanes = [*([head] for head in heads), ways]
        for lane in lanes if index < len(names) / 2 else lanes[::-1]:
            found |= {part.name: row for part in lane}
            row += 1
    for start, stop in sorted(anatomy.edges):
        if anatomy.parts[stop].role == "loss" and start in found:
            found[stop] = found[start]
    return found


def places(anatomy: Anatomy, grid: Grid, top: float) -> dict[str, Place]:
    """Return where each part stands, the first row at `top`."""
    row = rows(anatomy)
    found = {}
    for name, number in row.items():
        x, width = grid.columns[_column(anatomy.parts[name], anatomy)]
        found[name] = Place(x, top + number * grid.pitch, width, grid.height)
    return found | dict(_fused(anatomy, grid, found))


def height(anatomy: Anatomy, grid: Grid) -> float:
    """Return the height of all rows."""
    return max(rows(anatomy).values()) * grid.pitch + grid.height


def _column(part: Part, anatomy: Anatomy) -> str:
    if part.role == "side" and any(other.role == "update" for other in anatomy.parts.values()):
        return "update"
    if part.role == "side":
        return "fusion"
    return "side loss" if part.role == "loss" and part.modality else part.role


def _fused(anatomy: Anatomy, grid: Grid, found: dict[str, Place]) -> Iterator[tuple[str, Place]]:
    fusions = [part for part in anatomy.parts.values() if part.role == "fusion"]
    ways = [found[p.name].left[1] for p in anatomy.parts.values() if p.role == "update"]
    if not fusions:
        return
    middle = (min(ways) + max(ways)) / 2
    tall = grid.height * 1.4 if len(fusions) == 1 else grid.height * 1.6
    step = tall + 24
    for index, part in enumerate(fusions):
        centre = middle + (index - (len(fusions) - 1) / 2) * step
        x, width = grid.columns["fusion"]
        yield part.name, Place(x, centre - tall / 2, width, tall)
        terms = [stop for start, stop in anatomy.edges if start == part.name]
        for term in terms:
            x, width = grid.columns["loss"]
            yield term, Place(x, centre - grid.height / 2, width, grid.height)
