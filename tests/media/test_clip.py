import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from filming import film as make_film
from filming import slow_film
from mrpn.common.errors import MediaError
from mrpn.media import (
    Clip,
    ClipSettings,
    Detections,
    probe,
    read_clip,
    stream_clip,
    write_video,
)
from mrpn.media.faces import register, registry

SETTINGS = ClipSettings(detector="bright", size=32, margin=1.0)


class Bright:
    """Finds the bright square of a drawn picture."""

    name = "bright"

    def __init__(self, **options: object) -> None:
        pass

    def detect(self, images: np.ndarray) -> list[Detections]:
        return [self._one(image) for image in images]

    def _one(self, image: np.ndarray) -> Detections:
        rows, columns = np.nonzero(image[..., 0] > 150)
        if rows.size < 50:
            return Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Detections(np.array([box], np.float32), np.array([0.9], np.float32))


@pytest.fixture(autouse=True)
def bright(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_registry", dict(registry._registry))
    register("bright", Bright)
    yield


def picture(left: int | None) -> np.ndarray:
    image = np.full((120, 160, 3), 30, np.uint8)
    if left is not None:
        image[40:80, left : left + 40] = 220
    return image


def sound(seconds: float) -> np.ndarray:
    return (0.4 * np.sin(np.arange(round(seconds * 16000)) * 0.2)).astype(np.float32)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three seconds of a bright square moving right, with sound."""
    path = tmp_path / "film.mp4"
    write_video(path, [picture(10 + 2 * k) for k in range(30)], 10, sound(3))
    return path


def assert_consistent(clip: Clip, size: int = 32) -> None:
    count = len(clip.times)
    assert clip.frames.shape == (count, size, size, 3)
    assert clip.boxes.shape == (count, 4)
    assert clip.scores.shape == (count,)
    assert (clip.frames.dtype, clip.audio.dtype) == (np.uint8, np.float32)
    assert np.isfinite(clip.boxes).all()
    assert np.all(np.diff(clip.times) > 0)


def test_picture_and_sound_of_one_file(film: Path) -> None:
    clip = read_clip(film, film, SETTINGS)
    assert_consistent(clip)
    assert len(clip.times) == clip.looked_at == 30
    assert abs(len(clip.audio) - 48000) <= 1024
    assert clip.problems == ()
    assert clip.duration == pytest.approx(3.0, abs=0.1)
    centres = (clip.boxes[:, 0] + clip.boxes[:, 2]) / 2
    np.testing.assert_allclose(centres[5:-5], 30 + 2 * np.arange(30)[5:-5], atol=1.5)
    assert clip.frames[5:-5, 6:-6, 6:-6].mean() > 200


def test_picture_and_sound_of_two_files(film: Path, make_wav: Callable[..., Path]) -> None:
    clip = read_clip(film, make_wav(sound(1)), SETTINGS)
    assert (len(clip.frames), len(clip.audio)) == (30, 16000)


def test_what_is_not_asked_for_is_no_problem(film: Path) -> None:
    picture_only, sound_only = read_clip(film, None, SETTINGS), read_clip(None, film, SETTINGS)
    assert (picture_only.problems, len(picture_only.audio)) == ((), 0)
    assert (sound_only.problems, sound_only.frames.shape) == ((), (0, 32, 32, 3))
    assert_consistent(sound_only)


def test_a_missing_modality_is_recorded(
    tmp_path: Path, film: Path, make_wav: Callable[..., Path]
) -> None:
    write_video(tmp_path / "mute.mp4", [picture(20)] * 5, 10)
    write_video(tmp_path / "empty.mp4", [picture(None)] * 5, 10, sound(1))
    wav, silent = make_wav(sound(1)), make_wav(np.zeros(16000), name="silent.wav")
    mute, empty = tmp_path / "mute.mp4", tmp_path / "empty.mp4"
    assert read_clip(mute, mute, SETTINGS).problems == ("no sound",)
    assert read_clip(wav, wav, SETTINGS).problems == ("no picture",)
    assert read_clip(film, silent, SETTINGS).problems == ("silence",)
    faceless = read_clip(empty, empty, SETTINGS)
    assert (faceless.problems, faceless.looked_at, len(faceless.frames)) == (("no face",), 5, 0)


def test_a_broken_file_is_recorded_with_its_own_line(
    tmp_path: Path, make_wav: Callable[..., Path]
) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"x" * 100)
    clip = read_clip(tmp_path / "broken.mp4", make_wav(sound(1)), SETTINGS)
    assert clip.problems[0] == "no picture"
    assert "broken.mp4: not a media file" in clip.problems[1]


def test_a_file_that_ends_before_its_header_says_is_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    film, whole, cut = (tmp_path / name for name in ("film.mp4", "whole.mkv", "cut.mkv"))
    grain = [rng.integers(0, 90, (120, 160, 3)).astype(np.uint8) for _ in range(30)]
    write_video(film, [np.maximum(picture(20), noise) for noise in grain], 10, sound(3))
    with av.open(str(film)) as source, av.open(str(whole), "w") as target:
        tracks = {s.index: target.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = tracks[packet.stream.index]
                target.mux(packet)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert read_clip(whole, whole, SETTINGS).problems == ()
    clip = read_clip(cut, cut, SETTINGS)
    assert 1.0 < clip.duration < 2.2
    (told,) = clip.problems
    assert told.startswith(f"cut short: {clip.duration:.1f} of 3.")


@pytest.mark.parametrize(("name", "count", "last"), [("one.mp4", 1, 1), ("rest.mp4", 5, 3)])
def test_a_film_that_rests_on_its_last_picture_is_not_cut_short(
    tmp_path: Path, name: str, count: int, last: int
) -> None:
    path = slow_film(tmp_path / name, count, "1/10", last=last)
    clip = read_clip(path, None, ClipSettings(faces="whole"))
    assert (clip.duration, clip.problems) == (10.0 * (count - 1 + last), ())


def test_a_film_whose_file_is_as_much_longer_as_it_rested_before_may_be_whole(
    tmp_path: Path,
) -> None:
    path = make_film(
        tmp_path / "rest.mkv", [(time, picture(20)) for time in (0, 1, 2, 22)], ticks=25
    )
    content = path.read_bytes()
    at = content.index(b"\x44\x89\x88") + 3  # its length in milliseconds, in the head
    assert struct.unpack(">d", content[at : at + 8]) == (22040.0,)
    for length, problems in ((42040.0, ()), (43040.0, ("cut short: 23.0 of 43.0 s",))):
        path.write_bytes(content[:at] + struct.pack(">d", length) + content[at + 8 :])
        assert read_clip(path, None, SETTINGS).problems == problems


def test_a_longer_track_that_nobody_reads_does_not_cut_a_film_short(tmp_path: Path) -> None:
    path = tmp_path / "two.mp4"
    with av.open(str(path), "w") as output:
        video = output.add_stream("mpeg4", rate=10)
        video.height, video.width = 120, 160
        voices = [output.add_stream("aac", rate=16000, layout="mono") for _ in range(2)]
        for _ in range(10):
            output.mux(video.encode(av.VideoFrame.from_ndarray(picture(20), format="rgb24")))
        for voice, seconds in zip(voices, (1, 3), strict=True):
            wave = av.AudioFrame.from_ndarray(sound(seconds)[None], format="fltp", layout="mono")
            wave.sample_rate = 16000
            output.mux(voice.encode(wave))
        for stream in (video, *voices):
            output.mux(stream.encode(None))
    assert probe(path).duration == pytest.approx(3.0, abs=0.1)
    clip = read_clip(path, path, SETTINGS)
    assert clip.duration == pytest.approx(1.0, abs=0.1)
    assert clip.problems == ()


def test_a_track_that_is_not_read_may_be_longer(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    write_video(film, [picture(20)] * 10, 10, sound(3))
    assert read_clip(film, None, SETTINGS).duration == pytest.approx(1.0, abs=0.15)
    assert read_clip(film, None, SETTINGS).problems == ()


def test_nothing_usable_is_one_line_naming_each_reason_once(tmp_path: Path) -> None:
    mute = tmp_path / "mute.mp4"
    write_video(mute, [picture(None)] * 3, 10)
    with pytest.raises(
        MediaError, match=r"no face found in 3 pictures; no sound in this file"
    ) as told:
        read_clip(mute, mute, SETTINGS)
    assert str(told.value).count("mute.mp4") == 1
    with pytest.raises(MediaError) as caught:
        read_clip(tmp_path / "absent.mp4", tmp_path / "absent.mp4", SETTINGS)
    assert str(caught.value).count("no such file") == 1
    with pytest.raises(MediaError, match="needs a file"):
        read_clip(None, None, SETTINGS)


def test_pictures_without_the_face_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "leaves.mp4"
    write_video(path, [picture(20 if k < 10 else None) for k in range(40)], 10)
    clip = read_clip(path, None, SETTINGS)
    assert_consistent(clip)
    assert clip.looked_at == 40
    assert clip.times[0] == 0.0
    assert 0.8 <= clip.times[-1] <= 1.4


def test_all_faces_are_kept_and_the_crops_are_the_main_ones(tmp_path: Path) -> None:
    path = tmp_path / "two.mp4"
    both = picture(20)
    both[90:110, 120:140] = 220
    write_video(path, [both] * 10, 10)

    class Two(Bright):
        def _one(self, _: np.ndarray) -> Detections:
            boxes = np.array([[120, 90, 140, 110], [20, 40, 60, 80]], np.float32)
            return Detections(boxes, np.array([0.9, 0.9], np.float32))

    register("bright", Two)
    clip = read_clip(path, None, SETTINGS)
    assert [len(face) for face in clip.faces] == [10, 10]
    np.testing.assert_array_equal(clip.boxes, clip.faces[0].boxes)
    assert clip.boxes[0].tolist() == [20, 40, 60, 80]
    assert clip.frames.shape == (10, 32, 32, 3)
    assert clip.frames[:, 4:-4, 4:-4].mean() > 200


def test_a_clip_can_be_streamed_and_cropped_again(film: Path) -> None:
    crops: list[np.ndarray] = []
    sound: list[np.ndarray] = []
    whole = read_clip(film, film, SETTINGS)
    found = stream_clip(film, film, SETTINGS, crops=crops.append, sound=sound.append)
    np.testing.assert_array_equal(crops, whole.frames)
    np.testing.assert_array_equal(np.concatenate(sound), whole.audio)
    assert (found.samples, found.duration) == (len(whole.audio), whole.duration)
    again: list[np.ndarray] = []
    large = SETTINGS.model_copy(update={"size": 48})
    second = stream_clip(
        film, None, large, crops=again.append, sound=sound.append, faces=found.faces
    )
    assert np.stack(again).shape == (30, 48, 48, 3)
    assert (second.samples, second.problems) == (0, ())
    np.testing.assert_array_equal(second.faces.tracks[0].boxes, whole.boxes)


def test_a_still_face_is_taken_whole(tmp_path: Path) -> None:
    face = np.arange(48 * 48, dtype=np.uint32).reshape(48, 48) % 251
    Image.fromarray(face.astype(np.uint8)).save(tmp_path / "face.png")
    for settings in (ClipSettings(faces="whole", size=48), ClipSettings(detector="none", size=48)):
        clip = read_clip(tmp_path / "face.png", None, settings)
        np.testing.assert_array_equal(clip.frames[0], np.repeat(face[..., None], 3, 2))
        assert (clip.times.tolist(), clip.scores.tolist(), clip.duration) == ([0.0], [1.0], 0.0)
        assert clip.boxes.tolist() == [[0, 0, 48, 48]]


def test_how_often_to_detect_changes_little(film: Path) -> None:
    often = read_clip(film, None, SETTINGS)
    seldom = read_clip(film, None, SETTINGS.model_copy(update={"detect_every": 7}))
    assert len(seldom.times) == 30
    np.testing.assert_allclose(often.boxes, seldom.boxes, atol=2.5)


def test_settings_are_checked_and_survive_json() -> None:
    for wrong in ({"size": 0}, {"frame_rate": 0}, {"margin": -1}, {"faces": "both"}, {"x": 1}):
        with pytest.raises(ValidationError):
            ClipSettings.model_validate(wrong)
    assert ClipSettings.model_validate_json(SETTINGS.model_dump_json()) == SETTINGS
    for wrong in ({"detector": "dlib"}, {"detector": "none"}, {"faces": "whole"}):
        with pytest.raises(ValidationError, match="no eyes' places to turn by"):
            ClipSettings.model_validate({**wrong, "align": True})


def test_settings_of_detection_leave_out_sound_and_crops() -> None:
    other = {"rate": 8000, "size": 64, "margin": 2.0, "border": "zeros", "align": True}
    assert ClipSettings(**other).detection() == ClipSettings().detection()
    for change in ({"threshold": 0.7}, {"detect_every": 1}, {"frame_rate": 5}, {"faces": "whole"}):
        assert ClipSettings(**change).detection() != ClipSettings().detection()


@pytest.mark.data
@pytest.mark.parametrize("folder", ["crema-d/VideoFlash", "clips/voxceleb2", "clips/grid"])
def test_real_clips_give_a_face_throughout_and_sound(data: Path, folder: str) -> None:
    for path in sorted((data / folder).iterdir())[:3]:
        clip = read_clip(path, path)
        assert_consistent(clip, 112)
        assert clip.problems == ()
        assert len(clip.times) >= 0.95 * clip.looked_at >= 0.9 * 10 * clip.duration - 2
        assert len(clip.audio) / 16000 == pytest.approx(clip.duration, abs=0.2)
