import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from filming import bars, film, flash_tags, turn_film
from mrpn.common.errors import MediaError
from mrpn.media import iter_frames, probe, write_video
from zips import packed


def greys(times: list[float], size: tuple[int, int] = (48, 64)) -> list[tuple[float, NDArray]]:
    """One grey picture for each time; picture k has the value 10 k + 20."""
    return [(t, np.full((*size, 3), 10 * k + 20, np.uint8)) for k, t in enumerate(times)]


def times_of(path: Path, rate: float | None = None) -> list[float]:
    return [round(frame.time, 6) for frame in iter_frames(path, rate)]


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


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_threads_change_no_picture(movie: Path, threads: int | None) -> None:
    frames = list(iter_frames(movie, threads=threads))
    assert [round(float(frame.image.mean()) / 8) for frame in frames] == list(range(20))


def test_colours_are_in_the_order_red_green_blue(tmp_path: Path) -> None:
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 0] = 200
    write_video(tmp_path / "red.mp4", [red] * 3, 10)
    mean = next(iter(iter_frames(tmp_path / "red.mp4"))).image.mean(axis=(0, 1))
    assert mean[0] > 180
    assert mean[1:].max() < 25


def test_a_varying_frame_rate_keeps_its_stamps_and_is_thinned_by_them(tmp_path: Path) -> None:
    stamps = [0.0, 0.1, 0.14, 0.18, 0.5, 0.54, 1.2, 1.21]
    path = film(tmp_path / "vary.mkv", greys(stamps), options={"bf": "2"})
    assert times_of(path) == stamps
    assert times_of(path, 5) == [0.0, 0.18, 0.5, 0.54, 1.2]
    values = [round((frame.image.mean() - 20) / 10) for frame in iter_frames(path, 5)]
    assert values == [0, 3, 4, 5, 6]


def test_times_count_from_the_files_own_start(tmp_path: Path) -> None:
    late = film(tmp_path / "late.mov", greys([7.0, 7.5, 8.0]), [(7.25, np.ones(8000) / 2)])
    assert times_of(late) == [0.0, 0.5, 1.0]
    shifted = film(tmp_path / "shifted.mkv", greys([1.0, 1.5]), [(0.0, np.ones(16000) / 2)])
    assert times_of(shifted) == [1.0, 1.5]


def test_pictures_without_stamps_follow_at_the_files_rate(tmp_path: Path) -> None:
    path = film(tmp_path / "raw.h264", greys([k / 25 for k in range(6)]), options={"bf": "0"})
    assert times_of(path) == [k / 25 for k in range(6)]


