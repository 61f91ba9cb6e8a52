import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mrpn.common.errors import MediaError
from mrpn.media import detector


class _Error(Exception):
    pass


class _Network:
    """Finds a face at every blue pixel of a BGR picture, as OpenCV's class reports them."""

    size = (0, 0)

    def setInputSize(self, size: tuple[int, int]) -> None:  # noqa: N802 (OpenCV's name)
        self.size = size

    def detect(self, image: np.ndarray) -> tuple[int, np.ndarray | None]:
        assert self.size == image.shape[1::-1]
        rows, columns = np.nonzero(image[..., 0] == 255)
        if not len(rows):
            return 0, None
        faces = np.zeros((len(rows), 15), np.float32)
        faces[:, 0], faces[:, 1], faces[:, 2], faces[:, 3] = columns, rows, 10, 20
        faces[:, 4:14] = np.arange(10)
        faces[:, 14] = np.linspace(0.5, 0.9, len(rows))
        return 1, faces


def _create(path: str, *_: Any) -> _Network:
    if Path(path).read_bytes() != b"onnx":
        raise _Error("cannot parse")
    return _Network()


@pytest.fixture
def opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    made = SimpleNamespace(
        FaceDetectorYN=SimpleNamespace(create=_create), error=_Error, setNumThreads=lambda _: None
    )
    monkeypatch.setitem(sys.modules, "cv2", made)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "yunet.onnx"
    path.write_bytes(b"onnx")
    return path


@pytest.mark.usefixtures("opencv")
def test_faces_of_blue_places_come_best_first_with_corners_and_landmarks(model: Path) -> None:
    images = np.zeros((2, 30, 40, 3), np.uint8)
    images[0, 3, 5, 2] = images[0, 8, 9, 2] = 255
    first, second = detector("yunet", model=model).detect(images)
    assert first.boxes.tolist() == [[9, 8, 19, 28], [5, 3, 15, 23]]
    np.testing.assert_allclose(first.scores, [0.9, 0.5])
    assert first.landmarks[0].tolist() == np.arange(10).reshape(5, 2).tolist()
    assert (second.boxes.shape, second.landmarks.shape) == ((0, 4), (0, 5, 2))
    assert detector("yunet", model=model).detect(images[:0]) == []


@pytest.mark.usefixtures("opencv")
def test_the_model_file_is_the_users_to_give(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MRPN_YUNET_MODEL", raising=False)
    with pytest.raises(MediaError, match=r"face_detection_yunet_2023mar\.onnx .*MRPN_YUNET_MODEL"):
        detector("yunet")
    monkeypatch.setenv("MRPN_YUNET_MODEL", str(model))
    assert detector("yunet").name == "yunet"
    model.write_bytes(b"no network")
    with pytest.raises(MediaError, match=r"yunet\.onnx: OpenCV cannot read it as a network"):
        detector("yunet")


def test_without_libgl_the_line_says_so_and_what_helps(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file')"
    )
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MediaError, match=r"libGL\.so\.1.*pip install opencv-python-headless"):
        detector("yunet", model=model)


def test_without_opencv_the_line_says_what_to_install(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(MediaError, match="'cv2' is not installed: pip install opencv-python-head"):
        detector("yunet", model=model)
