"""How fast recordings are recognised, how soon live, and in how much memory.

    python benchmarks/recognition.py [--weights NAME] [--parts speed live start memory] [--out DIR]

Films of a drawn talking face with camera grain and sound, 30 pictures a second, from file to
timeline on all cores. Without --weights the network is N2 of width 16 on grey 48-pixel faces and
256 x 250 segments every 0.4 s, untrained: speed does not depend on its values. Asked for: 3 times
real time at 1280x720, 6 times at 640x360; a live window's answer in under 150 ms after its last
picture; the first result of a fresh process within 4 s; an hour in under 1 GB. Exits with 1 if a
limit is missed.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import torch
from measuring import cores, make_film, peak_memory, table

from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.inputs import Preprocessing
from mrpn.network import BranchSpec, NetworkSpec, Target, build_network
from mrpn.recognition import Recognizer
from mrpn.recognition.playing import Session, play
from mrpn.weights import WeightsHeader, save_weights

SPEEDS = {(1280, 720): 3.0, (640, 360): 6.0}
MOST_LATENCY, MOST_START, MOST_MEMORY = 0.150, 4.0, 1000
PREDICT = "import sys; from mrpn import Recognizer as R; R.from_pretrained(sys.argv[1], "
CLASSES = ("angry", "disgust", "fearful", "happy", "neutral", "sad", "surprised")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=str, default=None)
    parser.add_argument("--parts", nargs="+", default=["speed", "live", "start", "memory"])
    parser.add_argument("--seconds", type=int, default=60, help="length of the films for speed")
    parser.add_argument("--work", type=Path, default=Path(gettempdir()) / "mrpn-recognition")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    # Threads within so small operations cost more than they bring.
    torch.set_num_threads(1)
    given.work.mkdir(parents=True, exist_ok=True)
    weights = given.weights or str(untrained(given.work / "untrained.safetensors"))
    rows: list[tuple[str, float, float, bool]] = []
    for part in given.parts:
        rows += PARTS[part](weights, given.work, given.seconds)
    values: dict[str, dict[str, Any]] = {}
    if given.out is not None and (given.out / "recognition.json").exists():
        # The parts may be measured one by one.
        values = json.loads((given.out / "recognition.json").read_text("utf-8"))["measured"]
    machine = describe_machine()
    # The code that was measured, as the parts may be of different times.
    values |= {
        n: {"value": v, "limit": limit, "reached": ok, "code": machine["code"]}
        for n, v, limit, ok in rows
    }
    shown = [
        (name, f"{each['value']:.2f}", f"{each['limit']:g}", "yes" if each["reached"] else "NO")
        for name, each in values.items()
    ]
    text = table(("what", "measured", "asked for", "reached"), shown)
    print(text)
    if given.out is not None:
        about = {"machine": machine, "weights": given.weights or "untrained"}
        write_json(given.out / "recognition.json", {**about, "measured": values})
        write_text(given.out / "recognition.md", text + "\n")
    sys.exit(not all(ok for *_, ok in rows))


def untrained(path: Path) -> Path:
    values = {
        "clip": {"faces": "whole", "size": 48},
        "spectrogram": {"step": 0.4},
        "channels": 1,
    }
    branches = {
        "audio": BranchSpec(in_channels=1, width=16, features=128),
        "video": BranchSpec(in_channels=1, width=16, stem_stride=1, features=128),
    }
    target = {"class": Target(size=len(CLASSES))}
    spec = NetworkSpec(branches=branches, targets=target, hidden=128)
    header = WeightsHeader(
        network=spec,
        classes={"class": CLASSES},
        preprocessing=Preprocessing.model_validate(values).model_dump(mode="json"),
    )
    save_weights(path, build_network(spec), header)
    return path


def speed(weights: str, work: Path, seconds: int) -> list[tuple[str, float, float, bool]]:
    recognizer = Recognizer.from_pretrained(weights, threads=cores())
    rows = []
    for size, least in SPEEDS.items():
        film = make_film(work / f"{size[0]}x{size[1]}-{seconds}.mp4", size, seconds)
        start = time.perf_counter()
        result = recognizer.predict(film)
        factor = result.duration / (time.perf_counter() - start)
        rows.append((f"{size[0]}x{size[1]}, x real time", factor, least, factor >= least))
    return rows


def live(weights: str, work: Path, seconds: int) -> list[tuple[str, float, float, bool]]:
    film = make_film(work / f"640x360-{seconds}.mp4", (640, 360), seconds)
    session = Session()
    list(play(film, Recognizer.from_pretrained(weights), speed=1.0, session=session))
    middle = 1000 * statistics.median(session.latencies)
    dropped = session.dropped / max(1, session.dropped + session.pictures)
    return [
        ("live latency, median, ms", middle, 1000 * MOST_LATENCY, middle <= 1000 * MOST_LATENCY),
        ("live, pictures dropped, %", 100 * dropped, 1, dropped <= 0.01),
    ]


def start(weights: str, work: Path, _: int) -> list[tuple[str, float, float, bool]]:
    film = make_film(work / "start.mp4", (640, 360), 4)
    command = [sys.executable, "-c", PREDICT + ").predict(sys.argv[2])", weights, str(film)]
    seconds = min(peak_memory(command)[0] for _ in range(2))
    return [("first result of a process, s", seconds, MOST_START, seconds <= MOST_START)]


def memory(weights: str, work: Path, _: int) -> list[tuple[str, float, float, bool]]:
    rows = []
    for length in (60, 3600):
        film = make_film(work / f"640x360-{length}.mp4", (640, 360), length)
        how = f"threads={cores()}).predict(sys.argv[2])"
        command = [sys.executable, "-c", PREDICT + how, weights, str(film)]
        _, peak = peak_memory(command)
        rows.append((f"memory over {length} s, MiB", peak, MOST_MEMORY, peak <= MOST_MEMORY))
    return rows


PARTS = {"speed": speed, "live": live, "start": start, "memory": memory}

if __name__ == "__main__":
    main()
