"""Spatial and time augmentation (paper, sections 4.4 and 4.5; ranges reconstructed)."""

import math
from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mrpn.training.recipe import Spatial, Stills, TimeSlice


def augment_frames(
    frames: Tensor, settings: Spatial, rng: np.random.Generator, white: float = 1.0
) -> Tensor:
    """Flip, turn, scale, shift and relight face crops; one resampling for all of it.

    Args:
        frames: [T, C, S, S], with mid-grey at 0.
        settings: the ranges, and whether one draw serves the clip (`VA`) or each frame has its
            own (`IA`).
        rng: the source of the draws.
        white: how far white is from black in the frames' units.
    """
    count = len(frames)
    if count == 0:
        return frames
    draws = 1 if settings.per == "clip" else count
    angle = np.radians(rng.uniform(-settings.rotation, settings.rotation, draws))
    scale = rng.uniform(1 - settings.scale, 1 + settings.scale, draws)
    flip = np.where(rng.random(draws) < settings.flip, -1.0, 1.0)
    shift = rng.uniform(-settings.shift, settings.shift, (draws, 2))
    contrast = rng.uniform(1 - settings.contrast, 1 + settings.contrast, (draws, 1, 1, 1))
    brightness = rng.uniform(-settings.brightness, settings.brightness, (draws, 1, 1, 1))
    moved = _resample(frames, _affine(angle, scale, flip, shift))
    moved = moved * _tensor(contrast) + _tensor(brightness * white)
    if settings.coarse:
        parts = moved.chunk(draws)
        moved = torch.cat([_coarsened(part, rng.uniform(1 - settings.coarse, 1)) for part in parts])
    if settings.blur:
        parts = moved.chunk(draws)
        moved = torch.cat([_blurred(part, rng.uniform(0, settings.blur)) for part in parts])
    if settings.erase:
        for part in moved.chunk(draws):
            if rng.random() < settings.erase:
                _erase(part, rng)
    return moved


def jittered_views(frames: Tensor, settings: Stills, rng: np.random.Generator) -> Tensor:
    """Make a short clip of one still: `views` copies, each shifted, scaled and turned a little.

    Args:
        frames: [1, C, S, S].
        settings: how many views, and how far they move.
        rng: the source of the draws; a fixed seed gives the same views in every evaluation.
    """
    views, reach = settings.views, settings.jitter
    angle = rng.uniform(-reach, reach, views)
    scale = rng.uniform(1 - reach, 1 + reach, views)
    shift = rng.uniform(-reach, reach, (views, 2))
    return _resample(frames.expand(views, -1, -1, -1), _affine(angle, scale, np.ones(views), shift))


def draw_slice(
    duration: float, settings: TimeSlice, rng: np.random.Generator
) -> tuple[float, float]:
    """Draw the interval of a time slice: its length uniform from the minimum to the whole.

    Args:
        duration: length of the clip in seconds.
        settings: the least length; a clip no longer than that is kept whole.
        rng: the source of the draws.

    Returns:
        Start and end in seconds, 0 <= start < end <= duration.
    """
    if duration <= settings.minimum:
        return 0.0, duration
    length = rng.uniform(settings.minimum, duration)
    start = rng.uniform(0.0, duration - length)
    return start, math.fsum((start, length))


def leave_out(
    inputs: Mapping[str, Tensor], rates: Mapping[str, float], rng: np.random.Generator
) -> dict[str, Tensor]:
    """Empty some modalities of a clip, never the last one that it has (ours).

    Args:
        inputs: [T, ...] by modality; T is 0 where one is missing already.
        rates: how often each modality is left out, 0..1; never, where it is not named.
        rng: the source of the draws, one for each modality in sorted order, then one for the order
            in which they go.
    """
    left = dict(inputs)
    goes = [name for name in sorted(left) if rng.random() < rates.get(name, 0.0)]
    for place in rng.permutation(len(goes)):
        name = goes[place]
        if any(len(values) for other, values in left.items() if other != name):
            left[name] = left[name][:0]
    return left


def _blurred(frames: Tensor, deviation: float) -> Tensor:
    """Return frames [T, C, S, S] under a Gaussian blur; its deviation is a share of S."""
    sigma = deviation * frames.shape[-1]
    reach = math.ceil(3 * sigma)
    if reach == 0 or reach >= frames.shape[-1]:
        return frames
    kernel = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma).square())
    kernel = (kernel / kernel.sum()).expand(frames.shape[1], 1, -1)
    padded = F.pad(frames, (reach, reach, reach, reach), mode="replicate")
    rows = F.conv2d(padded, kernel[:, :, None, :], groups=frames.shape[1])
    return F.conv2d(rows, kernel[:, :, :, None], groups=frames.shape[1])


def _coarsened(frames: Tensor, share: float) -> Tensor:
    """Return frames [T, C, S, S] with only so much of their resolution left."""
    side = frames.shape[-1]
    few = max(2, round(side * share))
    small = F.interpolate(frames, (few, few), mode="bilinear", align_corners=False, antialias=True)
    return F.interpolate(small, (side, side), mode="bilinear", align_corners=False)


def _erase(frames: Tensor, rng: np.random.Generator) -> None:
    """Grey out one patch of 3 to 20 % of frames [T, C, S, S], the same in all, in place."""
    side = frames.shape[-1]
    area, ratio = rng.uniform(0.03, 0.2), np.exp(rng.uniform(-0.7, 0.7))
    height = min(side, max(1, round(side * np.sqrt(area * ratio))))
    width = min(side, max(1, round(side * np.sqrt(area / ratio))))
    top, left = rng.integers(0, side - height + 1), rng.integers(0, side - width + 1)
    frames[..., top : top + height, left : left + width] = 0.0


def _affine(angle: np.ndarray, scale: np.ndarray, flip: np.ndarray, shift: np.ndarray) -> Tensor:
    """Return the maps from output to input coordinates, [draws, 2, 3]; shifts are fractions."""
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    rows = np.stack([cos * flip, -sin, 2 * shift[:, 0], sin * flip, cos, 2 * shift[:, 1]], axis=1)
    return _tensor(rows).view(-1, 2, 3)


def _resample(frames: Tensor, affine: Tensor) -> Tensor:
    if len(affine) == 1:
        # One draw: the frames ride as channels, so that the grid is computed once.
        stacked = frames.reshape(1, -1, *frames.shape[2:])
        grid = F.affine_grid(affine, list(stacked.shape), align_corners=False)
        moved = F.grid_sample(stacked, grid, padding_mode="border", align_corners=False)
        return moved.view_as(frames)
    grid = F.affine_grid(affine, list(frames.shape), align_corners=False)
    return F.grid_sample(frames, grid, padding_mode="border", align_corners=False)


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))
