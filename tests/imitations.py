"""RAVDESS and CREMA-D in their layouts and names, with a few tiny films of noise in them."""

import shutil
from pathlib import Path

import numpy as np

from mrpn.corpora import EMOTIONS
from mrpn.corpora.crema_d_tables import EMOTION_OF
from mrpn.media import write_video, write_wav

SIZE, RATE, SECONDS = 16, 4, 1.3
# One actor of each of RAVDESS's twelve folds, and of each of CREMA-D's nine.
MEN = tuple(range(1, 25, 2))
ALL_OF_RAVDESS = tuple(range(1, 25))
NINE = (1001, 1007, 1013, 1025, 1041, 1050, 1058, 1070, 1079)


def film(path: Path, label: int) -> Path:
    """Write a film with a tone and a grey that tell its class."""
    rng = np.random.default_rng(label)
    frames = rng.integers(0, 60, (round(RATE * SECONDS), SIZE, SIZE, 3)) + 20 * label
    time = np.arange(round(16000 * SECONDS)) / 16000
    wave = 0.4 * np.sin(2 * np.pi * 250 * (label + 1) * time) + rng.normal(0, 0.02, len(time))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_video(path, frames.astype(np.uint8), RATE, wave.astype(np.float32))
    return path


def write_ravdess(folder: Path, actors: tuple[int, ...] = MEN) -> Path:
    """Write a trial of each of the eight emotions for every actor."""
    for number in range(1, len(EMOTIONS) + 1):
        pattern = film(folder.parent / f"{folder.name}-{number}.mp4", number - 1)
        for actor in actors:
            place = folder / f"Actor_{actor:02}" / f"01-01-{number:02}-01-01-01-{actor:02}.mp4"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(pattern, place)
        pattern.unlink()
    return folder


def write_ravdess_voices(folder: Path, seconds: float = 1.2) -> Path:
    """Write two recordings of each of the 24 actors; every four say all of the eight emotions."""
    time = np.arange(round(16000 * seconds)) / 16000
    for actor in ALL_OF_RAVDESS:
        rng = np.random.default_rng(actor)
        for number in (2 * actor % 8 + 1, 2 * actor % 8 + 2):
            wave = 0.4 * np.sin(2 * np.pi * 250 * number * time) + rng.normal(0, 0.05, len(time))
            place = folder / f"Actor_{actor:02}" / f"03-01-{number:02}-01-01-01-{actor:02}.wav"
            place.parent.mkdir(parents=True, exist_ok=True)
            write_wav(place, wave.astype(np.float32))
    return folder


def write_crema_d(folder: Path, actors: tuple[int, ...] = NINE) -> Path:
    """Write a clip of each of the six emotions for every actor, and the table that lists them."""
    names = []
    for label, code in enumerate(EMOTION_OF):
        pattern = film(folder / "VideoFlash" / f"{code}.mp4", label)
        for actor in actors:
            names.append(f"{actor}_DFA_{code}_XX")
            shutil.copyfile(pattern, pattern.with_name(f"{names[-1]}.mp4"))
        pattern.unlink()
    lines = ["Stimulus_Number,Filename", *(f"{n},{name}" for n, name in enumerate(names))]
    (folder / "SentenceFilenames.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def write_voxceleb(folder: Path) -> Path:
    """Write eight speakers of three utterances each."""
    rng = np.random.default_rng(0)
    time = np.arange(round(16000 * SECONDS)) / 16000
    for speaker in range(1, 9):
        for number in range(1, 4):
            wave = 0.4 * np.sin(2 * np.pi * 200 * speaker * time) + rng.normal(0, 0.05, len(time))
            place = folder / "wav" / f"id1000{speaker}" / "session" / f"{number:05}.wav"
            place.parent.mkdir(parents=True, exist_ok=True)
            write_wav(place, wave.astype(np.float32))
    return folder
