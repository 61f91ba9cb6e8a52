import struct
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from filming import film, flash_tags
from mrpn.common.errors import MediaError
from mrpn.media import iter_audio, probe, read_audio, write_video
from zips import packed

Writer = Callable[..., Path]
BLACK = np.zeros((48, 64, 3), np.uint8)


def tone(rate: int = 16000) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)


def test_stereo_is_averaged(make_wav: Writer) -> None:
    left, right = np.full(160, 0.5), np.full(160, -0.25)
    samples = read_audio(make_wav(np.stack([left, right])))
    np.testing.assert_allclose(samples, np.full(160, 0.125), atol=1e-4)


def test_two_equal_channels_are_as_loud_as_one(make_wav: Writer) -> None:
    both = read_audio(make_wav(np.stack([tone(), tone()])))
    one = read_audio(make_wav(tone(), name="mono.wav"))
    np.testing.assert_allclose(both, one, atol=1e-6)


@pytest.mark.parametrize(("width", "tolerance"), [(1, 1 / 128), (2, 1e-4), (3, 1e-6), (4, 1e-6)])
def test_every_sample_width_gives_the_same_wave(
    make_wav: Writer, width: int, tolerance: float
) -> None:
    samples = read_audio(make_wav(tone(), width=width))
    assert samples.dtype == np.float32
    np.testing.assert_allclose(samples, tone(), atol=tolerance)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
def test_other_rates_become_16_khz(make_wav: Writer, rate: int) -> None:
    samples = read_audio(make_wav(tone(rate), rate=rate))
    assert abs(len(samples) - 16000) <= 2
    np.testing.assert_allclose(samples[500:15500], tone()[500:15500], atol=2e-3)


def test_an_extra_riff_chunk_is_passed_over(make_wav: Writer) -> None:
    path = make_wav(tone())
    plain = read_audio(path)
    content = path.read_bytes()
    at = content.index(b"data")
    chunk = b"FLLR" + struct.pack("<I", 4044) + bytes(4044)
    path.write_bytes(content[:at] + chunk + content[at:])
    np.testing.assert_array_equal(read_audio(path), plain)


def test_a_cut_off_wav_gives_what_is_there(make_wav: Writer) -> None:
    path = make_wav(tone())
    path.write_bytes(path.read_bytes()[:16044])
    samples = read_audio(path)
    np.testing.assert_allclose(samples, tone()[: len(samples)], atol=1e-4)
    assert 7900 <= len(samples) <= 8000


def test_float_sound_beyond_1_is_clipped_and_nan_is_silence(tmp_path: Path) -> None:
    values = np.array([0.25, 3.0, -3.0, np.nan], "<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, 1, 16000, 64000, 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", 16) + values
    path = tmp_path / "float.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    np.testing.assert_array_equal(read_audio(path), [0.25, 1.0, -1.0, 0.0])


def test_silence_is_zeros(make_wav: Writer) -> None:
    np.testing.assert_array_equal(read_audio(make_wav(np.zeros(16000))), np.zeros(16000))


def test_a_wav_without_samples_and_a_mute_video_are_one_clear_line(
    make_wav: Writer, mute: Path
) -> None:
    with pytest.raises(MediaError, match=r"a\.wav: .*sound"):
        read_audio(make_wav(np.zeros(0)))
    with pytest.raises(MediaError, match=r"mute\.mp4: no sound in this file"):
        read_audio(mute)


def test_sound_of_a_video_is_on_the_pictures_clock(tmp_path: Path) -> None:
    click = np.zeros(16000, np.float32)
    click[8000] = 1.0
    path = tmp_path / "click.mp4"
    write_video(path, [np.zeros((48, 64, 3), np.uint8)] * 10, 10, click)
    assert abs(int(np.argmax(np.abs(read_audio(path)))) - 8000) <= 2


def loud(samples: np.ndarray) -> list[tuple[float, float]]:
    """Return from when to when the sound is not silent, in seconds to two places."""
    on = np.concatenate([[0], (np.abs(samples) > 0.2).astype(int), [0]])
    edges = np.flatnonzero(np.diff(on)) / 16000
    return [(round(a, 2), round(b, 2)) for a, b in edges.reshape(-1, 2).tolist()]


def steady(seconds: float) -> np.ndarray:
    return np.full(round(seconds * 16000), 0.5, np.float32)


@pytest.mark.parametrize("start", [0.5, 7.25])
def test_sound_that_starts_after_the_picture_is_preceded_by_zeros(
    tmp_path: Path, start: float
) -> None:
    pictures = [(k / 4, BLACK) for k in range(40)]
    samples = read_audio(film(tmp_path / "a.mkv", pictures, [(start, steady(1))]))
    assert loud(samples) == [(start, start + 1)]


