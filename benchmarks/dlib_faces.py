"""Our way to the faces of a clip against the paper's: dlib's network on every picture.

    python benchmarks/dlib_faces.py [--frames 8] [--data DIR] [--model FILE] [--out DIR]

Over all real clips, on one core each. Ours is everything: decoding, detection, tracking, and crops
at ten pictures a second. Theirs is dlib's detection alone, on every picture of the file at full
resolution; since that takes minutes for a clip, it is run on some pictures, evenly chosen, and its
time per picture carried over to all of them. The overlap (intersection over union) is that of
our box with dlib's where both find the face, at those pictures; dlib's boxes are squares about the
inner face, ours reach from the chin to the hair. Ours is at least 100 times as fast, with a mean
overlap of at least 0.6, or the script exits with 1.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from faces import find, real_clips
from measuring import table

from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.media import ClipSettings, Detector, Frame, detector, iter_frames
from mrpn.media.faces.boxes import overlap

LEAST_RATIO = 100
LEAST_OVERLAP = 0.6
RATE = 10
THRESHOLD = 0.6


def chosen(clip: Path, times: np.ndarray, most: int) -> tuple[list[Frame], int]:
    """Return at most so many pictures of a clip at some of the times, and how many it has."""
    wanted = times[np.unique(np.linspace(0, len(times) - 1, most).round().astype(int))]
    frames, count = [], 0
    for frame in iter_frames(clip):
        count += 1
        if np.abs(wanted - frame.time).min(initial=np.inf) < 5e-4:
            frames.append(frame)
    return frames, count


def measure(clip: Path, dlib: Detector, most: int) -> dict:
    """Return one clip's figures."""
    settings = ClipSettings(frame_rate=RATE, threshold=THRESHOLD)
    find(clip, settings)
    ours = []
    for _ in range(3):
        start = time.perf_counter()
        faces = find(clip, settings)
        ours.append(time.perf_counter() - start)
    track = faces.tracks[0]
    frames, count = chosen(clip, track.times, most)
    seconds, overlaps, found = [], [], 0
    for frame in frames:
        image = frame.image[None]
        start = time.perf_counter()
        (theirs,) = dlib.detect(image)
        seconds.append(time.perf_counter() - start)
        row = int(np.abs(track.times - frame.time).argmin())
        shared = overlap(track.boxes[row], theirs.boxes)
        found += len(shared) > 0
        if len(shared) and shared.max() > 0:
            overlaps.append(float(shared.max()))
    whole = statistics.mean(seconds) * count
    return {
        "clip": clip.name,
        "size": f"{faces.width}x{faces.height}",
        "pictures": count,
        "examined_by_dlib": len(frames),
        "found_by_dlib": found,
        "ours_s": round(statistics.median(ours), 3),
        "dlib_s": round(whole, 1),
        "ratio": round(whole / statistics.median(ours)),
        "overlap": round(statistics.mean(overlaps), 3) if overlaps else 0.0,
        "least_overlap": round(min(overlaps), 3) if overlaps else 0.0,
        "overlaps": [round(value, 3) for value in overlaps],
    }


def main() -> int:
    """Measure, write, print, and say by the exit code whether the limits are kept."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("MRPN_DATA", default)))
    parser.add_argument("--frames", type=int, default=8, help="pictures of each clip for dlib")
    parser.add_argument("--model", type=Path, help="mmod_human_face_detector.dat")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    given = parser.parse_args()
    clips = real_clips(given.data)
    if not clips:
        sys.exit(f"no real clips at {given.data}; name their folder with --data or MRPN_DATA")
    dlib = detector("dlib", model=given.model, threshold=THRESHOLD)
    rows = [measure(clip, dlib, given.frames) for clip in clips]
    overlaps = [value for row in rows for value in row["overlaps"]]
    total = sum(row["dlib_s"] for row in rows) / sum(row["ours_s"] for row in rows)
    summary = {
        "least_ratio": min(row["ratio"] for row in rows),
        "ratio_of_all": round(total),
        "mean_overlap": round(statistics.mean(overlaps), 3),
        "pictures": len(overlaps),
    }
    head = ("clip", "size", "pictures", "ours, s", "dlib, s", "times as fast", "mean IoU", "least")
    keys = ("clip", "size", "pictures", "ours_s", "dlib_s", "ratio", "overlap", "least_overlap")
    text = table(head, [[row[key] for key in keys] for row in rows])
    text += (
        f"\nTimes as fast: at least {summary['least_ratio']}, over all clips "
        f"{summary['ratio_of_all']}. Mean IoU {summary['mean_overlap']} over "
        f"{summary['pictures']} pictures. dlib looked at {given.frames} pictures of each clip at "
        "most; its time is carried over to all.\n"
    )
    print(text)
    machine = describe_machine()
    write_json(given.out / "dlib_faces.json", {"clips": rows, **summary, "machine": machine})
    write_text(given.out / "dlib_faces.md", text)
    fast = summary["least_ratio"] >= LEAST_RATIO
    return 0 if fast and summary["mean_overlap"] >= LEAST_OVERLAP else 1


if __name__ == "__main__":
    sys.exit(main())
