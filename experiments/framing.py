"""How large a face stands in FER2013's pictures and in our crops of films, and which margin fits.

    python experiments/framing.py --faces FER2013 --films crema-d clips ravdess

The detector of the crops looks for the faces of FER2013's test part, enlarged, and for those of
films. Sizes are told in shares of the picture's or the crop's side, the eyes and the mouth are the
detector's landmarks. Result: experiments/results/framing/framing.json.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scripting import positive, run_script

from mrpn.common.errors import CorpusError, MediaError
from mrpn.common.files import file_digest, write_json
from mrpn.common.machine import describe_machine
from mrpn.common.progress import track
from mrpn.corpora import read_corpus
from mrpn.corpora.scan import VIDEO_SUFFIXES, media_files
from mrpn.media import ClipSettings, FaceTrack, detector, stream_faces
from mrpn.media.stills import read_still

ROOT = Path(__file__).resolve().parent.parent
ENLARGED = 192
BORDER = 64
GREY = 117
MARGINS = (0.9, 1.0, 1.1, 1.2, 1.3)
NAMES = ("box", "eyes_to_mouth", "eye_to_eye", "eyes_below_centre", "mouth_below_centre")


def main() -> None:
    """Measure both, and say which margin frames a film's face as FER2013's faces are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--films", type=Path, nargs="+", required=True, help="folders of films")
    parser.add_argument("--count", type=positive, default=1000, help="of FER2013's test faces")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results" / "framing")
    given = parser.parse_args()
    paths = [f / name for f in given.films for name in media_files(f, VIDEO_SUFFIXES)]
    stills, looked_at = measure_stills(given.faces, given.count)
    films = {path.name: rows for path in paths if len(rows := measure_film(path))}
    if not films:
        raise MediaError(
            f"{', '.join(map(str, given.films))}: no face in {len(paths)} films; name folders "
            "with more"
        )
    result = {
        "faces": {"looked_at": looked_at, "found": len(stills), **spread(stills)},
        "films": {
            "names": {path.name: file_digest(path)[:12] for path in paths if path.name in films},
            "pictures": sum(map(len, films.values())),
            **spread(np.stack([np.median(rows, axis=0) for rows in films.values()])),
        },
        "machine": describe_machine(),
    }
    result["margins"] = margins(result["faces"], result["films"])
    write_json(given.out / "framing.json", result)
    show(result)


def measure_stills(folder: Path, count: int) -> tuple[NDArray[np.float64], int]:
    """Return sizes of FER2013's faces, in shares of the picture's side, and how many were shown."""
    manifest = read_corpus("fer2013", folder)
    tested = [record for record in manifest.records if record.partition == "test"]
    chosen = tested[:: max(1, len(tested) // count)][:count]
    finder = detector("retinaface", threshold=0.6)
    rows = []
    for record in track(chosen, "faces", len(chosen)):
        face = Image.fromarray(read_still(manifest.root / str(record.video)))
        large = np.asarray(face.resize((ENLARGED, ENLARGED), Image.Resampling.BICUBIC))
        edge = ((BORDER, BORDER), (BORDER, BORDER), (0, 0))
        found = finder.detect(np.pad(large, edge, constant_values=GREY)[None])[0]
        if len(found.boxes) and found.landmarks is not None:
            # The best comes first; the picture's side is the unit, its centre the zero.
            shift = BORDER + ENLARGED / 2
            rows.append(sizes(found.boxes[0] - shift, found.landmarks[0] - shift) / ENLARGED)
    if not rows:
        raise CorpusError(f"{folder}: no face found in {len(chosen)} of the test part's pictures")
    return np.array(rows), len(chosen)


def measure_film(path: Path) -> NDArray[np.float64]:
    """Return sizes of a film's main face picture by picture, in shares of its box's longer side."""
    try:
        faces = stream_faces(path, ClipSettings(), lambda _: None)
    except MediaError:
        return np.zeros((0, len(NAMES)))
    rows = [*_of_film(faces.tracks[0])] if faces.tracks else []
    return np.array(rows).reshape(-1, len(NAMES))


def _of_film(face: FaceTrack) -> Iterator[NDArray[np.float64]]:
    for box, points in zip(face.boxes, face.landmarks, strict=True):
        middle = np.array([box[0] + box[2], box[1] + box[3]]) / 2
        side = max(box[2] - box[0], box[3] - box[1])
        yield sizes(box - np.tile(middle, 2), points - middle) / side


def sizes(box: NDArray[np.float32], points: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the box's longer side, eyes to mouth, eye to eye, and heights of eyes and mouth."""
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    return np.array(
        [
            max(box[2] - box[0], box[3] - box[1]),
            np.linalg.norm(mouth - eyes),
            np.linalg.norm(points[0] - points[1]),
            eyes[1],
            mouth[1],
        ],
        np.float64,
    )


def spread(rows: NDArray[np.float64]) -> dict[str, list[float]]:
    """Return lower quartile, median and upper quartile of every size."""
    quartiles = np.percentile(rows, (25, 50, 75), axis=0).round(4)
    return {name: quartiles[:, place].tolist() for place, name in enumerate(NAMES)}


def margins(faces: dict[str, list[float]], films: dict[str, list[float]]) -> dict[str, float]:
    """Return the margin at which a film's crop shows a face as large as FER2013 does, by size."""
    ratio = {name: films[name][1] / faces[name][1] for name in NAMES[:3]}
    return {name: round(value, 3) for name, value in ratio.items()}


def show(result: dict[str, Any]) -> None:
    """Print the table: FER2013's medians, and those of crops at several margins."""
    faces, films = result["faces"], result["films"]
    print(f"{'':<28}" + "".join(f"{name:>20}" for name in NAMES))
    for label, part, margin in (
        ("FER2013, quartile", 0, None),
        ("FER2013, median", 1, None),
        ("FER2013, quartile", 2, None),
        *((f"films, margin {m}", 1, m) for m in MARGINS),
    ):
        row = [faces[n][part] if margin is None else films[n][1] / margin for n in NAMES]
        print(f"{label:<28}" + "".join(f"{100 * value:>18.1f} %" for value in row))
    print(f"margins that fit: {result['margins']}")


if __name__ == "__main__":
    run_script(main, resumes=False)
