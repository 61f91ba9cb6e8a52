"""Whose voice is it? Every film's sound with its own face and with that of every other film.

    python experiments/attribution.py --films CREMA-D/VideoFlash clips/

Of each pair of films the windows that both have are looked at: two faces, and the sound of one. How
often does the rule of `mrpn.recognition.attribution` give the voice to the face that speaks, to the
other one, or leave it to both? The films' faces talk all the time, so that both mouths move: the
hard case.
"""

import argparse
from itertools import permutations
from pathlib import Path

import torch
from scripting import run_script

from mrpn.common.errors import MediaError
from mrpn.common.files import file_digest, write_json
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say, track
from mrpn.corpora.scan import VIDEO_SUFFIXES, media_files
from mrpn.evaluation import wilson_interval
from mrpn.recognition import Recognizer
from mrpn.recognition.attribution import attribute
from mrpn.recognition.choosing import default_weights
from mrpn.recognition.judging import Window
from mrpn.recognition.recording import Reader

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Read every film once, pair them, count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--films", type=Path, nargs="+", required=True, help="folders of films")
    parser.add_argument("--weights", help="a name or a file; by default those that ship")
    target = ROOT / "experiments" / "results" / "attribution"
    parser.add_argument("--out", type=Path, default=target)
    given = parser.parse_args()
    torch.set_num_threads(1)
    paths = [f / name for f in given.films for name in media_files(f, VIDEO_SUFFIXES)]
    recognizer = Recognizer.from_pretrained(given.weights or default_weights())
    reader = Reader(recognizer.scorer, recognizer.preprocessing, recognizer.windows)
    films = {
        path.name: [w for w in reader.file(path).windows(recognizer.windows) if spoken(w)]
        for path in track(paths, "films", len(paths))
    }
    counts = {"right": 0, "shared": 0, "wrong": 0}
    for one, other in permutations(films, 2):
        for heard, seen in zip(films[one], films[other], strict=False):
            counts[judged(heard, seen)] += 1
    windows = sum(counts.values())
    if not windows:
        raise MediaError(
            f"{', '.join(map(str, given.films))}: {len(paths)} films, no two of which have a face "
            "and speech at the same time; name folders with more"
        )
    result = {
        "films": {path.name: file_digest(path)[:12] for path in paths},
        "windows": windows,
        "counts": counts,
        "shares": {name: count / windows for name, count in counts.items()},
        "intervals": {name: wilson_interval(count, windows) for name, count in counts.items()},
        "machine": describe_machine(),
    }
    write_json(given.out / "attribution.json", result)
    for name, count in counts.items():
        say(f"{name}: {count} of {windows} windows, {100 * count / windows:.1f} %")


def spoken(window: Window) -> bool:
    """Whether a window has a face, and speech."""
    return bool(window.faces) and window.heard is not None and window.heard.speech > 0


def judged(heard: Window, seen: Window) -> str:
    """Return whether the sound of one window goes to its own face beside another's."""
    if heard.heard is None:
        return "shared"
    mouths = [heard.faces[0].mouth, seen.faces[0].mouth]
    voices = attribute(mouths, heard.start, heard.heard.loudness, heard.heard.step)
    return {"own": "right", "other": "wrong"}.get(voices[0], "shared")


if __name__ == "__main__":
    run_script(main, resumes=False)
