"""A picture of what the networks see: crops and spectrogram of a few clips."""

from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure

from mrpn.evaluation.style import style
from mrpn.inputs import Preprocessing
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus

CROPS = 4


def input_figure(
    corpus: PreparedCorpus, clips: Iterable[PreparedClip], preprocessing: Preprocessing
) -> Figure:
    """Draw one row per clip: crops spread over its time, and its first spectrogram segments.

    Args:
        corpus: where the clips are read from.
        clips: a few, with picture and sound.
        preprocessing: how the networks take them.
    """
    shown = list(clips)
    with style():
        figure = Figure(figsize=(7.2, 1.05 * len(shown)), layout="constrained")
        grid = figure.subplots(len(shown), CROPS + 1, squeeze=False, width_ratios=[1] * CROPS + [3])
        for row, prepared in zip(grid, shown, strict=True):
            clip = corpus.read(prepared)
            places = np.linspace(0, max(len(clip.frames) - 1, 0), CROPS).round().astype(int)
            for axes, place in zip(row, places, strict=False):
                axes.set_axis_off()
                if len(clip.frames):
                    axes.imshow(clip.frames[place], interpolation="bilinear")
            segments = preprocessing.audio(clip.audio).numpy()
            row[-1].set_axis_off()
            if len(segments):
                # Every second of the clip once, whatever the segments' overlap.
                apart = max(1, round(1 / preprocessing.spectrogram.step))
                strip = np.concatenate(list(segments[::apart, 0]), axis=1)
                row[-1].imshow(strip, origin="lower", aspect="auto", cmap="magma")
            row[0].set_title(f"{prepared.record.label}, actor {prepared.record.actor}", fontsize=8)
    return figure
