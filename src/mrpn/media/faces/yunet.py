"""YuNet by OpenCV, for those who have both: OpenCV is imported here alone, and only when asked."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media.faces.models import model_file, optional_module
from mrpn.media.faces.registry import Detections

_VARIABLE = "MRPN_YUNET_MODEL"
_REMEDY = (
    "pip install opencv-python-headless (it needs no libGL; pip uninstall opencv-python first), "
    "or choose the detector 'retinaface'"
)
_HOW = (
    "get face_detection_yunet_2023mar.onnx from OpenCV's model zoo and name it by the setting "
    f"'model' or {_VARIABLE}"
)
_MOST_FACES = 500


class YuNet:
    """Faces with boxes and five landmarks.

    Args:
        model: path of the network, an ONNX file; None takes the one MRPN_YUNET_MODEL names.
        threshold: least score of a face, in (0, 1).
        overlap: a box that shares more than this (intersection over union) with a better one
            is dropped.
        threads: threads of OpenCV, for the whole process.

    Source: Wu, Peng and Yu, "YuNet: a tiny millisecond-level face detector", 2023.
    Raises MediaError if OpenCV cannot be imported, or the model is missing or none.
    """

    name = "yunet"

    def __init__(
        self,
        model: str | Path | None = None,
        threshold: float = 0.6,
        overlap: float = 0.3,
        threads: int = 1,
    ) -> None:
        path = model_file(model, _VARIABLE, None, _HOW)
        cv2 = optional_module("cv2", _REMEDY)
        cv2.setNumThreads(threads)
        try:
            self._network: Any = cv2.FaceDetectorYN.create(
                str(path), "", (320, 320), threshold, overlap, _MOST_FACES
            )
        except cv2.error as error:
            raise MediaError(f"{path}: OpenCV cannot read it as a network; {_HOW}") from error

    def detect(self, images: NDArray[np.uint8]) -> list[Detections]:
        """Return the faces of each picture of a batch, uint8 [B, H, W, 3] RGB, best first."""
        if len(images):
            self._network.setInputSize((images.shape[2], images.shape[1]))
        return [self._faces(np.ascontiguousarray(image[..., ::-1])) for image in images]

    def _faces(self, bgr: NDArray[np.uint8]) -> Detections:
        found = self._network.detect(bgr)[1]
        rows = np.zeros((0, 15), np.float32) if found is None else np.asarray(found, np.float32)
        rows = rows[np.argsort(-rows[:, 14], kind="stable")]
        return Detections(
            boxes=np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1),
            scores=rows[:, 14].clip(0, 1),
            landmarks=rows[:, 4:14].reshape(-1, 5, 2),
        )
