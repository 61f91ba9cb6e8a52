"""ResNet-18, the encoder of both modalities in the paper."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from mrpn.common.errors import ConfigError, WeightsError
from mrpn.network.norm import MapNorm


class HalvingConv(nn.Conv2d):
    """A convolution that may halve its maps, in 32 bits where a map is one column wide.

    Of such maps the weights' gradient in bf16 holds uninitialised memory on processors (torch
    2.13, kernels of 3 and more with stride 2; maps of two columns and more are exact).
    """

    def forward(self, input: Tensor) -> Tensor:
        """Convolve maps [N, C, H, W]."""
        if input.device.type == "cpu" and input.shape[-1] == 1 and self.stride != (1, 1):
            with torch.autocast("cpu", enabled=False):
                return super().forward(input.float())
        return super().forward(input)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al. 2016)."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = HalvingConv(channels, width, 3, stride, 1, bias=False)
        self.bn1 = MapNorm(width)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = MapNorm(width)
        self.downsample: nn.Sequential | None = None
        if stride != 1 or channels != width:
            shortcut = nn.Conv2d(channels, width, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, MapNorm(width))

    def forward(self, x: Tensor) -> Tensor:
        """Maps [N, channels, H, W] to [N, width, H/stride, W/stride]."""
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        result: Tensor = self.relu(y + shortcut)
        return result


class ResNet18(nn.Module):
    """ResNet-18 up to its averaged features (paper, section 5.2), with torchvision's names.

    Args:
        in_channels: channels of the images, 1 or more.
        width: channels of the first stage; 64 is the published network.
        stem_stride: 2 halves the size twice before the first stage, as published (7x7 convolution
            of stride 2, max pooling). 1, for inputs of 64 or less, keeps the full size: the same
            7x7 convolution with stride 1 and no pooling, so that weights carry over (ours).

    Attributes:
        out_features: width of the features, 8 * width.

    Raises:
        ConfigError: a size or stride outside its range.
    """

    def __init__(self, in_channels: int, width: int = 64, stem_stride: int = 2) -> None:
        super().__init__()
        if in_channels < 1 or width < 1:
            raise ConfigError(
                f"resnet18: in_channels={in_channels}, width={width} must be positive"
            )
        if stem_stride not in (1, 2):
            raise ConfigError(f"resnet18: stem_stride={stem_stride}, choose 1 or 2")
        self.in_channels, self.out_features = in_channels, 8 * width
        self.conv1 = HalvingConv(in_channels, width, 7, stem_stride, 3, bias=False)
        self.bn1 = MapNorm(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1) if stem_stride == 2 else nn.Identity()
        self.layer1 = _stage(width, width, 1)
        self.layer2 = _stage(width, 2 * width, 2)
        self.layer3 = _stage(2 * width, 4 * width, 2)
        self.layer4 = _stage(4 * width, 8 * width, 2)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        """Encode images [N, in_channels, H, W]: [N, 8 * width].

        A channels_last network is given its images in that layout, whatever theirs.
        """
        if images.dim() != 4 or images.shape[1] != self.in_channels:
            shape = list(images.shape)
            raise ConfigError(f"resnet18: images are [N, {self.in_channels}, H, W], not {shape}")
        if next(self.layer1.parameters()).is_contiguous(memory_format=torch.channels_last):
            images = images.contiguous(memory_format=torch.channels_last)
        x = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        features: Tensor = x.mean(dim=(2, 3))
        return features

    def load_torchvision(self, state: Mapping[str, Tensor]) -> None:
        """Take over the weights of a ResNet-18 of torchvision's layout, its classifier dropped.

        A stem with one input channel is given the sum of the kernels over the channels of the
        file: a grey image repeated over those channels gives the same features.

        Raises:
            WeightsError: a parameter that is missing, unknown or of another shape.
        """
        given = {name: value for name, value in state.items() if not name.startswith("fc.")}
        stem = given.get("conv1.weight")
        if stem is not None and stem.dim() == 4 and self.in_channels == 1:
            given["conv1.weight"] = stem.sum(dim=1, keepdim=True)
        own = self.state_dict()
        # Files older than PyTorch 0.4.1 do not count batches.
        counts = {n: v for n, v in own.items() if n.endswith("num_batches_tracked")}
        given = counts | given
        for name in sorted(own.keys() | given.keys()):
            if name not in given or name not in own:
                problem = "is missing" if name not in given else "is not part of a ResNet-18"
                raise WeightsError(
                    f"not the weights of a torchvision ResNet-18: '{name}' {problem}"
                )
            if given[name].shape != own[name].shape:
                shapes = f"{list(given[name].shape)}, not {list(own[name].shape)}"
                raise WeightsError(f"weights of another ResNet-18: '{name}' is {shapes}")
        self.load_state_dict(given)


def _stage(channels: int, width: int, stride: int) -> nn.Sequential:
    return nn.Sequential(BasicBlock(channels, width, stride), BasicBlock(width, width, 1))
