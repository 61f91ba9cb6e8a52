"""Talking heads: one actor before a wall, moving, picture by picture."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mrpn.corpora.synthetic.backdrop import draw_backdrop
from mrpn.corpora.synthetic.expressions import Pose, Track, perform
from mrpn.corpora.synthetic.features import draw_brows, draw_eyes
from mrpn.corpora.synthetic.head import TOP, WIDE, Head, draw_head
from mrpn.corpora.synthetic.identity import Identity
from mrpn.corpora.synthetic.motion import Motion
from mrpn.corpora.synthetic.mouth import draw_lower_face

# Half the face's width, and the middle of the face from the top, in heights of the picture.
_FACE, _MIDDLE = 0.215, 0.49
_GRAIN = 1.5
_BLOCK = 32


def draw_clip(
    who: Identity,
    emotion: str,
    times: Track,
    *,
    intensity: int,
    size: tuple[int, int],
    noise: float,
    random: np.random.Generator,
) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures of a clip, uint8 [height, width, 3] RGB (ours).

    Args:
        who: the actor.
        emotion: the cue that the face shows; intensity: 1 normal, 2 strong.
        times: float32 [T], each picture's time in seconds.
        size: width and height in pixels.
        noise: strength of the picture's grain and of deviations from the usual expression.
        random: this clip's generator for the face.
    """
    head, backdrop = _actor_layers(who, size)
    pose = perform(emotion, intensity, times, noise, random)
    motion = Motion(times, pose.jaw, random)
    light = np.float32(1 + 0.05 * random.uniform(-1, 1))
    grain = _grain(random, size, _GRAIN * noise)
    corner = (
        round(size[0] / 2 - WIDE * head.grid.scale),
        round(_MIDDLE * size[1] + TOP * head.grid.scale),
    )
    # Features are drawn for many pictures at once, but not for a whole long clip.
    for start in range(0, times.size, _BLOCK):
        block = _draw_features(head, who, pose.part(start, start + _BLOCK))
        for index, pixels in enumerate(block, start):
            picture = backdrop.copy()
            moved = motion.warp(pixels, head.grid.scale, index)
            picture.paste(moved, corner, moved)
            shift = tuple(random.integers(0, 64, 2).tolist())
            lit = np.asarray(picture) * light + np.roll(grain, shift, axis=(0, 1))
            yield np.clip(lit, 0, 255).astype(np.uint8)


@lru_cache(maxsize=2)
def _actor_layers(who: Identity, size: tuple[int, int]) -> tuple[Head, Image.Image]:
    """Return the actor's head and what is behind it; drawn once per actor and size."""
    scale = _FACE * size[1]
    return draw_head(who, scale), draw_backdrop(who, size, scale, _MIDDLE * size[1])


def _draw_features(head: Head, who: Identity, pose: Pose) -> NDArray[np.uint8]:
    """Return the head with its features, uint8 [T, h, w, 4] RGBA."""
    canvas = np.repeat(head.colour[None], pose.jaw.size, axis=0)
    draw_eyes(canvas, head, who, pose)
    draw_brows(canvas, head, who, pose)
    draw_lower_face(canvas, head, who, pose)
    pixels = np.empty((*canvas.shape[:3], 4), dtype=np.uint8)
    pixels[..., :3] = np.clip(canvas, 0, 255)
    pixels[..., 3] = head.alpha
    return pixels


def _grain(
    random: np.random.Generator, size: tuple[int, int], strength: float
) -> NDArray[np.float32]:
    """Return a camera's grain [height, width, 1], made once per clip and shifted about."""
    return np.float32(strength) * random.standard_normal((size[1], size[0], 1), dtype=np.float32)
