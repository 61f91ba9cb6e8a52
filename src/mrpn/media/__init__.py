"""One media file in; frames, faces and waveform out. NumPy only."""

from mrpn.media.clip import NO_FACE, NO_PICTURE, NO_SOUND, SILENCE, Clip, read_clip
from mrpn.media.container import MediaInfo, probe
from mrpn.media.encode import write_video, write_wav
from mrpn.media.faces import Detections, Detector, detector
from mrpn.media.pictures import Frame, iter_frames
from mrpn.media.settings import ClipSettings
from mrpn.media.sound import read_audio
from mrpn.media.stills import is_still, read_still

__all__ = [
    "NO_FACE",
    "NO_PICTURE",
    "NO_SOUND",
    "SILENCE",
    "Clip",
    "ClipSettings",
    "Detections",
    "Detector",
    "Frame",
    "MediaInfo",
    "detector",
    "is_still",
    "iter_frames",
    "probe",
    "read_audio",
    "read_clip",
    "read_still",
    "write_video",
    "write_wav",
]
