"""Training where neither FFmpeg nor ONNX Runtime is installed: on stills and what is prepared."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from mrpn.media import write_wav

# None in the place of a module: importing it fails as if it were not installed.
SCRIPT = """
import sys

for name in ("av", "onnxruntime", "cv2"):
    sys.modules[name] = None

from pathlib import Path
import numpy as np
from PIL import Image
import mrpn.training, mrpn.training.speakers, mrpn.training.shipping, mrpn.recognition
from mrpn.common.errors import MediaError
from mrpn.corpora import read_corpus
from mrpn.media import ClipSettings, read_audio, detector
from mrpn.preparation import prepare

folder = Path(sys.argv[1])
for label in ("happy", "angry"):
    path = folder / "faces" / "train" / label / "1.png"
    path.parent.mkdir(parents=True)
    Image.fromarray(np.full((48, 48), len(label), np.uint8)).save(path)
faces = prepare(read_corpus("fer2013", folder / "faces"), folder / "prepared",
                ClipSettings(faces="whole", size=16), workers=0)
print(faces.summary()["usable"])
for work in (lambda: read_audio(folder / "tone.wav"), lambda: detector("retinaface")):
    try:
        work()
    except MediaError as error:
        print(error)
"""


def test_stills_are_prepared_and_what_is_missing_for_films_is_named(tmp_path: Path) -> None:
    write_wav(tmp_path / "tone.wav", np.zeros(1600, np.float32))
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    usable, sound, faces = ran.stdout.splitlines()
    assert usable == "2"
    assert sound.startswith("the package 'av' is not installed: pip install av")
    assert faces == "the package 'onnxruntime' is not installed: pip install onnxruntime"
