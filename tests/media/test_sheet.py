from pathlib import Path

import numpy as np
import pytest

from mrpn.media import stream_faces, write_video
from mrpn.media.sheet import contact_sheet, describe_track
from squares import SETTINGS, picture

pytestmark = pytest.mark.usefixtures("squares")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Three seconds with a square throughout."""
    path = tmp_path / "clip.mp4"
    write_video(path, [picture((40, 40, 90, 90))] * 30, 10)
    return path


def test_a_face_has_twenty_crops_through_time_and_one_line(clip: Path) -> None:
    settings = SETTINGS.model_copy(update={"faces": "whole"})
    faces = stream_faces(clip, settings, lambda _: None)
    (track,) = faces.tracks
    assert describe_track(1, track, 30) == (
        "face 1: in 100.0 % of 30 pictures, 0.0 to 2.9 s, mean score 1.00"
    )
    sheet = np.asarray(contact_sheet(clip, faces, settings))
    red = (sheet[..., 0] > 150) & (sheet[..., 1] < 60)
    columns = np.flatnonzero(red.any(axis=0))
    rows = np.flatnonzero(red.any(axis=1))
    assert (1 + (np.diff(columns) > 1).sum(), 1 + (np.diff(rows) > 1).sum()) == (10, 2)


def test_a_clip_without_a_face_has_an_empty_sheet(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    write_video(path, [picture()] * 3, 10)
    faces = stream_faces(path, SETTINGS, lambda _: None)
    sheet = contact_sheet(path, faces, SETTINGS)
    assert faces.tracks == ()
    assert sheet.height < 120
