"""One spectrogram per clip, and its overlapping segments as views of it."""

import math
from functools import lru_cache
from typing import Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor

from mrpn.common.config import Settings

Kind = Literal["log", "linear", "mel"]

_FLOOR = 1e-6
_SILENCE = 2.0**-15
# Mean and standard deviation of each kind's values over speech standardised to variance 1, with
# window 512 (measured on acted and read voices); they only bring the network's input near (0, 1).
_USUAL: dict[str, tuple[float, float]] = {
    "log": (-3.5, 5.0),
    "linear": (192.0, 3000.0),
    "mel": (-2.0, 5.0),
}


class SpectrogramSettings(Settings):
    """How a waveform becomes spectrogram segments.

    Attributes:
        window: length of the Hann window in samples (paper, section 3).
        hop: samples between spectra (paper, section 3).
        bins: frequencies of a segment, low to high. For "log" and "linear" always window / 2: the
            Nyquist bin is dropped (reconstruction, section 2); for "mel" the number of bands.
        frames: spectra of a segment; 250 are 1 s (paper, section 3).
        step: seconds between the starts of segments: 0.2 overlaps them (AO, the paper's better),
            1.0 does not (WO); a whole number of hops.
        kind: "log" is log(power + 1e-6) (reconstruction), "linear" the power itself, "mel" the log
            of the power in mel bands (a caption of the paper says mel).
        normalise: "fixed" subtracts a constant and divides by another, those of standardised
            speech; "clip" uses the mean and deviation of the very clip; "none" does nothing. Ours:
            the paper standardises the waveform alone, and networks start better near (0, 1).
    """

    window: int = Field(512, ge=16, le=8192)
    hop: int = Field(64, ge=1)
    bins: int = Field(256, ge=4)
    frames: int = Field(250, ge=1)
    step: float = Field(0.2, gt=0)
    kind: Kind = "log"
    normalise: Literal["fixed", "clip", "none"] = "fixed"

    @model_validator(mode="after")
    def _bins_fit(self) -> Self:
        if self.kind != "mel" and self.bins != self.window // 2:
            raise ValueError(f"bins must be window / 2 = {self.window // 2} for kind '{self.kind}'")
        return self

    def stride(self, rate: int) -> int:
        """Return the spectra between the starts of segments, for sound at `rate` Hz."""
        return round(self.step * rate / self.hop)

    def segment_samples(self) -> int:
        """Return the samples that a segment stands for; a shorter wave is padded to them."""
        return self.frames * self.hop

    def segment_count(self, samples: int, rate: int) -> int:
        """Return how many segments a wave of so many samples gives; 0 for a missing one."""
        if samples <= 0:
            return 0
        spectra = max(samples, self.segment_samples()) // self.hop
        return 1 + (spectra - self.frames) // self.stride(rate)


def standardise(wave: Tensor) -> Tensor:
    """Return a wave [N] with mean 0 and variance 1 (paper, section 3); silence becomes zeros.

    Silence is a standard deviation below the smallest step of 16-bit sound (ours): dither must not
    be raised to the loudness of a voice.
    """
    if wave.numel() == 0:
        return wave
    centred = wave - wave.mean()
    deviation = centred.square().mean().sqrt()
    return centred / deviation if deviation > _SILENCE else torch.zeros_like(wave)


def spectrogram(wave: Tensor, settings: SpectrogramSettings, rate: int) -> Tensor:
    """Return the spectrogram of a wave [N] as [bins, N // hop], frequency low to high.

    A centred STFT: spectrum k is of the window around sample k x hop; the wave is mirrored at its
    ends. A wave shorter than a segment is followed by zeros. Source: paper, section 3, and
    reconstruction, section 2.
    """
    missing = settings.segment_samples() - wave.numel()
    if missing > 0:
        wave = torch.nn.functional.pad(wave, (0, missing))
    mirrored = wave.numel() > settings.window // 2
    spectra = torch.stft(
        wave,
        n_fft=settings.window,
        hop_length=settings.hop,
        window=_hann(settings.window),
        center=True,
        pad_mode="reflect" if mirrored else "constant",
        return_complex=True,
    )[:, : wave.numel() // settings.hop]
    power = spectra.real.square() + spectra.imag.square()
    if settings.kind == "mel":
        power = mel_filters(settings.window, settings.bins, rate) @ power
    else:
        power = power[:-1]
    values = power if settings.kind == "linear" else torch.log(power + _FLOOR)
    return _normalised(values, settings)


def segments(values: Tensor, settings: SpectrogramSettings, rate: int) -> Tensor:
    """Return a spectrogram [bins, T] as segments [S, 1, bins, frames]; the last partial is dropped.

    The segments are overlapping views of one memory: copy them before changing one in place.
    """
    views = values.unfold(1, settings.frames, settings.stride(rate))
    return views.transpose(0, 1).unsqueeze(1)


@lru_cache(maxsize=8)
def mel_filters(window: int, bands: int, rate: int) -> Tensor:
    """Return triangular mel bands over an STFT's bins, [bands, window / 2 + 1], each of sum 1.

    Centres are evenly spaced in mel = 2595 log10(1 + f / 700) between 0 and half the rate. Where
    mel spacing is finer than the bins, a triangle is one bin wide to each side: low bands
    interpolate between bins rather than being empty. Source: ours, after O'Shaughnessy's scale.
    """
    top = 2595.0 * math.log10(1.0 + rate / 2 / 700.0)
    edges = 700.0 * (10.0 ** (torch.linspace(0, top, bands + 2, dtype=torch.float64) / 2595.0) - 1)
    spacing = rate / window
    centres = edges[1:-1, None]
    below = (centres - edges[:-2, None]).clamp(min=spacing)
    above = (edges[2:, None] - centres).clamp(min=spacing)
    bins = torch.arange(window // 2 + 1, dtype=torch.float64)[None] * spacing
    distance = bins - centres
    weights = (1.0 - torch.where(distance < 0, -distance / below, distance / above)).clamp(min=0)
    return (weights / weights.sum(dim=1, keepdim=True)).float()


def _normalised(values: Tensor, settings: SpectrogramSettings) -> Tensor:
    if settings.normalise == "none":
        return values
    if settings.normalise == "fixed":
        mean, deviation = _USUAL[settings.kind]
        return (values - mean) / deviation
    return (values - values.mean()) / values.std(correction=0).clamp(min=_FLOOR)


@lru_cache(maxsize=8)
def _hann(window: int) -> Tensor:
    return torch.hann_window(window, periodic=True)
