"""The same photograph in other pixels: what correlates how much, and what leaves which part."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer2013 import draw_faces
from mrpn.common.errors import CorpusError
from mrpn.corpora import drop_duplicates, read_corpus
from mrpn.corpora.manifest import Manifest
from mrpn.preparation import drop_alike
from mrpn.preparation.alike import nearest, read_grey, standardised

FACE = np.array([[0, 10, 20], [60, 50, 90], [5, 80, 40]], np.uint8)
OTHERS = np.stack(
    [
        np.array([[90, 10, 0], [0, 50, 20], [70, 0, 40]], np.uint8),
        FACE,
        np.full((3, 3), 7, np.uint8),
    ]
)


@pytest.mark.parametrize(
    ("face", "mirrored"),
    [
        (FACE, False),
        (FACE[:, ::-1], True),
        (2 * FACE, False),
        (FACE + 100, False),
        (2 * FACE[:, ::-1] + 30, True),
    ],
    ids=["identical", "mirrored", "contrast", "brightness", "all of it"],
)
def test_light_contrast_and_mirroring_do_not_matter(face: np.ndarray, mirrored: bool) -> None:
    near = nearest(face[None], OTHERS)
    assert near.places.tolist() == [1]
    assert near.correlations[0] == pytest.approx(1, abs=1e-6)
    assert near.mirrored.tolist() == [mirrored]


def test_of_different_faces_it_is_pearsons_correlation_with_the_nearest() -> None:
    face = np.array([[3, 1, 4], [1, 5, 9], [2, 6, 5]], np.uint8)
    expected = [
        [np.corrcoef(view.ravel(), other.ravel())[0, 1] for other in OTHERS[:2]]
        for view in (face, face[:, ::-1])
    ]
    near = nearest(face[None], OTHERS)
    assert near.correlations[0] == pytest.approx(np.max(expected), abs=1e-6)
    assert near.correlations[0] < 0.9
    turned, place = np.unravel_index(np.argmax(expected), (2, 2))
    assert (near.mirrored[0], near.places[0]) == (turned, place)


def test_an_even_picture_correlates_with_nothing() -> None:
    assert not standardised(OTHERS[2:]).any()
    assert nearest(OTHERS[2:], OTHERS).correlations.tolist() == [0]


def test_blocks_change_nothing() -> None:
    faces = np.random.default_rng(0).integers(0, 256, (7, 5, 5), np.uint8)
    whole, parts = nearest(faces, faces[::-1]), nearest(faces, faces[::-1], block=2)
    assert whole.places.tolist() == parts.places.tolist() == [6, 5, 4, 3, 2, 1, 0]
    assert parts.correlations == pytest.approx(np.ones(7), abs=1e-6)


def altered(picture: Path, name: str, mirrored: bool = False, light: int = 40) -> None:
    """Write a picture again, brighter or darker, under another name and in another part."""
    with Image.open(picture) as image:
        values = np.asarray(image)
    view = values[:, ::-1] if mirrored else values
    Image.fromarray((view.astype(int) + light).astype(np.uint8)).save(picture.parents[2] / name)


@pytest.fixture
def faces(tmp_path: Path) -> Manifest:
    """Drawn faces; some stand in other parts too, brighter or mirrored or called otherwise."""
    folder = draw_faces(tmp_path / "faces")
    altered(folder / "test" / "angry" / "0.png", "train/sad/brighter.png")
    altered(folder / "test" / "fear" / "1.png", "train/fear/mirrored.png", mirrored=True)
    altered(folder / "test" / "happy" / "1.png", "validation/happy/again.png")
    altered(folder / "validation" / "sad" / "0.png", "train/sad/darker.png", light=-40)
    altered(folder / "train" / "sad" / "1.png", "train/sad/own.png")
    altered(folder / "test" / "sad" / "1.png", "test/sad/own.png")
    return read_corpus("fer2013", folder)


def test_a_photograph_stays_in_the_part_furthest_from_training(faces: Manifest) -> None:
    cleared = drop_alike(drop_duplicates(faces))
    left = {record.id for record in faces.records} - {record.id for record in cleared.records}
    identical = {"train-happy-again", "train-sad-again"}
    assert left - identical == {
        "train-sad-brighter",
        "train-fearful-mirrored",
        "validation-happy-again",
        "train-sad-darker",
    }
    assert "4 clips dropped that are like one of a part further from training" in cleared.notes[-1]
    assert cleared.digest != drop_duplicates(faces).digest


def test_a_corpus_in_which_nothing_is_alike_is_left_as_it_is(faces: Manifest) -> None:
    cleared = drop_alike(drop_duplicates(faces))
    assert drop_alike(cleared) is cleared


def test_the_threshold_says_what_is_alike(faces: Manifest) -> None:
    cleared = drop_duplicates(faces)
    assert len(drop_alike(cleared, threshold=0.0).records) < len(drop_alike(cleared).records)
    assert drop_alike(cleared, threshold=1.0) is cleared


def test_pictures_of_other_sizes_are_compared_at_one(tmp_path: Path) -> None:
    folder = draw_faces(tmp_path / "faces")
    with Image.open(folder / "test" / "angry" / "0.png") as image:
        larger = image.resize((96, 96), Image.Resampling.NEAREST)
    larger.save(folder / "train" / "angry" / "larger.png")
    manifest = read_corpus("fer2013", folder)
    assert read_grey(manifest, manifest.records[:2]).shape == (2, 48, 48)
    kept = {record.id for record in drop_alike(drop_duplicates(manifest)).records}
    assert "train-angry-larger" not in kept


def test_what_is_no_picture_is_refused(faces: Manifest) -> None:
    first = replace(faces.records[0], video=None, audio="a.wav")
    with pytest.raises(CorpusError, match=f"clip '{first.id}' is no picture"):
        drop_alike(replace(faces, records=(first, *faces.records[1:])))
