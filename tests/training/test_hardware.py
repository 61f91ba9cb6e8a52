"""Precision and memory format."""

import pytest
import torch
from torch import nn

from mrpn.training import hardware
from mrpn.training.hardware import arrange_channels_last, choose_precision


def test_a_precision_asked_for_is_kept() -> None:
    assert choose_precision("32-true") == "32-true"
    assert choose_precision("bf16-mixed") == "bf16-mixed"


@pytest.mark.parametrize(
    ("instructions", "tiles", "name", "chosen"),
    [
        (True, False, "AMD EPYC", "bf16-mixed"),
        (True, True, "Intel(R) Xeon(R) Processor", "bf16-mixed"),
        (True, False, "Intel(R) Xeon(R) Processor", "32-true"),
        (False, False, "AMD EPYC", "32-true"),
    ],
    ids=["made for bf16", "tiles", "tiles hidden", "none"],
)
def test_auto_is_the_faster_one_of_the_processor(
    monkeypatch: pytest.MonkeyPatch, instructions: bool, tiles: bool, name: str, chosen: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: instructions)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: tiles)
    monkeypatch.setattr(hardware, "processor_name", lambda: name)
    assert choose_precision("auto") == chosen


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
