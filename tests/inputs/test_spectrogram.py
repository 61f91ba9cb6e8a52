import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mrpn.inputs import SpectrogramSettings, standardise
from mrpn.inputs.spectrogram import mel_filters, segments, spectrogram

PLAIN = SpectrogramSettings(kind="linear", normalise="none")


def noise(samples: int, seed: int = 0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=samples).astype(np.float32))


def by_hand(wave: np.ndarray, index: int) -> np.ndarray:
    """Power of spectrum `index` by NumPy's FFT: 512 samples around sample 64 x index."""
    mirrored = np.pad(wave.astype(np.float64), 256, mode="reflect")
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)
    return np.abs(np.fft.rfft(mirrored[64 * index : 64 * index + 512] * hann)[:256]) ** 2


def test_it_agrees_with_a_transform_by_hand() -> None:
    wave = noise(20000)
    power = spectrogram(wave, PLAIN, 16000)
    log = spectrogram(wave, SpectrogramSettings(normalise="none"), 16000)
    assert power.shape == (256, 312)
    for index in (0, 1, 4, 100, 311):
        expected = by_hand(wave.numpy(), index)
        np.testing.assert_allclose(power[:, index], expected, rtol=1e-4, atol=1e-4 * expected.max())
        np.testing.assert_allclose(log[:, index], np.log(expected + 1e-6), atol=5e-3)


@pytest.mark.parametrize("line", [1, 10, 100, 255])
def test_a_cosine_lands_in_its_bin_with_the_windows_power(line: int) -> None:
    cosine = torch.cos(2 * torch.pi * line * torch.arange(16000, dtype=torch.float64) / 512)
    spectrum = spectrogram(cosine.float(), PLAIN, 16000)[:, 125]
    assert int(spectrum.argmax()) == line
    # The window sums to 256; half of a cosine's amplitude lies at +f: (256 / 2)^2.
    assert spectrum[line].item() == pytest.approx(128.0**2, rel=2e-2 if line in (1, 255) else 1e-4)


def test_frequency_rises_along_the_first_axis_and_the_nyquist_bin_is_gone() -> None:
    nyquist = torch.tensor([1.0, -1.0]).repeat(8000)
    spectrum = spectrogram(nyquist, PLAIN, 16000)[:, 125]
    assert int(spectrum.argmax()) == 255
    assert spectrum[:250].max() < 1e-3


def test_the_wave_is_standardised_per_file_with_the_biased_deviation() -> None:
    np.testing.assert_allclose(
        standardise(torch.tensor([1.0, 3.0, 1.0, 3.0])), [-1.0, 1.0, -1.0, 1.0]
    )


@pytest.mark.parametrize(
    "wave",
    [torch.zeros(16000), torch.full((16000,), 0.3), torch.full((16000,), 1e-5).cumprod(0)],
)
def test_silence_stays_zero_and_finite(wave: torch.Tensor) -> None:
    assert torch.equal(standardise(wave), torch.zeros(16000))
    for kind in ("log", "linear", "mel"):
        for normalise in ("fixed", "clip", "none"):
            settings = SpectrogramSettings(kind=kind, normalise=normalise)
            assert torch.isfinite(spectrogram(standardise(wave), settings, 16000)).all()


def test_clip_normalisation_gives_mean_0_and_variance_1() -> None:
    values = spectrogram(noise(20000), SpectrogramSettings(normalise="clip"), 16000)
    assert values.mean().item() == pytest.approx(0, abs=1e-4)
    assert values.std(correction=0).item() == pytest.approx(1, abs=1e-4)


def test_fixed_normalisation_is_one_line_of_values() -> None:
    raw = spectrogram(noise(20000), SpectrogramSettings(normalise="none"), 16000)
    fixed = spectrogram(noise(20000), SpectrogramSettings(), 16000)
    torch.testing.assert_close(fixed, (raw + 3.5) / 5.0)


def test_mel_bands_are_full_rise_and_keep_a_flat_spectrum_flat() -> None:
    filters = mel_filters(512, 256, 16000)
    assert filters.shape == (256, 257)
    assert (filters >= 0).all()
    torch.testing.assert_close(filters.sum(1), torch.ones(256))
    centres = (filters * torch.arange(257)).sum(1)
    assert (centres.diff() > 0).all()
    assert spectrogram(noise(16000), SpectrogramSettings(kind="mel", bins=64), 16000).shape == (
        64,
        250,
    )


def test_overlapping_segments_equal_the_separate_ones_where_they_meet() -> None:
    overlapping, apart = SpectrogramSettings(step=0.2), SpectrogramSettings(step=1.0)
    values = spectrogram(noise(64000), overlapping, 16000)
    ao, wo = segments(values, overlapping, 16000), segments(values, apart, 16000)
    assert (ao.shape, wo.shape) == ((16, 1, 256, 250), (4, 1, 256, 250))
    for k in range(4):
        assert torch.equal(ao[5 * k], wo[k])
    assert torch.equal(ao[3, 0], values[:, 150:400])
    assert ao.untyped_storage().data_ptr() == values.untyped_storage().data_ptr()


@pytest.mark.parametrize(
    ("samples", "ao", "wo"),
    [
        (0, 0, 0),
        (1, 1, 1),
        (15999, 1, 1),
        (16000, 1, 1),
        (19199, 1, 1),
        (19200, 2, 1),
        (31999, 5, 1),
        (32000, 6, 2),
        (57600, 14, 3),
    ],
)
def test_counts_of_known_lengths(samples: int, ao: int, wo: int) -> None:
    assert SpectrogramSettings(step=0.2).segment_count(samples, 16000) == ao
    assert SpectrogramSettings(step=1.0).segment_count(samples, 16000) == wo


@given(samples=st.integers(1, 60000), step=st.sampled_from([0.2, 0.5, 1.0]))
def test_the_count_is_the_count(samples: int, step: float) -> None:
    settings = SpectrogramSettings(step=step)
    values = spectrogram(torch.zeros(samples), settings, 16000)
    assert len(segments(values, settings, 16000)) == settings.segment_count(samples, 16000)


def test_bins_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValidationError, match="window / 2 = 256"):
        SpectrogramSettings(bins=128)
    with pytest.raises(ValidationError):
        SpectrogramSettings(kind="bark")  # type: ignore[arg-type]
