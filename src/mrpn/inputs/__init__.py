"""From crops and waveforms to the sequences a network takes."""

from mrpn.inputs.preprocessing import Interval, Preprocessing
from mrpn.inputs.slicing import frame_range, sample_range, segment_range
from mrpn.inputs.spectrogram import SpectrogramSettings, standardise

__all__ = [
    "Interval",
    "Preprocessing",
    "SpectrogramSettings",
    "frame_range",
    "sample_range",
    "segment_range",
    "standardise",
]
