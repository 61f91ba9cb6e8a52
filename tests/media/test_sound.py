import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mrpn.common.errors import MediaError
from mrpn.media import probe, read_audio, write_video

Writer = Callable[..., Path]


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
