"""Folders and patterns: folders that fit are looked into, and what was drawn is left out."""

import os
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from mrpn.common.files import DRAWN
from mrpn.evaluation.render import save_figure
from mrpn.media import write_video
from mrpn.recognition.files import is_drawn, media_files

GREY = np.full((16, 16, 3), 90, np.uint8)


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """films/a.mp4, films/notes.txt, films/deep/b.wav, films/empty/"""
    folder = tmp_path / "films"
    for name in ("a.mp4", "notes.txt", "deep/b.wav"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "empty").mkdir()
    return folder


def test_a_folder_that_fits_a_pattern_stands_for_the_media_in_it(films: Path) -> None:
    found = media_files([films / "*"])
    assert found == [films / "a.mp4", films / "deep" / "b.wav", films / "notes.txt"]
    assert media_files([films.parent / "fil*"]) == [films / "a.mp4", films / "deep" / "b.wav"]
    assert set(media_files([films / "**"])) == set(found)


def test_a_pattern_that_fits_nothing_but_empty_folders_is_told_as_these(films: Path) -> None:
    assert media_files([films / "emp*"]) == [films / "empty"]
    assert media_files([films / "x*"]) == [films / "x*"]


def test_plots_and_drawn_films_are_left_out_and_photographs_and_films_are_not(
    films: Path,
) -> None:
    write_video(films / "a.mp4", [GREY] * 2, 5)
    write_video(films / "a-drawn.mp4", [GREY] * 2, 5, comment=DRAWN)
    save_figure(Figure(), films / "a.png")
    Image.fromarray(GREY).save(films / "photo.png")
    (films / "notes.txt").unlink()
    names = ["a.mp4", "deep/b.wav", "photo.png"]
    for given in (films, films / "*"):
        assert [str(path.relative_to(films)) for path in media_files([given])] == names


def test_what_was_drawn_is_taken_where_it_is_asked_for(films: Path) -> None:
    save_figure(Figure(), films / "a.png")
    assert media_files([films / "a.png"]) == [films / "a.png"]
    assert media_files([films / "*.png"]) == [films / "a.png"]


def test_a_file_that_cannot_be_read_is_not_taken_for_drawn(films: Path) -> None:
    (films / "bad.png").write_bytes(os.urandom(50))
    assert not is_drawn(films / "bad.png")
    assert not is_drawn(films / "a.mp4")
    assert not is_drawn(films / "gone.png")
