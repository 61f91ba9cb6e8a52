"""How well faces are found and followed in real clips, and how steady and fast.

    python benchmarks/faces.py [--data DIR] [--out benchmarks/results]

Every clip of one person in the folder of real data: the share of the pictures looked at that show a
face (all of these clips show one throughout), the number of identities, what the crops' centre and
side tremble by, and the time. To take motion out, a value counts by its distance from the mean of
its two neighbours, a tenth of a second away; root mean square, in per cent of the face's side, and
beside it the same for single detections without smoothing. Then pairs of clips cut into one
another, A B A B, in shots of 1.5 s: how often just two people are found and none is taken for
another. Exits with 1 if a face is missing in more than 5 % of a clip, or a clip is not one person.
"""

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from measuring import table
from PIL import Image

from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.media import ClipSettings, Faces, FaceTrack, iter_frames, stream_faces, write_video

LEAST_SHARE = 0.95
SHOT = 15
RATE = 10


def real_clips(data: Path) -> list[Path]:
    """Return the real clips with a picture."""
    clips = [*(data / "clips").rglob("*"), *(data / "crema-d" / "VideoFlash").glob("*.flv")]
    clips += (data / "ravdess" / "video_sample").glob("*.mp4")
    return sorted(path for path in clips if path.suffix in {".mpg", ".mp4", ".flv"})


def person(clip: Path) -> str:
    """Return who is seen: CREMA-D's clips begin with the actor, every other shows someone else."""
    return clip.stem.partition("_")[0] if clip.suffix == ".flv" else clip.stem


def find(clip: Path, settings: ClipSettings) -> Faces:
    """Find the faces of a clip and cut them out."""
    return stream_faces(clip, settings, _drop)


def _drop(_: np.ndarray) -> None:
    """Take no notice of a crop."""


def tremble(track: FaceTrack) -> tuple[float, float]:
    """Return what centre and side of a face tremble by, in per cent of its side."""
    centres = (track.boxes[:, :2] + track.boxes[:, 2:]) / 2
    sides = (track.boxes[:, 2:] - track.boxes[:, :2]).max(axis=1)
    values = np.column_stack([centres, sides]).astype(np.float64)
    still = np.diff(track.times) < 1.5 / RATE
    rest = values[1:-1] - (values[:-2] + values[2:]) / 2
    squares = rest[still[:-1] & still[1:]] ** 2
    if not len(squares):
        return 0.0, 0.0
    scale = 100 / float(sides.mean())
    centre, side = squares[:, :2].sum(axis=1).mean(), squares[:, 2].mean()
    return scale * float(np.sqrt(centre)), scale * float(np.sqrt(side))


def measure(clip: Path) -> dict:
    """Return one clip's figures."""
    settings = ClipSettings(frame_rate=RATE)
    find(clip, settings)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        faces = find(clip, settings)
        times.append(time.perf_counter() - start)
    rough = find(clip, settings.model_copy(update={"detect_every": 1, "smooth": 0.0}))
    shown = np.unique(np.concatenate([np.zeros(0), *(track.times for track in faces.tracks)]))
    centre, side = tremble(faces.tracks[0]) if faces.tracks else (0.0, 0.0)
    rough_centre, rough_side = tremble(rough.tracks[0]) if rough.tracks else (0.0, 0.0)
    return {
        "clip": clip.name,
        "size": f"{faces.width}x{faces.height}",
        "seconds": round(faces.duration, 2),
        "share": round(len(shown) / faces.looked_at, 4),
        "identities": len(faces.tracks),
        "centre": round(centre, 2),
        "centre_of_detections": round(rough_centre, 2),
        "side": round(side, 2),
        "side_of_detections": round(rough_side, 2),
        "ms": round(1000 * statistics.median(times)),
        "times_real_time": round(faces.duration / statistics.median(times), 1),
    }


def splice(one: Path, other: Path, out: Path) -> np.ndarray:
    """Write A B A B of two clips; return which of them each picture is of."""
    first = [frame.image for frame in iter_frames(one, RATE)]
    second = [frame.image for frame in iter_frames(other, RATE)]
    height, width = (2 * (side // 2) for side in first[0].shape[:2])
    shot = min(SHOT, len(first) // 2, len(second) // 2)
    shots = [part[k * shot :][:shot] for k in (0, 1) for part in (first, second)]
    pictures = [_fitted(image, width, height) for part in shots for image in part]
    write_video(out, pictures, RATE, crf=12)
    return np.repeat([0, 1, 0, 1], shot)


def _fitted(image: np.ndarray, width: int, height: int) -> np.ndarray:
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(Image.fromarray(image).resize((width, height)))


def measure_splices(clips: Sequence[Path]) -> dict:
    """Return how often two people cut into one another are told apart and known again."""
    settings = ClipSettings(frame_rate=RATE, size=32)
    counts = {"splices": 0, "two_people": 0, "more": 0, "mixed": 0}
    distinct = list({person(clip): clip for clip in clips}.values())
    with tempfile.TemporaryDirectory() as folder:
        for one, other in itertools.combinations(distinct, 2):
            path = Path(folder) / "splice.mp4"
            who = splice(one, other, path)
            tracks = find(path, settings).tracks
            people = [set(who[np.round(track.times * RATE).astype(int)]) for track in tracks]
            mixed = sum(len(seen) > 1 for seen in people) > 0
            counts["splices"] += 1
            counts["mixed"] += mixed
            counts["two_people"] += not mixed and len(tracks) == 2
            counts["more"] += not mixed and len(tracks) > 2
    return counts


def table_of(rows: Sequence[dict], splices: dict) -> str:
    """Return the results as Markdown."""
    head = ("clip", "size", "s", "face in", "people", "centre trembles", "side trembles", "ms")
    lines = [
        (
            row["clip"],
            row["size"],
            row["seconds"],
            f"{100 * row['share']:.1f} %",
            row["identities"],
            f"{row['centre']:.2f} % ({row['centre_of_detections']:.2f} %)",
            f"{row['side']:.2f} % ({row['side_of_detections']:.2f} %)",
            f"{row['ms']} ({row['times_real_time']} x real time)",
        )
        for row in rows
    ]
    return (
        table(head, lines)
        + "\nIn brackets: of single detections, without tracking and smoothing.\n\n"
        + f"{splices['splices']} pairs of people cut into one another, A B A B: "
        + f"{splices['two_people']} times just the two, {splices['more']} times one of them "
        + f"counted twice, {splices['mixed']} times one taken for the other.\n"
    )


def main() -> int:
    """Measure, write, print, and say by the exit code whether the limits are kept."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("MRPN_DATA", default)))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    given = parser.parse_args()
    clips = real_clips(given.data)
    if not clips:
        sys.exit(f"no real clips at {given.data}; name their folder with --data or MRPN_DATA")
    rows = [measure(clip) for clip in clips]
    splices = measure_splices(clips)
    text = table_of(rows, splices)
    print(text)
    machine = describe_machine()
    write_json(given.out / "faces.json", {"clips": rows, "splices": splices, "machine": machine})
    write_text(given.out / "faces.md", text)
    fine = all(row["share"] >= LEAST_SHARE and row["identities"] == 1 for row in rows)
    return 0 if fine and not splices["mixed"] else 1


if __name__ == "__main__":
    sys.exit(main())
