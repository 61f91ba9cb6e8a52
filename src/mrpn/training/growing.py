"""Face crops that are small in the first epochs and grow: progressive learning."""

import torch.nn.functional as F

from mrpn.network import Sequence
from mrpn.training.recipe import Growing

STEP = 8
"""Pixels from one size to the next: what the three halvings of ResNet-18's stages divide by."""


def side_in(epoch: int, epochs: int, whole: int, settings: Growing) -> int:
    """Return the side of the crops in an epoch, in pixels.

    Args:
        epoch: from 0.
        epochs: of the whole run.
        whole: side of the crops as they are prepared.
        settings: where growth starts and when it ends.
    """
    passed = epoch / (settings.until * epochs)
    if passed >= 1:
        return whole
    first = min(whole, max(STEP, STEP * round(settings.start * whole / STEP)))
    return first + STEP * int(passed * -(-(whole - first) // STEP))


def shrunk(crops: Sequence, side: int) -> Sequence:
    """Return crops [B, T, C, S, S] at a smaller side, each pixel a mean of those it covers."""
    values = crops.values
    if values.shape[-1] == side:
        return crops
    flat = values.flatten(0, 1)
    small = F.interpolate(flat, (side, side), mode="bilinear", align_corners=False, antialias=True)
    return Sequence(small.reshape(*values.shape[:2], *small.shape[1:]), crops.lengths)