def test_of_pictures_before_time_zero_the_last_is_shown_at_zero(tmp_path: Path) -> None:
    path = film(tmp_path / "cut.mov", greys([k / 10 for k in range(20)]), options={"bf": "0"})
    content = bytearray(path.read_bytes())
    edit = content.index(b"elst") + 16
    start = int.from_bytes(content[edit : edit + 4], "big")
    content[edit : edit + 4] = (start + 3 * 16000 // 10).to_bytes(4, "big")
    path.write_bytes(bytes(content))
    times = times_of(path)
    assert times[0] == 0.0
    assert np.all(np.diff(times) > 0)
    assert 16 <= len(times) <= 18


@pytest.mark.parametrize("flipped", [0x40_00_00_00, 0x80_00, 0x08_00])
def test_a_broken_stamp_moves_no_other_picture(tmp_path: Path, flipped: int) -> None:
    stamps = [k / 10 for k in range(30)]
    pictures = [(t, picture) for t, (_, picture) in zip(stamps, greys(stamps[:6]) * 5, strict=True)]
    path = film(tmp_path / "a.flv", pictures, codec="flv")
    content = bytearray(path.read_bytes())
    tag = flash_tags(content, 9)[10]
    broken = (1000 ^ flipped).to_bytes(4, "big")
    content[tag + 4 : tag + 8] = broken[1:] + broken[:1]
    path.write_bytes(bytes(content))
    times = times_of(path)
    assert times[:10] + times[11:] == stamps[:10] + stamps[11:]
    assert times[9] < times[10] < times[11]


@pytest.mark.parametrize(
    ("pix_fmt", "codec"),
    [
        ("yuv420p", "ffv1"),
        ("yuvj420p", "mjpeg"),
        ("yuv422p", "ffv1"),
        ("yuv444p10le", "ffv1"),
        ("yuv420p10le", "libx264"),
        ("bgra", "ffv1"),
        ("gbrp10le", "ffv1"),
    ],
)
def test_every_pixel_format_gives_the_colours_that_were_put_in(
    tmp_path: Path, pix_fmt: str, codec: str
) -> None:
    quality = {"libx264": {"crf": "1"}, "mjpeg": {"qmin": "1", "qmax": "1"}}.get(codec)
    path = film(
        tmp_path / "a.mkv",
        [(0, bars())],
        codec=codec,
        pix_fmt=pix_fmt,
        options=quality,
        color_range=2 if pix_fmt.startswith("yuvj") else None,
    )
    frame = next(iter_frames(path))
    for image in (frame.image, frame.reduced(84)):
        np.testing.assert_allclose(middles(image), middles(bars()), atol=4)


@pytest.mark.parametrize("colorspace", [1, 5, 9])
@pytest.mark.parametrize("color_range", [1, 2])
def test_the_colour_matrix_and_range_a_file_names_are_used(
    tmp_path: Path, colorspace: int, color_range: int
) -> None:
    path = film(
        tmp_path / "a.mkv",
        [(0, bars())],
        codec="ffv1",
        pix_fmt="yuv444p",
        colorspace=colorspace,
        color_range=color_range,
    )
    np.testing.assert_allclose(middles(next(iter_frames(path)).image), middles(bars()), atol=2)


@pytest.mark.parametrize(("width", "colorspace"), [(112, 5), (1280, 1)])
def test_an_unnamed_colour_matrix_is_that_of_the_pictures_size(
    tmp_path: Path, width: int, colorspace: int
) -> None:
    picture = bars(width)
    path = film(
        tmp_path / "a.mkv",
        [(0, picture)],
        codec="ffv1",
        pix_fmt="yuv444p",
        colorspace=colorspace,
        named=False,
    )
    np.testing.assert_allclose(middles(next(iter_frames(path)).image), middles(picture), atol=2)


@pytest.mark.parametrize("pix_fmt", ["gray", "gray10le"])
def test_grey_pictures_have_three_equal_channels(tmp_path: Path, pix_fmt: str) -> None:
    path = film(tmp_path / "a.mkv", [(0, bars())], codec="ffv1", pix_fmt=pix_fmt)
    image = next(iter_frames(path)).image
    grey = bars().astype(float) @ [0.299, 0.587, 0.114]
    assert np.ptp(image, axis=2).max() == 0
    np.testing.assert_allclose(image[..., 0], grey, atol=1)


def test_a_palette_gives_its_colours(tmp_path: Path) -> None:
    from PIL import Image

    picture = Image.fromarray(bars()).quantize(16)
    picture.save(tmp_path / "a.gif", save_all=True, append_images=[picture], duration=100)
    np.testing.assert_allclose(
        middles(next(iter_frames(tmp_path / "a.gif")).image), middles(bars()), atol=2
    )


@pytest.mark.parametrize("size", [(47, 63), (8, 5), (13, 9), (5, 701)])
def test_odd_sizes_are_kept(tmp_path: Path, size: tuple[int, int]) -> None:
    path = film(tmp_path / "a.mkv", greys([0, 0.1], size), codec="ffv1")
    frame = next(iter_frames(path))
    assert (frame.height, frame.width) == size == frame.image.shape[:2]
    assert abs(frame.image.mean() - 20) < 2


def test_pictures_that_change_their_size_on_the_way_are_each_right(tmp_path: Path) -> None:
    parts = []
    for number, size in enumerate([(48, 64), (96, 128), (30, 40)]):
        part = film(tmp_path / f"{number}.h264", greys([0, 0.04, 0.08], size))
        parts.append(part.read_bytes())
    path = tmp_path / "all.h264"
    path.write_bytes(b"".join(parts))
    frames = list(iter_frames(path))
    assert [frame.height for frame in frames] == [48] * 3 + [96] * 3 + [30] * 3
    assert [frame.image.shape[0] for frame in frames] == [frame.height for frame in frames]
    assert [frame.reduced(20).shape for frame in frames] == [(15, 20, 3)] * 9
    assert np.all(np.diff([frame.time for frame in frames]) > 0)


@pytest.mark.parametrize(
    ("turn", "upright", "degrees"),
    [
        ((1, 0, 0, 1), lambda image: image, 0),
        ((0, 1, -1, 0), lambda image: np.rot90(image, -1), 90),
        ((-1, 0, 0, -1), lambda image: np.rot90(image, 2), 180),
        ((0, -1, 1, 0), lambda image: np.rot90(image, 1), 270),
        ((-1, 0, 0, 1), lambda image: image[:, ::-1], 0),
        ((0, 1, 1, 0), lambda image: image.transpose(1, 0, 2), 90),
    ],
)
def test_the_picture_is_turned_and_mirrored_as_the_file_says(
    tmp_path: Path, turn: tuple[int, int, int, int], upright: object, degrees: int
) -> None:
    image = np.full((48, 64, 3), 30, np.uint8)
    image[:16, :16], image[:16, 48:] = 220, 120
    path = tmp_path / "turned.mp4"
    write_video(path, [image] * 3, 10)
    turn_film(path, turn)
    expected = upright(image)  # type: ignore[operator]
    frame = next(iter_frames(path))
    assert (frame.height, frame.width) == expected.shape[:2]
    np.testing.assert_allclose(frame.image, expected, atol=12)
    small = frame.reduced(32)
    assert small.shape == (expected.shape[0] // 2, expected.shape[1] // 2, 3)
    np.testing.assert_allclose(small, expected[::2, ::2], atol=20)
    assert probe(path).rotation == degrees


def moving(k: int) -> NDArray[np.uint8]:
    picture = np.full((96, 160, 3), 20, np.uint8)
    picture[20:76, 10 + 4 * k : 50 + 4 * k] = 230
    return picture


def test_interlaced_pictures_show_one_moment_each_at_their_own_times(tmp_path: Path) -> None:
    woven = []
    for k in range(10):
        picture = moving(2 * k)
        picture[1::2] = moving(2 * k + 1)[1::2]
        woven.append((k / 25, picture))
    options = {"x264-params": "interlaced=1", "crf": "5", "bf": "2"}
    path = film(tmp_path / "woven.mkv", woven, options=options)
    assert probe(path).interlaced
    frames = list(iter_frames(path))
    assert [round(frame.time, 6) for frame in frames] == [k / 25 for k in range(10)]
    for k, frame in enumerate(frames):
        nearest = min(
            np.abs(frame.image.astype(int) - moving(2 * k + field)).mean() for field in (0, 1)
        )
        assert nearest < 2
    assert len(list(iter_frames(path, 5))) == 2


def test_progressive_pictures_are_not_deinterlaced(tmp_path: Path) -> None:
    rows = np.zeros((48, 64, 3), np.uint8)
    rows[::2] = 200
    path = film(tmp_path / "a.mkv", [(0, rows), (0.1, rows)], codec="ffv1", pix_fmt="yuv444p")
    np.testing.assert_allclose(next(iter_frames(path)).image, rows, atol=2)
    assert not probe(path).interlaced


def test_pictures_that_are_not_chosen_are_never_converted(
    movie: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mrpn.media.frame import FrameMaker

    converted = []
    convert = FrameMaker._convert

    def counting(maker: FrameMaker, *rest: object) -> NDArray[np.uint8]:
        converted.append(rest)
        return convert(maker, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(FrameMaker, "_convert", counting)
    frames = list(iter_frames(movie, 2))
    assert len(frames) == 4
    assert converted == []
    _ = [frame.image for frame in frames]
    assert len(converted) == 4


def test_a_video_in_an_archive_is_read_as_from_its_folder(movie: Path) -> None:
    member = packed(movie)
    assert times_of(member) == times_of(movie)
    assert probe(member) == probe(movie)


def test_an_absurd_size_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = film(tmp_path / "a.avi", greys([0, 0.1]), codec="rawvideo", pix_fmt="bgr24")
    content = bytearray(path.read_bytes())
    header = content.index(b"strf") + 12
    content[header : header + 8] = (12_000).to_bytes(4, "little") + (9_000).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    with pytest.raises(MediaError, match="announces no size"):
        probe(path)
    with pytest.raises(MediaError, match="no picture of it can be decoded"):
        list(iter_frames(path))


def test_sound_alone_and_a_wrong_rate_are_one_clear_line(movie: Path, make_wav: object) -> None:
    wav = make_wav(np.zeros(1600))  # type: ignore[operator]
    with pytest.raises(MediaError, match=r"a\.wav: no picture in this file"):
        next(iter_frames(wav))
    for rate in (0, float("nan")):
        with pytest.raises(MediaError, match="rate > 0"):
            next(iter_frames(movie, rate))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's peak memory")
def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    peaks = []
    for seconds in (2, 16):
        path = tmp_path / f"{seconds}.mp4"
        noise = np.random.default_rng(0).integers(0, 255, (360, 640, 3), np.uint8)
        write_video(path, (np.roll(noise, k, 1) for k in range(seconds * 10)), 10, crf=40)
        script = (
            "import resource, sys; from pathlib import Path; from mrpn.media import iter_frames\n"
            "total = sum(int(f.reduced(64).sum()) for f in iter_frames(Path(sys.argv[1])))\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        ran = subprocess.run(
            [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
        )
        peaks.append(int(ran.stdout) / 1024)
    assert peaks[1] - peaks[0] < 20


@pytest.mark.data
def test_eight_pictures_at_four_per_second(data: Path) -> None:
    path = data / "ravdess" / "video_sample" / "processed_video_example.mp4"
    frames = list(iter_frames(path, 10))
    assert [frame.time for frame in frames] == [k / 4 for k in range(8)]
    assert frames[0].image.shape == (608, 1080, 3)


@pytest.mark.data
@pytest.mark.parametrize("folder", ["crema-d/VideoFlash", "clips/voxceleb2", "clips/grid"])
def test_a_real_picture_made_smaller_looks_the_same(data: Path, folder: str) -> None:
    from PIL import Image

    frame = next(iter_frames(sorted((data / folder).iterdir())[0]))
    small = frame.reduced(112)
    assert max(small.shape[:2]) == 112
    slow = Image.fromarray(frame.image).resize((small.shape[1], small.shape[0]), Image.BOX)
    assert np.abs(small.astype(int) - np.asarray(slow)).mean() < 2.5


def middles(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean colour in the middle of each of the seven bars."""
    height, width = image.shape[0], image.shape[1] // 7
    rows = image[height // 4 : -height // 4]
    return np.array(
        [
            rows[:, width * k + width // 4 : width * (k + 1) - width // 4].mean(axis=(0, 1))
            for k in range(7)
        ]
    )
