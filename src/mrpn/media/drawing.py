"""Drawing the faces that were found onto the clip they were found in."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mrpn.common.errors import MediaError
from mrpn.common.files import DRAWN
from mrpn.media.encode import write_video
from mrpn.media.face_track import Faces, FaceTrack
from mrpn.media.faces.boxes import overlap
from mrpn.media.frame import Frame
from mrpn.media.info import probe
from mrpn.media.pictures import iter_frames
from mrpn.media.sound import read_audio

Paint = Callable[[Image.Image, float, float], Image.Image]
# Of each face in turn; told apart by those who do not see all colours, too.
COLOURS = ((86, 180, 233), (240, 160, 20), (0, 180, 125), (225, 120, 175), (240, 228, 66))
_MOST_RATE, _STILL_RATE = 30.0, 10.0
_LONG_SIDE = 1280
_SOUND_RATE = 16000
# Pictures of a track this far apart at most are neighbours, in typical steps of its times.
_NEIGHBOURS = 1.6


def draw_faces(path: Path, faces: Faces, out: Path) -> int:
    """Write the clip as mp4 with every face's box, number, score and landmarks drawn on it.

    The clip's sound is kept, as mono at 16 kHz; pictures are reduced to 1280 pixels and to 30 per
    second at most, a variable rate becomes a steady one. One picture is held at a time. Source:
    ours.

    Args:
        path: the clip that the faces are of: any video or still image.
        faces: as `stream_faces` returns them.
        out: the mp4 file to write; its folder is made.

    Returns the number of pictures written.
    Raises MediaError if the clip cannot be read, or would be written over.
    """

    def paint(canvas: Image.Image, time: float, scale: float) -> Image.Image:
        for number, track in enumerate(faces.tracks, start=1):
            draw_track(canvas, track, time, scale, number)
        return canvas

    return draw_film(path, out, paint)


def draw_film(path: Path, out: Path, paint: Paint) -> int:
    """Write a clip as mp4 with something drawn on every picture; as `draw_faces` does.

    Args:
        path: any video or still image.
        out: the mp4 file to write; its folder is made.
        paint: draws on a picture and returns it, or one of another size, the same even one for
            all; is given the canvas, RGB, the time in seconds, and the sides of the canvas over
            those of the clip's pictures.

    Returns the number of pictures written.
    Raises MediaError if the clip cannot be read, or would be written over.
    """
    if out.exists() and path.exists() and out.samefile(path):
        raise MediaError(f"{out}: is the clip itself; name another file to write")
    rate = min(_MOST_RATE, probe(path).frame_rate or _STILL_RATE)
    pictures = _drawn(_steady(iter_frames(path, rate), rate), paint)
    return write_video(out, pictures, rate, _sound(path), _SOUND_RATE, comment=DRAWN)


def draw_track(
    canvas: Image.Image,
    track: FaceTrack,
    time: float,
    scale: float,
    number: int,
    text: str | None = None,
) -> None:
    """Draw one face onto a picture, if the track has it there.

    Args:
        canvas: the picture, RGB; it is drawn on.
        track: of the face.
        time: of the picture, in seconds.
        scale: sides of the canvas over those of the clip's pictures.
        number: of the face; the main face is 1.
        text: beside the box; its number and score if None.
    """
    place = place_at(track, time)
    if place is None:
        return
    box, score, landmarks = place
    colour = COLOURS[(number - 1) % len(COLOURS)]
    line = max(2, round(max(canvas.size) / 320))
    draw = ImageDraw.Draw(canvas)
    x0, y0, x1, y1 = (float(value) for value in box * scale)
    draw.rounded_rectangle((x0, y0, x1, y1), radius=3 * line, outline=colour, width=line)
    for x, y in landmarks * scale if landmarks is not None else ():
        draw.ellipse((x - line, y - line, x + line, y + line), fill=colour)
    font = ImageFont.load_default(max(13, round(max(canvas.size) / 48)))
    text = f"{number}  {score:.2f}" if text is None else text
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    width, height = right - left + 4 * line, bottom - top + 3 * line
    corner = y0 - height - line if y0 - height - line >= 0 else y0 + line
    x0 = max(0.0, min(x0, canvas.width - 1 - width))
    draw.rounded_rectangle((x0, corner, x0 + width, corner + height), radius=line, fill=colour)
    place_of_text = (x0 + 2 * line - left, corner + 1.5 * line - top)
    draw.text(place_of_text, text, font=font, fill=(0, 0, 0))


def place_at(
    track: FaceTrack, time: float
) -> tuple[NDArray[np.float32], float, NDArray[np.float32] | None] | None:
    """Return a face's box [4], score and landmarks [5, 2] at a time; None if it is not there.

    Between pictures that follow one another the place is interpolated, unless the face leaps.
    """
    step = track.step or 1 / _STILL_RATE
    after = int(np.searchsorted(track.times, time))
    near = [k for k in (after - 1, after) if 0 <= k < len(track)]
    nearest = min(near, key=lambda k: abs(float(track.times[k]) - time))
    one, other = near[0], near[-1]
    gap = float(track.times[other] - track.times[one])
    share = 0.0
    if one == other or gap > _NEIGHBOURS * step or not _touch(track, one, other):
        if abs(float(track.times[nearest]) - time) > _NEIGHBOURS / 2 * step:
            return None
        one = other = nearest
    else:
        share = (time - float(track.times[one])) / gap
    landmarks = track.landmarks
    return (
        _between(track.boxes[one], track.boxes[other], share),
        float(_between(track.scores[one], track.scores[other], share)),
        None if landmarks is None else _between(landmarks[one], landmarks[other], share),
    )


def _touch(track: FaceTrack, one: int, other: int) -> bool:
    return bool(overlap(track.boxes[one], track.boxes[other : other + 1])[0] > 0)


def _between(
    one: NDArray[np.float32], other: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    return np.asarray((1 - share) * one + share * other, np.float32)


def _drawn(frames: Iterable[tuple[float, Frame]], paint: Paint) -> Iterator[NDArray[np.uint8]]:
    size: tuple[int, int] | None = None
    for time, frame in frames:
        image = Image.fromarray(frame.reduced(_LONG_SIDE))
        if size is None:
            # H.264 wants even sides; a picture that comes in another size is fitted to the first.
            size = (max(2, image.width // 2 * 2), max(2, image.height // 2 * 2))
        if image.size != size:
            image = image.resize(size)
        yield np.asarray(paint(image, time, size[0] / frame.width))


def _steady(frames: Iterable[Frame], rate: float) -> Iterator[tuple[float, Frame]]:
    """Yield the picture shown at each time k / rate."""
    held: Frame | None = None
    count = 0
    for frame in frames:
        while held is not None and (count + 0.5) / rate < frame.time:
            yield count / rate, held
            count += 1
        held = frame
    if held is not None:
        yield count / rate, held


def _sound(path: Path) -> NDArray[np.float32] | None:
    try:
        return read_audio(path, _SOUND_RATE)
    except MediaError:
        # None, or broken: no reason not to look at the picture.
        return None
