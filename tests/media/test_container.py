from pathlib import Path

import numpy as np
import pytest

from mrpn.common.errors import MediaError
from mrpn.media import MediaInfo, iter_frames, probe, read_audio
from zips import packed


def test_probe_names_the_codecs(movie: Path) -> None:
    info = probe(movie)
    assert (info.video_codec, info.audio_codec) == ("h264", "aac")
    assert (info.rotation, info.interlaced) == (0, False)


def cut_off(movie: Path) -> Path:
    """Return an mp4 whose index lay in the part that is gone."""
    content = movie.read_bytes()
    movie.write_bytes(content[: content.index(b"moov")])
    return movie


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_probe_tells_what_is_there(movie: Path, mute: Path) -> None:
    info = probe(movie)
    assert info.has_video
    assert info.has_audio
    assert (info.width, info.height, info.frame_rate, info.audio_channels) == (64, 48, 10.0, 1)
    assert info.duration == pytest.approx(2.0, abs=0.07)
    assert probe(mute) == MediaInfo(1.0, True, False, 64, 48, 8.0, video_codec="h264")


@pytest.mark.parametrize("read", [probe, read_audio, lambda path: list(iter_frames(path))])
def test_bad_files_are_one_clear_line_and_no_noise(
    read: object, tmp_path: Path, movie: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = b"this is not sound, it is a text\n" * 100
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    cases = {
        tmp_path / "absent.mp4": "no such file",
        tmp_path: "is a folder",
        written(tmp_path / "empty.mp4", b""): "empty",
        written(tmp_path / "text.wav", text): "not a media file",
        written(tmp_path / "text.txt", text): "holds text",
        written(tmp_path / "pointer.flv", pointer): "git lfs pull",
        written(tmp_path / "zeros.mp4", bytes(5000)): "not a media file",
        cut_off(movie): "cut off before its index",
    }
    for path, reason in cases.items():
        with pytest.raises(MediaError) as caught:
            read(path)  # type: ignore[operator]
        line = str(caught.value)
        assert line.startswith(f"{path}: ")
        assert reason in line
        assert "\n" not in line
    assert capfd.readouterr() == ("", "")


def test_bad_files_in_an_archive_are_one_clear_line(tmp_path: Path) -> None:
    for name, content, reason in [
        ("empty.mp4", b"", "empty"),
        ("text.wav", b"this is not sound\n" * 100, "not a media file"),
        ("pointer.flv", b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    ]:
        member = packed(written(tmp_path / name, content), f"{name}.zip")
        for read in (probe, read_audio, lambda path: list(iter_frames(path))):
            with pytest.raises(MediaError, match=rf"Actor_01/{name}: .*{reason}"):
                read(member)


def test_a_playlist_opens_no_other_file(tmp_path: Path, movie: Path) -> None:
    playlist = written(tmp_path / "list.m3u8", f"#EXTM3U\n#EXTINF:1,\n{movie}\n".encode())
    with pytest.raises(MediaError):
        read_audio(playlist)


def test_a_name_that_looks_like_an_address_is_a_file(tmp_path: Path, movie: Path) -> None:
    odd = movie.rename(tmp_path / "http:x #1%20.mp4")
    assert len(list(iter_frames(odd))) == 20


def test_damage_in_the_middle_costs_no_more_than_itself(movie: Path) -> None:
    content = bytearray(movie.read_bytes())
    start = content.index(b"mdat") + len(content) // 3
    content[start : start + 400] = np.random.default_rng(0).bytes(400)
    movie.write_bytes(content)
    assert 5 <= len(list(iter_frames(movie))) <= 20
    assert len(read_audio(movie)) > 8000


def damaged(content: bytes, kind: str, rng: np.random.Generator) -> bytes:
    at = int(rng.integers(1, len(content)))
    if kind == "cut":
        return content[:at]
    if kind == "gap":
        return content[:at] + content[at + int(rng.integers(1, 2000)) :]
    spoilt = bytearray(content)
    for place in rng.integers(0, len(content), 50):
        spoilt[place] = rng.integers(256)
    return bytes(spoilt)


@pytest.mark.parametrize("kind", ["cut", "gap", "noise"])
def test_whatever_the_damage_there_is_a_result_or_one_line(movie: Path, kind: str) -> None:
    rng = np.random.default_rng(0)
    content = movie.read_bytes()
    for _ in range(25):
        movie.write_bytes(damaged(content, kind, rng))
        for read in (probe, read_audio, lambda path: list(iter_frames(path))):
            try:
                read(movie)
            except MediaError as error:
                assert "\n" not in str(error)


@pytest.mark.data
def test_damage_that_looks_like_a_new_stream_is_passed_over(data: Path, tmp_path: Path) -> None:
    whole = (data / "crema-d" / "VideoFlash" / "1001_DFA_HAP_XX.flv").read_bytes()
    path = written(tmp_path / "gap.flv", whole[:188000] + whole[189500:])
    assert len(list(iter_frames(path))) >= 54
    assert len(read_audio(path)) > 25000
