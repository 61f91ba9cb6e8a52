"""The Preprocessing specification: from a clip to the sequences a network takes."""

import math
from typing import Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, model_validator
from torch import Tensor

from mrpn.common.config import Settings
from mrpn.common.errors import ConfigError
from mrpn.common.files import value_digest
from mrpn.inputs.slicing import frame_range, sample_range
from mrpn.inputs.spectrogram import SpectrogramSettings, segments, spectrogram, standardise
from mrpn.media import Clip, ClipSettings
from mrpn.media.sampling import nearest

# Rec. 601, as JPEG and most video of faces use it.
_LUMA = (0.299, 0.587, 0.114)

Interval = tuple[float, float]


class Preprocessing(Settings):
    """How a clip becomes network input; stored in every weights file, shared by all its users.

    Attributes:
        clip: how media files are read.
        spectrogram: how the waveform becomes segments.
        channels: of a face: 3 is RGB (a grey picture has three equal ones), 1 is grey.
        mean, deviation: subtracted from, then divided into, pixel values in [0, 1] (ours; near
            those of face crops).
    """

    clip: ClipSettings = ClipSettings()
    spectrogram: SpectrogramSettings = SpectrogramSettings()
    channels: Literal[1, 3] = 3
    mean: float = Field(0.5, ge=0, le=1)
    deviation: float = Field(0.25, gt=0, le=1)

    @model_validator(mode="after")
    def _whole_hops(self) -> Self:
        hops = self.spectrogram.step * self.clip.rate / self.spectrogram.hop
        if round(hops) < 1 or not math.isclose(hops, round(hops), abs_tol=1e-6):
            raise ValueError(
                f"a step of {self.spectrogram.step} s is {hops:g} hops; it must be a whole number"
            )
        return self

    @property
    def digest(self) -> str:
        """The sha256 of the specification; equal digests mean equal network input."""
        return value_digest(self.model_dump(mode="json"))

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of one element of each modality's sequence."""
        return {
            "audio": (1, self.spectrogram.bins, self.spectrogram.frames),
            "video": (self.channels, self.clip.size, self.clip.size),
        }

    def segment_count(self, samples: int) -> int:
        """Return how many spectrogram segments a wave of so many samples gives."""
        return self.spectrogram.segment_count(samples, self.clip.rate)

    def audio(self, wave: NDArray[np.float32] | Tensor, interval: Interval | None = None) -> Tensor:
        """Return a waveform's spectrogram segments, float32 [T, 1, bins, frames].

        The second axis is the channel, the third the frequency (low to high), the last the time.
        The wave is standardised by the mean and deviation of the whole file, then cut to the
        interval; one STFT serves all segments, which are views of it. Source: paper, section 3,
        and reconstruction, section 2.

        Args:
            wave: the whole clip's mono samples [N]; N = 0 gives T = 0.
            interval: [start, end) in seconds; None takes all.

        Raises ConfigError if the wave is not one-dimensional or the interval is empty.
        """
        samples = torch.as_tensor(wave, dtype=torch.float32)
        if samples.ndim != 1:
            raise ConfigError(f"a wave has one dimension [N], got {list(samples.shape)}")
        samples = standardise(samples)
        if interval is not None:
            first, after = sample_range(*interval, self.clip.rate, len(samples))
            samples = samples[first:after]
        if samples.numel() == 0:
            return torch.zeros(0, *self.shapes()["audio"])
        values = spectrogram(samples, self.spectrogram, self.clip.rate)
        return segments(values, self.spectrogram, self.clip.rate)

    def video(
        self, frames: NDArray[np.uint8] | Tensor, times: NDArray[np.float64] | None = None
    ) -> Tensor:
        """Return crops as normalised float32 [T, C, S, S], the values near (0, 1).

        Args:
            frames: RGB crops, uint8 [T, S', S', 3]; of another size than the settings' they are
                resized, anti-aliased.
            times: of the crops in seconds, [T]; given, crops faster than the settings' frame rate
                are thinned to it.

        Raises ConfigError if the crops have another shape or type.
        """
        crops = torch.as_tensor(np.array(frames) if isinstance(frames, np.ndarray) else frames)
        if crops.dtype != torch.uint8 or crops.ndim != 4 or crops.shape[-1] != 3:
            raise ConfigError(
                f"crops are uint8 [T, S, S, 3], got {crops.dtype} {list(crops.shape)}"
            )
        if len(crops) == 0:
            return torch.zeros(0, *self.shapes()["video"])
        if times is not None:
            pairs = [(float(time), index) for index, time in enumerate(times)]
            kept = [index for _, index in nearest(pairs, self.clip.frame_rate)]
            crops = crops[kept]
        values = crops.permute(0, 3, 1, 2).float()
        if self.channels == 1:
            luma = values.new_tensor(_LUMA)[None, :, None, None]
            values = (values * luma).sum(dim=1, keepdim=True)
        size = (self.clip.size, self.clip.size)
        if values.shape[-2:] != size:
            values = torch.nn.functional.interpolate(
                values, size, mode="bilinear", align_corners=False, antialias=True
            )
        return ((values / 255.0 - self.mean) / self.deviation).contiguous()

    def sequences(self, clip: Clip, interval: Interval | None = None) -> dict[str, Tensor]:
        """Return a clip as network input by modality; a missing one has length 0.

        Args:
            clip: the whole clip; its wave is standardised as a whole, whatever the interval.
            interval: [start, end) in seconds, the same for both modalities; None takes all.
        """
        frames, times = clip.frames, clip.times
        if interval is not None:
            first, after = frame_range(*interval, times)
            frames, times = frames[first:after], times[first:after]
        return {"audio": self.audio(clip.audio, interval), "video": self.video(frames, times)}
