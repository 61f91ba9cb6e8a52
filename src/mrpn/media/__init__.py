"""One media file in; frames, faces and waveform out. NumPy only."""

from mrpn.media.arrays import read_arrays
from mrpn.media.clip import (
    NO_FACE,
    NO_PICTURE,
    NO_SOUND,
    SILENCE,
    Clip,
    StreamedClip,
    read_clip,
    stream_clip,
)
from mrpn.media.drawing import draw_faces
from mrpn.media.encode import write_video, write_wav
from mrpn.media.face_crops import stream_faces
from mrpn.media.face_track import Faces, FaceTrack
from mrpn.media.faces import Detections, Detector, detector
from mrpn.media.frame import Frame
from mrpn.media.info import MediaInfo, probe
from mrpn.media.pictures import iter_frames
from mrpn.media.search import detector_of
from mrpn.media.settings import ClipSettings
from mrpn.media.sound import iter_audio, read_audio
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
    "FaceTrack",
    "Faces",
    "Frame",
    "MediaInfo",
    "StreamedClip",
    "detector",
    "detector_of",
    "draw_faces",
    "is_still",
    "iter_audio",
    "iter_frames",
    "probe",
    "read_arrays",
    "read_audio",
    "read_clip",
    "read_still",
    "stream_clip",
    "stream_faces",
    "write_video",
    "write_wav",
]
