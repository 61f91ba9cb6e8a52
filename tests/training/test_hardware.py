"""Precision and memory format."""

import pytest
import torch
from torch import nn

from mrpn.training.hardware import arrange_channels_last, choose_precision


def test_a_precision_asked_for_is_kept() -> None:
    assert choose_precision("32-true") == "32-true"
    assert choose_precision("bf16-mixed") == "bf16-mixed"


@pytest.mark.parametrize("has", [True, False])
def test_auto_is_the_faster_one_of_the_processor(
    monkeypatch: pytest.MonkeyPatch, has: bool
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has)
    assert choose_precision("auto") == ("bf16-mixed" if has else "32-true")


def is_last(layer: nn.Conv2d) -> bool:
    return layer.weight.is_contiguous(memory_format=torch.channels_last)


def test_kernels_are_rearranged_and_keep_their_values() -> None:
    network = nn.Sequential(nn.Conv2d(4, 16, 3), nn.Conv2d(16, 8, 3))
    before = [parameter.clone() for parameter in network.parameters()]
    arrange_channels_last(network, "bf16-mixed")
    assert all(is_last(layer) for layer in network)
    after = list(network.parameters())
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_narrow_kernels_stay_as_they_are_in_32_bits() -> None:
    network = nn.Sequential(nn.Conv2d(4, 16, 3), nn.Conv2d(16, 8, 3))
    arrange_channels_last(network, "32-true")
    assert [is_last(layer) for layer in network] == [True, False]
