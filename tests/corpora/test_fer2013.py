"""FER2013: folders, the CSV file, and the real faces."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    PARTS,
    across_partitions,
    check_corpus,
    drop_duplicates,
    duplicate_groups,
    select_partitions,
)
from mrpn.corpora.fer2013 import read_fer2013

CLASSES = ("neutral", "happy", "sad", "angry", "fearful", "disgust", "surprised")
ROWS = (("3", 10, "Training"), ("2", 20, "PublicTest"), ("6", 10, "PrivateTest"))


ONLY_TRAINING = ("no faces of the part 'validation'", "no faces of the part 'test'")


def write_csv(file: Path, rows: tuple[str, ...], header: str = "emotion,pixels,Usage") -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join((header, *rows)) + "\n")
    return file


def csv_row(emotion: str, grey: int, usage: str) -> str:
    return f"{emotion},{' '.join([str(grey)] * 48 * 48)},{usage}"


def write_png(file: Path, grey: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((48, 48), grey, np.uint8)).save(file)


def test_the_csv_gives_a_face_per_row_addressed_by_its_number(tmp_path: Path) -> None:
    write_csv(tmp_path / "fer2013.csv", tuple(csv_row(*row) for row in ROWS))
    manifest = read_fer2013(tmp_path)
    assert manifest.classes == CLASSES
    assert [(r.id, r.label, r.partition, r.video, r.audio) for r in manifest.records] == [
        ("train-00000", "happy", "train", "fer2013.csv#0", None),
        ("validation-00001", "fearful", "validation", "fer2013.csv#1", None),
        ("test-00002", "neutral", "test", "fer2013.csv#2", None),
    ]
    assert read_fer2013(tmp_path / "fer2013.csv") == manifest


def test_the_address_of_a_row_is_what_media_reads(tmp_path: Path) -> None:
    from mrpn.media.stills import read_still

    write_csv(tmp_path / "fer2013.csv", tuple(csv_row(*row) for row in ROWS))
    manifest = read_fer2013(tmp_path)
    stills = [read_still(manifest.root / str(record.video)) for record in manifest.records]
    assert [(still.shape, int(still.min()), int(still.max())) for still in stills] == [
        ((48, 48, 3), grey, grey) for _, grey, _ in ROWS
    ]


@pytest.mark.parametrize(
    "names", [("train", "validation", "test"), ("Training", "PublicTest", "PrivateTest")]
)
def test_folders_and_csv_agree_on_the_content_of_faces(
    tmp_path: Path, names: tuple[str, str, str]
) -> None:
    write_csv(tmp_path / "fer2013.csv", tuple(csv_row(*row) for row in ROWS))
    for part, label, (_, grey, _) in zip(names, ("happy", "fear", "neutral"), ROWS, strict=True):
        write_png(tmp_path / "faces" / part / label / "1.png", grey)
    table = {r.partition: r for r in read_fer2013(tmp_path).records}
    folders = {r.partition: r for r in read_fer2013(tmp_path / "faces").records}
    for part in ("train", "validation", "test"):
        assert folders[part].label == table[part].label
        assert folders[part].extra == table[part].extra
        assert folders[part].actor == table[part].actor
    assert folders["train"].id == "train-happy-1"
    assert folders["train"].video == f"{names[0]}/happy/1.png"


def test_zipped_faces_are_the_same_corpus(tmp_path: Path, zipped: Callable[..., Path]) -> None:
    write_csv(tmp_path / "table" / "fer2013.csv", tuple(csv_row(*row) for row in ROWS))
    for part, label, (_, grey, _) in zip(PARTS, ("happy", "fear", "neutral"), ROWS, strict=True):
        write_png(tmp_path / "faces" / part / label / "1.png", grey)
    for kind, address in (("faces", "test/neutral/1.png"), ("table", "fer2013.csv#0")):
        packed = zipped(tmp_path / kind, f"{kind}.zip") / f"{kind}.zip"
        manifest = read_fer2013(packed)
        assert manifest.digest == read_fer2013(tmp_path / kind).digest
        assert manifest.records[0].video == address
        assert manifest.path(address) == packed / address
    beside = read_fer2013(tmp_path / "packed")
    assert beside.records[0].video == "table.zip/fer2013.csv#0"


def test_faces_of_the_same_pixels_are_one_actors(tmp_path: Path) -> None:
    write_csv(tmp_path / "fer2013.csv", tuple(csv_row(*row) for row in ROWS))
    first, other, twin = read_fer2013(tmp_path).records
    assert first.actor == twin.actor != other.actor


def test_rows_that_are_no_face_are_left_out_and_noted(tmp_path: Path) -> None:
    good = csv_row("0", 1, "Training")
    bad = (
        "0,1 2 3,Training",
        "7" + good[1:],
        good.replace("Training", "Holiday"),
        good.replace("1 1", "1 256", 1),
        good.replace("1 1", "1 x", 1),
    )
    write_csv(tmp_path / "fer2013.csv", (*bad, good))
    manifest = read_fer2013(tmp_path)
    assert [record.video for record in manifest.records] == ["fer2013.csv#5"]
    assert manifest.notes == (
        *ONLY_TRAINING,
        "5 rows of fer2013.csv that are no labelled face left out, #0 among them",
    )


def test_the_later_order_and_spacing_of_columns_is_read_too(tmp_path: Path) -> None:
    pixels = csv_row("0", 1, "").split(",")[1]
    file = write_csv(tmp_path / "icml.csv", (f"4,Training,{pixels}",), "emotion, Usage, pixels")
    assert read_fer2013(file).records[0].label == "sad"


def test_images_that_cannot_be_read_and_strange_folders_are_noted(tmp_path: Path) -> None:
    write_png(tmp_path / "train/happy/1.png", 1)
    write_png(tmp_path / "train/grumpy/1.png", 1)
    write_png(tmp_path / "extra/happy/1.png", 1)
    (tmp_path / "train/happy/2.jpg").write_text("no picture")
    (tmp_path / "train/happy/3.jpg").touch()
    manifest = read_fer2013(tmp_path)
    assert [record.id for record in manifest.records] == ["train-happy-1"]
    assert manifest.notes == (
        *ONLY_TRAINING,
        "2 files that are no readable image left out, train/happy/2.jpg among them",
        "2 files outside the folders of parts and emotions left out, extra/happy/1.png among them",
    )


def test_a_folder_without_faces_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no FER2013 faces; looked for fer2013\.csv and"):
        read_fer2013(tmp_path)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("emotion,Usage\n1,Training\n", "column 'pixels' is missing"),
        ("", "not a CSV file that can be read"),
    ],
)
def test_a_csv_of_something_else_is_one_clear_line(tmp_path: Path, content: str, line: str) -> None:
    (tmp_path / "fer2013.csv").write_text(content)
    with pytest.raises(CorpusError, match=rf"fer2013\.csv: {line}"):
        read_fer2013(tmp_path)


@pytest.mark.data
def test_the_real_faces_have_the_published_counts_and_duplicates(fer2013_folder: Path) -> None:
    manifest = read_fer2013(fer2013_folder)
    found = check_corpus(manifest)
    assert found.fine
    assert len(found.twins) == 1516
    assert sum(len(twins.names) for twins in found.twins) == 3369
    assert sum(len(twins.partitions) > 1 for twins in found.twins) == 557
    assert manifest.notes == ()
    assert [len(part) for part in select_partitions(manifest)] == [28709, 3589, 3589]
    groups = duplicate_groups(manifest)
    assert len(across_partitions(groups)) == 557
    assert 0.04 < sum(len(group) - 1 for group in groups) / 35887 < 0.06
    cleared = drop_duplicates(manifest)
    assert across_partitions(duplicate_groups(cleared)) == ()
    assert len(select_partitions(cleared).test) == 3589
