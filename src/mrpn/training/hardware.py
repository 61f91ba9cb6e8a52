"""Precision and memory format chosen for the machine."""

import os
from typing import Literal

import torch
from torch import nn

from mrpn.common.machine import processor_name

Precision = Literal["32-true", "bf16-mixed"]


def choose_precision(wanted: Literal["auto"] | Precision) -> Precision:
    """Return the precision to train in: what was asked for, or the faster one on this machine.

    bf16 convolutions train faster than 32-bit ones on processors that are made for them
    (benchmarks/training_step.py); aggregators, norms and heads stay in 32 bits anyway.
    """
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "32-true"
    return "bf16-mixed" if _bf16_is_fast() else "32-true"


def _bf16_is_fast() -> bool:
    """Whether the processor multiplies bf16 faster than 32 bits.

    Intel's do by their tiles alone: where a virtual machine hides these, the bf16 of AVX-512 is
    slower than 32 bits.
    """
    if torch.cpu._is_amx_tile_supported():
        return True
    return bool(torch.cpu._is_avx512_bf16_supported()) and "Intel" not in processor_name()


def arrange_channels_last(network: nn.Module, precision: Precision) -> None:
    """Put the kernels of two-dimensional convolutions into channels-last order, in place.

    Narrow stems in 32 bits are left as they are: the backward pass of torch 2.13 on processors
    ends in a segmentation fault for one input channel, eight output channels and stride 1.
    """
    for part in network.modules():
        if isinstance(part, nn.Conv2d) and (precision != "32-true" or part.out_channels >= 16):
            part.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def bound_kernel_cache() -> None:
    """Keep oneDNN from holding compiled kernels of every batch shape it has ever met.

    Batches differ in their numbers of segments, so the default of 1,024 kernels grows a run by
    hundreds of megabytes; with 128 it is no slower. Takes effect where no convolution has run yet
    in this process, and in all that it starts.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128")
