"""Voices and faces as vectors by fixed formulas: nothing in them was learned from anybody."""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import dct

from mrpn.inputs.spectrogram import SpectrogramSettings, spectrogram, standardise

RATE = 16000
CEPSTRA = 20
_MEL = SpectrogramSettings(window=512, hop=160, bins=40, kind="mel", normalise="none")
# Spectra this much (in log power) below the loudest count as pauses.
_PAUSE = 8.0
_FLOOR = 1e-6
_CELL, _BLOCK, _BINS, _CLIP = 8, 2, 9, 0.2
_AT_ONCE = 1000


def voice_features(wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return statistics of the cepstra of a wave [N] at 16 kHz, of its pauses and loudness, [123].

    Of 20 mel cepstra where there is no pause: means, deviations, deviations of their steps, and
    the 10th, 50th and 90th percentiles; then loudness, the share without pause, and the length.
    """
    mel = spectrogram(standardise(torch.as_tensor(wave)), _MEL, RATE).numpy().astype(np.float64)
    level = mel.mean(axis=0)
    heard = mel[:, level > level.max() - _PAUSE]
    cepstra = dct(heard, axis=0, norm="ortho")[:CEPSTRA]
    steps = np.diff(cepstra, axis=1, prepend=cepstra[:, :1])
    percentiles = np.percentile(cepstra, (10, 50, 90), axis=1)
    loudness = np.log(np.sqrt(np.square(wave, dtype=np.float64).mean()) + _FLOOR)
    pace = (loudness, heard.shape[1] / mel.shape[1], mel.shape[1])
    moments = (cepstra.mean(axis=1), cepstra.std(axis=1), steps.std(axis=1))
    return np.concatenate((*moments, percentiles.ravel(), pace)).astype(np.float32)


def face_features(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return histograms of oriented gradients of grey pictures [N, S, S], [N, features].

    Cells of 8 x 8 pixels, nine directions, blocks of 2 x 2 cells (Dalal and Triggs, 2005); pictures
    of 48 pixels give 900 values.
    """
    starts = range(0, len(pictures), _AT_ONCE)
    return np.concatenate([_gradients(pictures[start : start + _AT_ONCE]) for start in starts])


def _gradients(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    down, right = np.gradient(np.sqrt(pictures / 255.0), axis=(1, 2))
    strength = np.hypot(right, down)
    direction = (np.arctan2(down, right) % np.pi) / np.pi * _BINS
    lower = np.floor(direction).astype(np.int64)
    share = direction - lower
    count, cells = len(pictures), pictures.shape[1] // _CELL
    inside = slice(0, cells * _CELL)
    histograms = np.empty((count, cells, cells, _BINS))
    for number in range(_BINS):
        near = (lower % _BINS == number) * (1 - share) + ((lower + 1) % _BINS == number) * share
        of_cells = (strength * near)[:, inside, inside]
        of_cells = of_cells.reshape(count, cells, _CELL, cells, _CELL)
        histograms[..., number] = of_cells.sum(axis=(2, 4))
    blocks = []
    for row in range(cells - _BLOCK + 1):
        for column in range(cells - _BLOCK + 1):
            block = histograms[:, row : row + _BLOCK, column : column + _BLOCK].reshape(count, -1)
            length = np.sqrt(np.square(block).sum(axis=1, keepdims=True) + 1e-3)
            blocks.append(np.minimum(block / length, _CLIP))
    return np.concatenate(blocks, axis=1).astype(np.float32)
