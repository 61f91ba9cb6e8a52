"""What several benchmarks share: the memory of a tree of processes, long films, a table."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import av
import numpy as np

from mrpn.corpora.synthetic import render_clip
from mrpn.media import write_video

_RENDERED_SECONDS = 4.0
_GRAIN = 4
_QUALITY = 23
# Between repetitions: decoding starts a little before the first picture and sound.
_GAP = 0.2


def peak_memory(command: Sequence[str]) -> tuple[float, int]:
    """Run a command; return its seconds, and the peak memory of all its processes in MiB.

    Memory shared by processes counts once (PSS), looked at five times a second.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_pss, _tree(process.pid))))
        time.sleep(0.2)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: ended with {process.returncode}")
    return time.perf_counter() - start, peak // 1024


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _tree(int(child)))]


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def make_film(path: Path, size: tuple[int, int], seconds: int, rate: float = 30.0) -> Path:
    """Write a talking face with camera grain and sound, `seconds` long; kept if it is there.

    A few seconds are drawn and coded, and their packets repeated: a film of hours in moments.
    """
    if path.exists():
        return path
    drawn = path.with_name(f"drawn-{size[0]}x{size[1]}.mp4")
    if not drawn.exists():
        clip = render_clip("happy", size=size, rate=rate, duration=_RENDERED_SECONDS)
        write_video(drawn, _grainy(clip.frames), rate, clip.audio, crf=_QUALITY)
    _repeat(drawn, path, max(1, round(seconds / (_RENDERED_SECONDS + _GAP))))
    return path


def _grainy(frames: Iterable[np.ndarray]) -> Iterable[np.ndarray]:
    rng = np.random.default_rng(0)
    for frame in frames:
        grain = rng.integers(-_GRAIN, _GRAIN + 1, frame.shape[:2])[..., None]
        yield (frame + grain).clip(0, 255).astype(np.uint8)


def _repeat(source: Path, target: Path, times: int) -> None:
    """Write a film's packets again and again, one after the other in time."""
    partial = target.with_suffix(".partial.mp4")
    with av.open(str(partial), "w") as out:
        streams = {}
        for number in range(times):
            with av.open(str(source)) as film:
                for stream in film.streams:
                    if stream.index not in streams:
                        streams[stream.index] = out.add_stream_from_template(stream)
                length = film.duration / av.time_base + _GAP
                for packet in film.demux():
                    if packet.dts is None:
                        continue
                    shift = round(number * length / packet.time_base)
                    packet.pts += shift
                    packet.dts += shift
                    packet.stream = streams[packet.stream.index]
                    out.mux(packet)
    partial.replace(target)


def seconds_of(job: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def cores() -> int:
    """Return how many cores there are to use."""
    return len(os.sched_getaffinity(0))
