"""The faces found in each film, kept beside the crops: to crop again without looking again."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrpn.media import Faces, FaceTrack
from mrpn.preparation.entry import whole_lines

FACES = "faces.jsonl"
_NUMBERS = {"times": "<f8", "boxes": "<f4", "scores": "<f4", "landmarks": "<f4", "crops": "<i8"}
_SHAPES: dict[str, tuple[int, ...]] = {"boxes": (4,), "landmarks": (5, 2)}


class FaceJournal:
    """Faces by key, one line each, exact to the last bit; a line torn by a kill is cut off.

    Args:
        folder: of the prepared corpus.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FACES
        self._lines: dict[str, dict[str, Any]] = {}
        self._length = 0
        for line in whole_lines(self._path):
            try:
                values = json.loads(line)
                self._lines[values.pop("key")] = values
            except (ValueError, KeyError, TypeError):
                break
            self._length += len(line)

    def get(self, key: str | None) -> Faces | None:
        """Return the faces kept under `key`, or None."""
        values = None if key is None else self._lines.get(key)
        if values is None:
            return None
        return Faces(**{**values, "tracks": tuple(_track(each) for each in values["tracks"])})

    def add(self, key: str, faces: Faces) -> None:
        """Keep the faces of one film."""
        values = {
            "tracks": [_packed(track) for track in faces.tracks],
            "looked_at": faces.looked_at,
            "duration": faces.duration,
            "width": faces.width,
            "height": faces.height,
            "detector": faces.detector,
        }
        line = (json.dumps({"key": key, **values}, separators=(",", ":")) + "\n").encode()
        self._path.touch()
        with self._path.open("r+b") as file:
            file.truncate(self._length)
            file.seek(self._length)
            file.write(line)
        self._length += len(line)
        self._lines[key] = values


def _packed(track: FaceTrack) -> dict[str, Any]:
    arrays = {name: getattr(track, name) for name in _NUMBERS}
    return {
        "weight": track.weight,
        **{
            name: base64.b64encode(np.asarray(value, _NUMBERS[name]).tobytes()).decode()
            for name, value in arrays.items()
            if value is not None
        },
    }


def _track(values: dict[str, Any]) -> FaceTrack:
    found: dict[str, Any] = {name: _unpacked(name, values.get(name)) for name in _NUMBERS}
    return FaceTrack(weight=values["weight"], **found)


def _unpacked(name: str, text: str | None) -> NDArray[Any] | None:
    if text is None:
        return None
    flat = np.frombuffer(base64.b64decode(text), _NUMBERS[name])
    return flat.reshape(-1, *_SHAPES.get(name, ()))
