"""Face detectors by name."""

from mrpn.media.faces.registry import Detections, Detector, detector, register
from mrpn.media.faces.retinaface import RetinaFace
from mrpn.media.faces.whole import WholePicture

register(RetinaFace.name, RetinaFace)
register(WholePicture.name, WholePicture)

__all__ = ["Detections", "Detector", "WholePicture", "detector", "register"]
