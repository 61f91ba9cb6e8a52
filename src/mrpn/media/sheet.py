"""The contact sheet: every face of a clip in crops through time, to look at."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mrpn.media.drawing import COLOURS
from mrpn.media.face_crops import stream_faces
from mrpn.media.face_track import Faces, FaceTrack
from mrpn.media.settings import ClipSettings

_CROP, _GAP, _EDGE, _COLUMNS, _ROWS = 96, 8, 24, 10, 2
_MOST_FACES = 8
_HEADING, _CAPTION = 34, 20
_PAPER, _INK, _PALE = (250, 250, 248), (32, 34, 38), (118, 122, 128)


def contact_sheet(path: Path, faces: Faces, settings: ClipSettings) -> Image.Image:
    """Return a picture of all faces of a clip: crops in the order of time, with time and score.

    Each face has a heading and up to twenty crops from its first picture to its last, evenly
    chosen; the eight heaviest faces are shown. The clip is decoded once more. Source: ours.

    Args:
        path: the clip.
        faces: found in it.
        settings: they were found and are cropped with; only the size is another.
    """
    shown = [_evenly(track) for track in faces.tracks[:_MOST_FACES]]
    crops: list[NDArray[np.uint8]] = []
    if shown:
        small = settings.model_copy(update={"size": _CROP})
        shown = list(stream_faces(path, small, crops.append, tracks=shown).tracks)
    heights = [_HEADING + _rows(track) * (_CROP + _CAPTION + _GAP) for track in shown]
    width = 2 * _EDGE + _COLUMNS * (_CROP + _GAP) - _GAP
    sheet = Image.new("RGB", (width, 2 * _EDGE + 40 + sum(heights)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    count = f"{len(faces.tracks)} face{'' if len(faces.tracks) == 1 else 's'}"
    title = f"{count} in {faces.looked_at} pictures of {faces.duration:.1f} s, {faces.detector}"
    draw.text((_EDGE, _EDGE - 4), path.name, font=_font(18), fill=_INK)
    right = width - _EDGE - draw.textlength(title, font=_font(13))
    draw.text((right, _EDGE), title, font=_font(13), fill=_PALE)
    top = _EDGE + 40
    for number, (track, height) in enumerate(zip(shown, heights, strict=True), start=1):
        _band(sheet, top, number, faces, track, crops)
        top += height
    return sheet


def describe_track(number: int, track: FaceTrack, looked_at: int) -> str:
    """Return one line on a face: its number, share of pictures, times and mean score."""
    share = 100 * len(track) / looked_at
    return (
        f"face {number}: in {share:.1f} % of {looked_at} pictures, "
        f"{track.times[0]:.1f} to {track.times[-1]:.1f} s, mean score {track.scores.mean():.2f}"
    )


def _band(
    sheet: Image.Image,
    top: int,
    number: int,
    faces: Faces,
    track: FaceTrack,
    crops: list[NDArray[np.uint8]],
) -> None:
    draw = ImageDraw.Draw(sheet)
    colour = COLOURS[(number - 1) % len(COLOURS)]
    draw.rounded_rectangle((_EDGE, top + 3, _EDGE + 14, top + 17), radius=4, fill=colour)
    text = describe_track(number, faces.tracks[number - 1], faces.looked_at)
    draw.text((_EDGE + 22, top), text, font=_font(14), fill=_INK)
    for k, crop in enumerate(track.crops):
        x = _EDGE + k % _COLUMNS * (_CROP + _GAP)
        y = top + _HEADING - 6 + k // _COLUMNS * (_CROP + _CAPTION + _GAP)
        sheet.paste(Image.fromarray(crops[crop]), (x, y))
        below = y + _CROP + 3
        draw.text((x, below), f"{track.times[k]:.1f} s", font=_font(12), fill=_INK)
        score = f"{track.scores[k]:.2f}"
        right = x + _CROP - draw.textlength(score, font=_font(12))
        draw.text((right, below), score, font=_font(12), fill=_PALE)


def _evenly(track: FaceTrack) -> FaceTrack:
    most = min(len(track), _COLUMNS * _ROWS)
    rows = np.unique(np.linspace(0, len(track) - 1, most).round().astype(np.intp))
    return track.take(rows, track.crops[rows])


def _rows(track: FaceTrack) -> int:
    return -(-len(track) // _COLUMNS)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
