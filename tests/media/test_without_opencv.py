"""The default way of reading clips where there is no OpenCV and no graphics library."""

import subprocess
import sys
from pathlib import Path

from mrpn.corpora.synthetic import render_clip
from mrpn.media import write_video

# Importing cv2 fails as it does where libGL is missing, and so does loading libGL by any way.
SCRIPT = """
import ctypes, importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"cv2", "retinaface"}:
            raise ImportError("libGL.so.1: cannot open shared object file: No such file")

class NoGraphics(ctypes.CDLL):
    def __init__(self, name=None, *rest, **more):
        if name and "libGL" in str(name):
            raise OSError("libGL.so.1: cannot open shared object file: No such file")
        super().__init__(name, *rest, **more)

sys.meta_path.insert(0, Absent())
ctypes.CDLL = NoGraphics

from pathlib import Path
from mrpn.common.errors import MediaError
from mrpn.media import ClipSettings, read_clip

clip = Path(sys.argv[1])
found = read_clip(clip, None)
assert len(found.frames) == found.looked_at > 3, (len(found.frames), found.looked_at)
try:
    read_clip(clip, None, ClipSettings(detector="yunet", model=str(clip)))
except MediaError as error:
    print(error)
with open("/proc/self/maps") as maps:
    assert "libGL" not in maps.read()
"""


def test_the_default_detector_works_and_the_other_says_what_is_missing(tmp_path: Path) -> None:
    clip = render_clip("happy", size=(320, 240), rate=10, duration=0.6)
    write_video(tmp_path / "clip.mp4", clip.frames, 10)
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "clip.mp4")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    line = ran.stdout.strip()
    assert "'cv2' cannot be loaded (libGL.so.1: cannot open shared object file" in line
    assert "pip install opencv-python-headless (it needs no libGL" in line
