"""The whole files that fuzzing spoils: real ones where they are at hand, and some made here."""

import os
import shutil
import tarfile
from itertools import islice
from pathlib import Path

import av
import numpy as np
from PIL import Image

from filming import bars, film
from mrpn.media import write_video, write_wav
from zips import packed

# Files are cut short where their format allows it: what is spoilt is a header or the beginning.
_REAL = {
    "crema-d/VideoFlash/1001_DFA_HAP_XX.flv": 90_000,
    "clips/grid/bbaf2n.mpg": 120_000,
    "ravdess/original_48k/03-01-05-01-01-01-01.wav": 120_000,
    "ravdess/original_48k/03-01-02-01-01-02-01.wav": 120_000,
    "ravdess/Audio_Speech_Actors_01-24/Actor_03/03-01-05-01-01-01-03.flac": 30_000,
    "crema-d/AudioMP3/1002_DFA_ANG_XX.mp3": 20_000,
    "ravdess/video_sample/processed_video_example.mp4": None,
}
_REAL_FILMS = ("clips/voxceleb2/00002.mp4", "clips/voxceleb2/681100216.mp4")
_FACES = 3
_SECONDS = 0.8


def gather(folder: Path) -> list[Path]:
    """Write the files into a folder; return them in a fixed order."""
    folder.mkdir(parents=True, exist_ok=True)
    data = real_data()
    paths = _made(folder)
    if data is not None:
        paths += _real(data, folder)
    return sorted(paths)


def real_data() -> Path | None:
    """Return the folder of real data; None where there is none."""
    default = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
    folder = Path(os.environ.get("MRPN_DATA", default)).resolve()
    return folder if (folder / "clips").is_dir() else None


def _real(data: Path, folder: Path) -> list[Path]:
    paths = []
    for name, length in _REAL.items():
        source = data / name
        paths.append(folder / f"real-{source.name}")
        paths[-1].write_bytes(source.read_bytes()[:length])
    for name in _REAL_FILMS:
        paths.append(folder / f"real-{Path(name).name}")
        _shorten(data / name, paths[-1])
    with tarfile.open(data / "fer2013" / "fer2013.tar.xz", "r|xz") as archive:
        faces = (member for member in archive if member.name.endswith((".jpg", ".jpeg")))
        for number, member in enumerate(islice(faces, _FACES)):
            paths.append(folder / f"real-face-{number}.jpg")
            content = archive.extractfile(member)
            assert content is not None
            paths[-1].write_bytes(content.read())
    return paths


def _shorten(source: Path, target: Path) -> None:
    """Copy the first packets of a film as they are, sound and picture."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as part:
        streams = {s.index: part.add_stream_from_template(s) for s in whole.streams}
        for packet in whole.demux():
            if packet.dts is not None and packet.dts * packet.time_base < _SECONDS:
                packet.stream = streams[packet.stream.index]
                part.mux(packet)


def _made(folder: Path) -> list[Path]:
    rng = np.random.default_rng(0)
    pictures = [np.roll(bars(112, 80), 3 * k, axis=1) for k in range(12)]
    tone = (0.4 * np.sin(np.arange(16000) * 0.2)).astype(np.float32)
    timed = [(k / 12, picture) for k, picture in enumerate(pictures)]
    sound = [(k / 10, part) for k, part in enumerate(np.split(tone, 10))]
    made = {name: folder / f"made-{name}" for name in ("a.mp4", "a.wav")}
    write_video(made["a.mp4"], pictures, 12, tone)
    write_wav(made["a.wav"], tone)
    films = {
        "a.mkv": {"codec": "libx264", "options": {"x264-params": "interlaced=1"}},
        "a.flv": {"codec": "flv", "sound_codec": "pcm_s16le", "sound_rate": 22050},
        "a.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p", "color_range": 2},
        "a.mov": {"codec": "mpeg4"},
        "a.mpg": {"codec": "mpeg1video", "ticks": 25, "sound_codec": "mp2"},
    }
    for name, options in films.items():
        made[name] = film(folder / f"made-{name}", timed, sound, **options)  # type: ignore[arg-type]
    for name, codec in {"a.flac": "flac", "a.mp3": "libmp3lame", "a.ogg": "libopus"}.items():
        made[name] = film(folder / f"made-{name}", [], sound, sound_codec=codec)
    picture = Image.fromarray(bars())
    exif = Image.Exif()
    exif[0x0112] = 6
    for name in ("a.jpg", "a.png", "a.bmp", "a.webp", "a.tif"):
        made[name] = folder / f"made-{name}"
        picture.save(made[name], exif=exif)
    noise = folder / "noise.wav"
    write_wav(noise, rng.normal(0, 0.1, 8000).astype(np.float32))
    made["a.zip"] = folder / "made-a.zip"
    shutil.move(packed(noise, "noise.zip").parents[1], made["a.zip"])
    noise.unlink()
    return list(made.values())
