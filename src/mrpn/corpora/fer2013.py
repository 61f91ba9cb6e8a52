"""FER2013 (Goodfellow et al., 2013): 48x48 faces, in folders of images or in `fer2013.csv`."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
from PIL import Image

from mrpn.common.archives import open_file
from mrpn.common.errors import CorpusError, MediaError
from mrpn.corpora.duplicates import CONTENT
from mrpn.corpora.labels import canonical_label, order_classes
from mrpn.corpora.manifest import PARTS, ClipRecord, Manifest, Part
from mrpn.corpora.published import Published
from mrpn.corpora.scan import IMAGE_SUFFIXES, media_files, note_of

LICENCE = "research use (Kaggle challenge data)"
PUBLISHED = Published(
    clips=35887,
    actors=None,
    classes={
        "neutral": 6198,
        "happy": 8989,
        "sad": 6077,
        "angry": 4953,
        "fearful": 5121,
        "disgust": 547,
        "surprised": 4002,
    },
    partitions={"train": 28709, "validation": 3589, "test": 3589},
)
SIDE = 48
_CODES = ("angry", "disgust", "fearful", "happy", "sad", "surprised", "neutral")
_CLASSES = order_classes(_CODES)
_PARTS: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "publictest": "validation",
    "test": "test",
    "privatetest": "test",
}


def read_fer2013(folder: Path) -> Manifest:
    """Read FER2013 from folders of images, or from the original `fer2013.csv`.

    The folders are train, validation, test (or Training, PublicTest, PrivateTest), and in each
    one folder per emotion. PublicTest is the validation part, PrivateTest the test.

    Nobody knows who the faces are. Their pixels stand in for that: the actor is `face-` and a
    hash of the pixels, also kept as `extra["content"]`. So identical pictures (about 5 %) are
    one actor's and no split by actors parts them; `drop_duplicates` clears the given parts.

    Args:
        folder: holds the folders or the CSV file, zipped or not; or the path of the CSV file
            itself.

    Raises:
        CorpusError: neither is there, or none of the faces can be read.
    """
    if folder.suffix.lower() == ".csv":
        root, (records, notes) = folder.parent, _read_table(folder.parent, folder.name)
    else:
        root = folder
        files = media_files(folder, IMAGE_SUFFIXES | {".csv"})
        tables = [file for file in files if file.name == "fer2013.csv"]
        if tables:
            records, notes = _read_table(folder, str(tables[0]))
        else:
            images = (file for file in files if file.suffix.lower() != ".csv")
            records, notes = _read_folders(folder, images)
        notes = (*files.notes, *notes)
    if not records:
        raise CorpusError(
            f"{folder}: no FER2013 faces; looked for fer2013.csv and for images in folders like "
            "train/happy or PublicTest/happy"
        )
    present = {record.partition for record in records}
    absent = tuple(f"no faces of the part '{part}'" for part in PARTS if part not in present)
    return Manifest("fer2013", root, _CLASSES, tuple(records), LICENCE, (*absent, *notes))


def _read_folders(
    folder: Path, images: Iterable[PurePosixPath]
) -> tuple[list[ClipRecord], tuple[str, ...]]:
    records, broken, strangers = [], [], []
    named: set[str] = set()
    for file in images:
        place = _place(file)
        if place is None:
            strangers.append(file)
            continue
        # In one thread: the pictures are so small that more of them gain nothing.
        digest = _image_digest(folder / file)
        if digest is None:
            broken.append(file)
            continue
        part, label = place
        name = f"{part}-{label}-{file.stem}"
        if name in named:
            name += file.suffix.lower().replace(".", "-")
        named.add(name)
        records.append(_record(name, label, part, str(file), digest))
    notes = (
        *note_of("that are no readable image left out", broken),
        *note_of("outside the folders of parts and emotions left out", strangers),
    )
    return records, notes


def _place(file: PurePosixPath) -> tuple[Part, str] | None:
    if len(file.parts) < 3:
        return None
    part, label = _PARTS.get(file.parts[-3].lower()), canonical_label(file.parts[-2])
    return (part, label) if part is not None and label in _CODES else None


def _image_digest(file: Path) -> str | None:
    try:
        with open_file(file) as opened, Image.open(opened) as image:
            return _digest(np.asarray(image if image.mode == "L" else image.convert("L")))
    except (MediaError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _read_table(root: Path, table: str) -> tuple[list[ClipRecord], tuple[str, ...]]:
    records, broken = [], []
    for row, (emotion, pixels, usage) in enumerate(_rows(root / table)):
        face = _pixels(pixels)
        part = _PARTS.get(usage.strip().lower())
        if face is None or part is None or emotion.strip() not in set("0123456"):
            broken.append(f"#{row}")
            continue
        label = _CODES[int(emotion)]
        address = f"{table}#{row}"
        records.append(_record(f"{part}-{row:05d}", label, part, address, _digest(face)))
    return records, note_of(f"of {table} that are no labelled face left out", broken, "row")


def _rows(table: Path) -> Iterator[tuple[str, str, str]]:
    try:
        with open_file(table) as file:
            for chunk in pd.read_csv(file, dtype=str, keep_default_na=False, chunksize=2000):
                chunk.columns = chunk.columns.str.strip().str.lower()
                yield from zip(chunk["emotion"], chunk["pixels"], chunk["usage"], strict=True)
    except KeyError as error:
        raise CorpusError(
            f"{table}: column {error} is missing; FER2013 has emotion, pixels and Usage"
        ) from error
    except (OSError, ValueError) as error:
        raise CorpusError(f"{table}: not a CSV file that can be read: {error}") from error


def _pixels(text: str) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]] | None:
    try:
        values = bytes(map(int, text.split()))
    except ValueError:
        return None
    if len(values) != SIDE * SIDE:
        return None
    return np.frombuffer(values, np.uint8).reshape(SIDE, SIDE)


def _digest(face: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> str:
    shape = f"{face.shape}".encode()
    return hashlib.blake2b(shape + face.tobytes(), digest_size=16).hexdigest()


def _record(name: str, label: str, part: Part, address: str, digest: str) -> ClipRecord:
    return ClipRecord(
        id=name,
        label=label,
        actor=f"face-{digest}",
        sex=None,
        video=address,
        audio=None,
        partition=part,
        extra={CONTENT: digest},
    )
