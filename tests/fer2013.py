"""FER2013 for tests: drawn faces of all classes, or some of the real ones out of their archive."""

import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

NAMES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def draw_faces(folder: Path) -> Path:
    """Three training, one validation and two test pictures of each class, as brightness and noise.

    The first test picture of "happy" and that of "sad" stand in the training part as well.
    """
    rng = np.random.default_rng(0)
    for place, name in enumerate(NAMES):
        for part, count in (("train", 3), ("validation", 1), ("test", 2)):
            for number in range(count):
                path = folder / part / name / f"{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                noise = rng.integers(0, 20, (48, 48), dtype=np.uint8)
                Image.fromarray(noise + np.uint8(30 * place)).save(path)
    for name in ("happy", "sad"):
        again = folder / "train" / name / "again.png"
        again.write_bytes((folder / "test" / name / "0.png").read_bytes())
    return folder


def unpack_faces(archive: Path, folder: Path, every: int = 1) -> Path:
    """Unpack every so many-th picture of FER2013's archive into `folder`."""
    with tarfile.open(archive, "r|xz") as packed:
        number = 0
        for member in packed:
            if member.isfile():
                if number % every == 0:
                    packed.extract(member, folder, filter="data")
                number += 1
    return folder
