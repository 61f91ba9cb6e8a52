"""How a head moves: sway, turn and tilt, and the dropping jaw, as a warp of the drawn head."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mrpn.corpora.synthetic.expressions import Track
from mrpn.corpora.synthetic.head import TOP, WIDE

_ROWS, _COLUMNS = 7, 4


class Motion:
    """Sway over a clip: shift in half widths of the face, turn and tilt, each [T] (ours).

    Args:
        times: float32 [T], each picture's time in seconds.
        jaw: float32 [T], how far the jaw is dropped.
        random: this clip's generator for the face.
    """

    def __init__(self, times: Track, jaw: Track, random: np.random.Generator) -> None:
        def sway(size: float) -> Track:
            rate, phase = random.uniform(0.25, 0.8), random.uniform(0, 2 * np.pi)
            wave = np.sin(2 * np.pi * rate * times + phase)
            return np.asarray(size * wave + 0.6 * size * random.standard_normal())

        self.x, self.y = sway(0.07), sway(0.04)
        self.tilt, self.turn = sway(0.04), sway(0.05)
        self.zoom = 1 + 0.04 * random.uniform(-1, 1)
        self.drop = 0.13 * np.clip(jaw, 0, 1.5)

    def warp(self, pixels: NDArray[np.uint8], scale: float, index: int) -> Image.Image:
        """Return the head's canvas, uint8 [h, w, 4] RGBA, as it is in picture `index`.

        It is warped over a mesh: the jaw drops below the nose, and what lies nearer to the viewer
        moves further when the head turns. `scale` is the canvas's, in pixels per half width.
        """
        height, width = pixels.shape[:2]
        rows = np.linspace(0, height, _ROWS + 1).astype(int).tolist()
        columns = np.linspace(0, width, _COLUMNS + 1).astype(int).tolist()
        x, y = np.meshgrid(np.array(columns) / scale - WIDE, np.array(rows) / scale + TOP)
        x, y = self._origin(x, y, index)
        source = np.stack([(x + WIDE) * scale, (y - TOP) * scale], axis=-1)
        mesh = []
        for row in range(_ROWS):
            for column in range(_COLUMNS):
                box = (columns[column], rows[row], columns[column + 1], rows[row + 1])
                quad = (
                    *source[row, column].tolist(),
                    *source[row + 1, column].tolist(),
                    *source[row + 1, column + 1].tolist(),
                    *source[row, column + 1].tolist(),
                )
                mesh.append((box, quad))
        image = Image.fromarray(pixels, "RGBA")
        return image.transform(
            image.size, Image.Transform.MESH, mesh, resample=Image.Resampling.BILINEAR
        )

    def _origin(
        self, x: NDArray[np.float64], y: NDArray[np.float64], index: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where on the unmoved head the points (x, y) of picture `index` come from."""
        angle, pivot = float(self.tilt[index]), 1.2
        dx, dy = x - float(self.x[index]), y - float(self.y[index]) - pivot
        x = (np.cos(angle) * dx + np.sin(angle) * dy) / self.zoom
        y = (np.cos(angle) * dy - np.sin(angle) * dx) / self.zoom + pivot
        near = np.clip(1 - (x / 1.1) ** 2, 0, 1) * np.clip(1 - (y / 1.6) ** 2, 0, 1)
        x = x - float(self.turn[index]) * 1.6 * near
        return x, np.where(y > 0.5, 0.5 + (y - 0.5) / (1 + float(self.drop[index])), y)
