"""How fast films are prepared against bare decoding, and how much memory an hour of film takes.

    python benchmarks/preparing.py [--work DIR] [--seconds 60] [--films 4] [--parts speed memory]

Speed: some films of a talking face at 1280x720 and 1920x1080, 30 pictures a second, are prepared
by `prepare` as it stands (processes started, faces found, tracked and cropped ten times a second,
sound resampled, all of it written), and decoded to RGB by PyAV alone, on the same cores: once by a
process with as many decoding threads as there are cores, once by as many processes; the faster one
counts. Rounds alternate. Preparing keeps at least 0.6 of that speed.
Memory: one hour and one minute of the 720p film, prepared alone; the peak over all processes. At
most 700 MiB for the hour, and at least half of that for the minute. Exits with 1 if a limit is not
kept.
"""

import argparse
import os
import shutil
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import av
from measuring import cores, make_film, peak_memory, seconds_of, table

from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.corpora import ClipRecord, Manifest
from mrpn.media import ClipSettings, probe
from mrpn.preparation import prepare

SIZES = ((1280, 720), (1920, 1080))
LEAST_SPEED = 0.6
MOST_MEMORY = 700
LEAST_SHARE = 0.5
PARTS = ("speed", "memory")


def decode(path: Path, threads: int) -> int:
    """Decode a film to RGB and nothing else; return the number of pictures."""
    with av.open(str(path)) as film:
        film.streams.video[0].thread_count = threads
        film.streams.video[0].thread_type = "AUTO"
        return sum(frame.to_ndarray(format="rgb24").shape[0] > 0 for frame in film.decode(video=0))


def decode_in_threads(films: list[Path]) -> None:
    """Decode films one after the other, each on all cores."""
    for film in films:
        decode(film, cores())


def decode_in_processes(films: list[Path]) -> None:
    """Decode films side by side, each on one core."""
    with ProcessPoolExecutor(cores(), mp_context=get_context("spawn")) as pool:
        list(pool.map(decode, films, [1] * len(films)))


def prepare_films(films: list[Path], out: Path) -> None:
    """Prepare films as `mrpn prepare` does."""
    shutil.rmtree(out, ignore_errors=True)
    records = tuple(
        ClipRecord(film.stem, "happy", film.stem, None, film.name, film.name) for film in films
    )
    manifest = Manifest("films", films[0].parent, ("happy",), records, kind="synthetic")
    corpus = prepare(manifest, out, ClipSettings())
    missing = [clip.record.id for clip in corpus.clips if not clip.has("video")]
    if missing:
        sys.exit(f"{missing[0]}: no face was found, there is nothing to measure")


def speed(work: Path, size: tuple[int, int], films: int, seconds: int, rounds: int) -> dict:
    """Return pictures per second of both, and the ratio of the medians."""
    first = make_film(work / f"film-{size[1]}-{seconds}.mp4", size, seconds)
    copies = [work / f"{first.stem}-{number}.mp4" for number in range(films)]
    for copy in copies:
        copy.unlink(missing_ok=True)
        os.link(first, copy)
    times: dict[str, list[float]] = {"prepare": [], "threads": [], "processes": []}
    for _ in range(rounds):
        times["threads"].append(seconds_of(lambda: decode_in_threads(copies)))
        times["prepare"].append(seconds_of(lambda: prepare_films(copies, work / "prepared")))
        times["processes"].append(seconds_of(lambda: decode_in_processes(copies)))
    medians = {name: statistics.median(values) for name, values in times.items()}
    bare = min(medians["threads"], medians["processes"])
    pictures = 30 * seconds * films
    return {
        "size": f"{size[0]}x{size[1]}",
        "megabits": round(8 * first.stat().st_size / seconds / 1e6, 1),
        "pictures": pictures,
        "prepared_per_second": round(pictures / medians["prepare"]),
        "decoded_per_second": round(pictures / bare),
        "times_real_time": round(seconds * films / medians["prepare"], 1),
        "ratio": round(bare / medians["prepare"], 2),
        "seconds": {name: [round(v, 2) for v in values] for name, values in times.items()},
    }


def memory(work: Path) -> dict:
    """Return the peak memory of preparing an hour and a minute."""
    result = {}
    for name, seconds in (("minute", 60), ("hour", 3600)):
        film = make_film(work / f"{name}.mp4", SIZES[0], seconds)
        command = [sys.executable, __file__, "--prepare-one", str(film)]
        taken, peak = peak_memory(command)
        length = probe(film).duration
        result[name] = {
            "film_seconds": round(length),
            "seconds": round(taken, 1),
            "times_real_time": round(length / taken, 1),
            "peak_mib": peak,
        }
    result["share"] = round(result["minute"]["peak_mib"] / result["hour"]["peak_mib"], 2)
    return result


def main() -> int:
    """Measure, write, and say by the exit code whether the limits are kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--work", type=Path, default=Path("runs/benchmarks"), help="for the films")
    parser.add_argument("--seconds", type=int, default=60, help="length of each film")
    parser.add_argument("--films", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--prepare-one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if given.prepare_one:
        prepare_films([given.prepare_one], given.prepare_one.with_suffix(".prepared"))
        return 0
    fine = True
    if "speed" in given.parts:
        speeds = [speed(given.work, s, given.films, given.seconds, given.rounds) for s in SIZES]
        head = ("size", "Mb/s", "pictures/s prepared", "decoded to RGB", "ratio", "x real time")
        keys = ("size", "megabits", "prepared_per_second", "decoded_per_second", "ratio")
        rows = [[s[key] for key in (*keys, "times_real_time")] for s in speeds]
        save(given.out / "preparing", {"speed": speeds}, table(head, rows))
        fine = all(s["ratio"] >= LEAST_SPEED for s in speeds)
    if "memory" in given.parts:
        found = memory(given.work)
        head = ("film", "s", "s to prepare", "x real time", "peak MiB")
        rows = [[name, *found[name].values()] for name in ("minute", "hour")]
        save(given.out / "memory", found, table(head, rows))
        fine = fine and found["hour"]["peak_mib"] <= MOST_MEMORY and found["share"] >= LEAST_SHARE
    return 0 if fine else 1


def save(path: Path, result: dict, text: str) -> None:
    """Print the table, and write it and the numbers."""
    print(text)
    machine = {"machine": describe_machine(), "made": time.strftime("%Y-%m-%d")}
    write_json(path.with_suffix(".json"), result | machine)
    write_text(path.with_suffix(".md"), text)


if __name__ == "__main__":
    sys.exit(main())
