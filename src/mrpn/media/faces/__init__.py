"""Face detectors by name.

"retinaface" needs nothing but what the package installs. "dlib" and "yunet" are for those who want
them: install `dlib-bin` or `opencv-python-headless`, and give the model file by the setting `model`
or the environment variables MRPN_DLIB_MODEL and MRPN_YUNET_MODEL.
"""

from mrpn.media.faces.mmod import Mmod
from mrpn.media.faces.registry import Detections, Detector, detector, register
from mrpn.media.faces.retinaface import RetinaFace
from mrpn.media.faces.whole import WholePicture
from mrpn.media.faces.yunet import YuNet

for _make in (RetinaFace, Mmod, YuNet, WholePicture):
    register(_make.name, _make)

__all__ = ["Detections", "Detector", "WholePicture", "detector", "register"]
