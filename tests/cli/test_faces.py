import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mrpn.media import probe, write_video

Run = Callable[..., Any]


def test_the_faces_of_a_clip_are_listed_drawn_and_laid_out(
    mrpn: Run, clip: Path, tmp_path: Path
) -> None:
    out, sheet = tmp_path / "a" / "track.mp4", tmp_path / "b" / "sheet.png"
    ran = mrpn("faces", clip, "--out", out, "--sheet", sheet)
    assert ran.code == 0, ran.err
    (line,) = ran.out.splitlines()
    assert line.startswith("face 1: in 100.0 % of ")
    assert ran.err.splitlines() == [
        f"the clip with its faces is in {out}",
        f"the contact sheet is in {sheet}",
    ]
    assert probe(out).has_audio
    assert probe(out).duration == pytest.approx(probe(clip).duration, abs=0.2)
    with Image.open(sheet) as picture:
        assert (picture.format, picture.width) == ("PNG", 1080)


def test_as_json_with_other_settings(mrpn: Run, clip: Path) -> None:
    ran = mrpn("faces", clip, "--json", "--set", "frame_rate=5")
    found = json.loads(ran.out)
    (face,) = found["faces"]
    assert (ran.code, ran.err, found["detector"]) == (0, "", "retinaface")
    assert face["id"] == 1
    assert face["pictures"] == found["looked_at"] == pytest.approx(5 * found["duration"], abs=1)


def test_a_clip_without_a_face_is_no_error(mrpn: Run, tmp_path: Path) -> None:
    path = tmp_path / "grey.mp4"
    write_video(path, [np.full((48, 64, 3), 90, np.uint8)] * 3, 10)
    ran = mrpn("faces", path)
    assert (ran.code, ran.out) == (0, "no face in 3 pictures\n")


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (("absent.mp4",), "no such file"),
        (("{clip}", "--set", "detector=blazeface"), "unknown face detector 'blazeface'"),
        (("{clip}", "--set", "size=big"), "'size'"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line(
    mrpn: Run, clip: Path, given: tuple[str, ...], line: str
) -> None:
    ran = mrpn("faces", *(part.replace("{clip}", str(clip)) for part in given))
    assert ran.code == 1
    assert line in ran.error
