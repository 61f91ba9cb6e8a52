"""Figures of what networks are given and what they make of it, drawn from arrays alone."""

from mrpn.evaluation.showing.augmentation import augmentation_picture, slices_picture
from mrpn.evaluation.showing.spectrograms import spectrogram_picture
from mrpn.evaluation.showing.tsne import embed_features, tsne_picture

__all__ = [
    "augmentation_picture",
    "embed_features",
    "slices_picture",
    "spectrogram_picture",
    "tsne_picture",
]
