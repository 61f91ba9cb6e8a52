from pathlib import Path

import numpy as np
import pytest

from mrpn.common.errors import MediaError
from mrpn.media import iter_frames, write_video


def test_every_picture_with_its_time(mute: Path) -> None:
    frames = list(iter_frames(mute))
    assert [frame.time for frame in frames] == [k / 8 for k in range(8)]
    assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
    assert {frame.image.dtype.name for frame in frames} == {"uint8"}


def test_pictures_are_chosen_by_time(movie: Path) -> None:
    chosen = list(iter_frames(movie, 5))
    assert [frame.time for frame in chosen] == [k / 5 for k in range(10)]
    for k, frame in enumerate(chosen):
        assert abs(int(frame.image.mean()) - 16 * k) <= 3


def test_a_slow_file_gives_all_it_has_once(mute: Path) -> None:
    assert len(list(iter_frames(mute, 30))) == 8


def test_colours_are_in_the_order_red_green_blue(tmp_path: Path) -> None:
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 0] = 200
    write_video(tmp_path / "red.mp4", [red] * 3, 10)
    mean = next(iter(iter_frames(tmp_path / "red.mp4"))).image.mean(axis=(0, 1))
    assert mean[0] > 180
    assert mean[1:].max() < 25


def test_the_picture_is_turned_as_the_file_says(tmp_path: Path) -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, 32:] = 255
    path = tmp_path / "turned.mp4"
    write_video(path, [image] * 3, 10)
    one, minus_one = (1 << 16).to_bytes(4, "big"), (-(1 << 16)).to_bytes(4, "big", signed=True)
    none, end = bytes(4), (1 << 30).to_bytes(4, "big")
    plain = one + none * 3 + one + none * 3 + end
    clockwise = none + one + none + minus_one + none * 4 + end
    content = path.read_bytes()
    track = content.index(plain, content.index(b"tkhd"))
    path.write_bytes(content[:track] + clockwise + content[track + len(plain) :])
    upright = next(iter(iter_frames(path))).image
    assert upright.shape == (64, 48, 3)
    assert upright[:24].mean() < 20
    assert upright[40:].mean() > 235


def test_sound_alone_and_a_wrong_rate_are_one_clear_line(movie: Path, make_wav: object) -> None:
    wav = make_wav(np.zeros(1600))  # type: ignore[operator]
    with pytest.raises(MediaError, match=r"a\.wav: no picture in this file"):
        next(iter_frames(wav))
    with pytest.raises(MediaError, match="rate > 0"):
        next(iter_frames(movie, 0))


@pytest.mark.data
def test_eight_pictures_at_four_per_second(data: Path) -> None:
    path = data / "ravdess" / "video_sample" / "processed_video_example.mp4"
    frames = list(iter_frames(path, 10))
    assert [frame.time for frame in frames] == [k / 4 for k in range(8)]
    assert frames[0].image.shape == (608, 1080, 3)