def test_sound_that_starts_before_the_picture_starts_at_zero(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", [(2.0, BLACK), (2.5, BLACK)], [(1.5, steady(1))])
    assert loud(read_audio(path)) == [(0, 1)]


def test_a_pause_between_stamps_is_silence_as_long(tmp_path: Path) -> None:
    sounds = [(0, steady(1)), (3, steady(0.5)), (8.2, steady(1))]
    path = film(tmp_path / "a.mkv", [(k / 4, BLACK) for k in range(40)], sounds)
    assert loud(read_audio(path)) == [(0, 1), (3, 3.5), (8.2, 9.2)]


def flash(path: Path, stamps: list[int]) -> Path:
    """Write a Flash file of tenths of a second of sound, stamped in milliseconds."""
    parts = [(k / 10, np.full(2205, 0.3 + 0.01 * k, np.float32)) for k in range(len(stamps))]
    film(path, [], parts, sound_rate=22050)
    content = bytearray(path.read_bytes())
    for tag, stamp in zip(flash_tags(content, 8), stamps, strict=True):
        content[tag + 4 : tag + 8] = stamp.to_bytes(4, "big")[1:] + stamp.to_bytes(4, "big")[:1]
    path.write_bytes(bytes(content))
    return path


@pytest.mark.parametrize(
    ("stamps", "spans"),
    [
        ([0, 100, 200, 300], [(0, 0.4)]),
        ([3, 98, 204, 297], [(0, 0.4)]),  # rounding and jitter
        ([0, 100, 2_000_000_000, 300, 400], [(0, 0.5)]),  # one that cannot be right
        ([0, 100, 3000, 300, 400], [(0, 0.5)]),  # and one that might be, but for the next
        ([0, 100, 200, 0, 100, 200], [(0, 0.3)]),  # repeated: what overlaps is dropped
        ([5000, 5100, 0, 100], [(0, 0.4)]),  # started anew
        ([0, 100, 600, 700], [(0, 0.2), (0.6, 0.8)]),
    ],
)
def test_stamps_place_the_sound_as_far_as_they_can_be_believed(
    tmp_path: Path, stamps: list[int], spans: list[tuple[float, float]]
) -> None:
    found = loud(read_audio(flash(tmp_path / "a.flv", stamps)))
    np.testing.assert_allclose(found, spans, atol=0.011)


def test_many_long_pauses_do_not_make_hours_of_silence(tmp_path: Path) -> None:
    path = flash(tmp_path / "a.flv", [k * 500_000 for k in range(60)])
    assert len(read_audio(path)) < 16000 * 700


def test_blocks_of_a_second_make_the_whole(make_wav: Writer) -> None:
    path = make_wav(np.tile(tone(44100), 5), rate=44100)
    blocks = list(iter_audio(path))
    assert all(16000 <= len(block) < 20000 for block in blocks[:-1])
    np.testing.assert_array_equal(np.concatenate(blocks), read_audio(path))
    assert abs(sum(len(block) for block in blocks) - 5 * 16000) <= 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's peak memory")
def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    peaks = []
    script = (
        "import resource, sys; from pathlib import Path; from mrpn.media import iter_audio\n"
        "total = sum(len(block) for block in iter_audio(Path(sys.argv[1])))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    for minutes in (1, 20):
        path = tmp_path / f"{minutes}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(22050)
            file.writeframes(bytes(2 * 22050 * 60 * minutes))
        ran = subprocess.run(
            [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
        )
        peaks.append(int(ran.stdout) / 1024)
    assert peaks[1] - peaks[0] < 10


def test_sound_in_an_archive_is_read_as_from_its_folder(make_wav: Writer) -> None:
    path = make_wav(tone())
    np.testing.assert_array_equal(read_audio(packed(path)), read_audio(path))


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [(24, 1, "1 samples per second"), (24, 2**31 - 1, "samples per second"), (22, 300, "channels")],
)
def test_an_absurd_header_is_refused(make_wav: Writer, at: int, value: int, reason: str) -> None:
    path = make_wav(tone())
    content = bytearray(path.read_bytes())
    size = 2 if at == 22 else 4
    content[at : at + size] = value.to_bytes(size, "little")
    path.write_bytes(bytes(content))
    for read in (probe, read_audio):
        with pytest.raises(MediaError, match=rf"a\.wav: .*{reason}"):
            read(path)


def test_a_rate_of_zero_is_one_clear_line(make_wav: Writer) -> None:
    with pytest.raises(MediaError, match="rate > 0"):
        read_audio(make_wav(tone()), 0)


@pytest.mark.data
def test_real_originals_are_read_as_mono_16_khz(data: Path) -> None:
    files = sorted((data / "ravdess" / "original_48k").glob("*.wav"))
    channels = {file.stem: probe(file).audio_channels for file in files}
    assert sorted(s for s, n in channels.items() if n == 2) == [
        "03-01-02-01-01-02-01",
        "03-01-03-01-02-01-20",
    ]
    for file in files:
        samples = read_audio(file)
        assert samples.ndim == 1
        assert abs(len(samples) - probe(file).duration * 16000) < 20


@pytest.mark.data
def test_a_real_original_agrees_with_its_16_khz_flac(data: Path) -> None:
    stem = "03-01-05-01-01-01-01"
    original = read_audio(data / "ravdess" / "original_48k" / f"{stem}.wav")
    flac = read_audio(data / "ravdess" / "Audio_Speech_Actors_01-24" / "Actor_01" / f"{stem}.flac")
    assert abs(len(original) - len(flac)) <= 2
    length = min(len(original), len(flac))
    assert np.corrcoef(original[:length], flac[:length])[0, 1] > 0.999


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "clips/grid/bbaf2n.mpg",
        "clips/voxceleb2/00002.mp4",
        "crema-d/VideoFlash/1001_DFA_ANG_XX.flv",
        "crema-d/AudioMP3/1002_DFA_ANG_XX.mp3",
        "crema-d/AudioWAV/1002_DFA_ANG_XX.wav",
    ],
)
def test_every_container_gives_its_whole_length(data: Path, name: str) -> None:
    samples = read_audio(data / name)
    assert abs(len(samples) / 16000 - probe(data / name).duration) < 0.1
    assert 0.01 < np.abs(samples).max() <= 1.0
