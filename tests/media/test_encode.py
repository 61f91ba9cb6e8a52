import hashlib
from pathlib import Path

import numpy as np
import pytest

from mrpn.common.errors import MediaError
from mrpn.media import iter_frames, probe, read_audio, write_video, write_wav


def pictures(count: int = 6) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    smooth = rng.integers(0, 255, (count, 6, 8, 3), dtype=np.uint8)
    return [np.kron(image, np.ones((8, 8, 1), np.uint8)) for image in smooth]


def test_picture_and_sound_come_back_from_an_mp4(tmp_path: Path) -> None:
    sound = (0.3 * np.sin(np.arange(32000) * 0.1)).astype(np.float32)
    path = tmp_path / "new" / "clip.mp4"
    assert write_video(path, iter(pictures(8)), 4, sound) == 8
    info = probe(path)
    assert (info.width, info.height, info.frame_rate, info.audio_rate) == (64, 48, 4.0, 16000)
    frames = list(iter_frames(path))
    assert [frame.time for frame in frames] == [k / 4 for k in range(8)]
    assert np.abs(frames[3].image.astype(int) - pictures(8)[3]).mean() < 16
    back = read_audio(path)
    assert abs(len(back) - 32000) <= 1024
    assert np.corrcoef(back[:31000], sound[:31000])[0, 1] > 0.99


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 8000).astype(np.float32)
    digests = set()
    for name in ("a.mp4", "b.mp4"):
        write_video(tmp_path / name, pictures(), 25, sound)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"old")
    with pytest.raises(MediaError, match="picture 1 is"):
        write_video(path, [pictures()[0], pictures()[0][:16]], 25)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["clip.mp4"]


@pytest.mark.parametrize(
    ("frames", "rate", "text"),
    [
        ([], 25, "no picture to write"),
        ([np.zeros((47, 64, 3), np.uint8)], 25, "even sides"),
        ([np.zeros((48, 64, 3), np.float32)], 25, r"uint8 \[H, W, 3\]"),
        ([np.zeros((48, 64, 3), np.uint8)], 0, "rate > 0"),
        ([np.zeros((48, 64, 3), np.uint8)], float("nan"), "rate > 0"),
        ([np.zeros((48, 64, 3), np.uint8)], float("inf"), "rate > 0"),
    ],
)
def test_wrong_pictures_are_one_clear_line(
    tmp_path: Path, frames: list[np.ndarray], rate: float, text: str
) -> None:
    with pytest.raises(MediaError, match=text):
        write_video(tmp_path / "clip.mp4", frames, rate)
    assert list(tmp_path.iterdir()) == []


def test_a_name_like_an_address_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("2024-01-01T12:30.mp4")
    write_video(path, pictures(), 25)
    assert len(list(iter_frames(path))) == 6


def test_what_cannot_be_encoded_is_one_clear_line(tmp_path: Path) -> None:
    wide = np.zeros((16, 17000, 3), np.uint8)
    with pytest.raises(MediaError, match=r"clip\.mp4: cannot be encoded: "):
        write_video(tmp_path / "clip.mp4", [wide], 25)
    assert list(tmp_path.iterdir()) == []


def test_wav_keeps_samples_to_16_bits_and_clips(tmp_path: Path) -> None:
    samples = np.array([0.0, 0.5, -0.5, 1.0, -1.0, 2.0], np.float32)
    write_wav(tmp_path / "a.wav", samples)
    np.testing.assert_allclose(
        read_audio(tmp_path / "a.wav"), [0.0, 0.5, -0.5, 1.0, -1.0, 1.0], atol=1e-4
    )


@pytest.mark.parametrize(
    ("sound", "text"),
    [
        (np.zeros((2, 2000), np.float32), "average the channels"),
        (np.array([0, np.nan] * 1000, np.float32), "nan or inf"),
    ],
)
def test_wrong_sound_is_one_clear_line(tmp_path: Path, sound: np.ndarray, text: str) -> None:
    with pytest.raises(MediaError, match=text):
        write_video(tmp_path / "clip.mp4", pictures(), 25, sound)
    with pytest.raises(MediaError, match=text):
        write_wav(tmp_path / "a.wav", sound)
    assert list(tmp_path.iterdir()) == []
