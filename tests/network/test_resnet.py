import pytest
import torch

from mrpn.common.errors import ConfigError, WeightsError
from mrpn.network import ResNet18
from mrpn.network.resnet import HalvingConv

NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def torchvision_names() -> list[str]:
    """The names in torchvision's resnet18, without its classifier."""
    names = ["conv1.weight", *(f"bn1.{part}" for part in NORM)]
    for layer in (1, 2, 3, 4):
        for block in (0, 1):
            at = f"layer{layer}.{block}"
            for unit in (1, 2):
                names += [f"{at}.conv{unit}.weight", *(f"{at}.bn{unit}.{p}" for p in NORM)]
            if layer > 1 and block == 0:
                names += [f"{at}.downsample.0.weight", *(f"{at}.downsample.1.{p}" for p in NORM)]
    return names


def torchvision_state(channels: int = 3, width: int = 64) -> dict[str, torch.Tensor]:
    state = {
        n: torch.randn_like(v.float()) for n, v in ResNet18(channels, width).state_dict().items()
    }
    state = {n: v.abs() if n.endswith("running_var") else v for n, v in state.items()}
    return state | {"fc.weight": torch.randn(1000, 512), "fc.bias": torch.randn(1000)}


def test_state_dict_has_torchvisions_names_shapes_and_size():
    state = ResNet18(3).state_dict()
    assert list(state) == torchvision_names()
    assert len(state) == 120
    assert state["conv1.weight"].shape == (64, 3, 7, 7)
    assert state["layer4.0.downsample.0.weight"].shape == (512, 256, 1, 1)
    # torchvision's resnet18 has 11,689,512 parameters, 513,000 of them in fc.
    assert sum(p.numel() for p in ResNet18(3).parameters()) == 11_689_512 - 513_000


@pytest.mark.parametrize(
    ("stride", "size", "stages"), [(2, 64, [16, 8, 4, 2]), (1, 48, [48, 24, 12, 6])]
)
def test_the_stem_decides_the_sizes_of_the_stages(stride, size, stages):
    network = ResNet18(1, width=4, stem_stride=stride)
    seen = []
    for stage in (network.layer1, network.layer2, network.layer3, network.layer4):
        stage.register_forward_hook(lambda _, __, out: seen.append(out.shape[-1]))
    assert network(torch.rand(2, 1, size, size)).shape == (2, 32)
    assert network.out_features == 32
    assert seen == stages


def test_weights_carry_over_between_the_two_stems():
    ResNet18(3, 4, stem_stride=1).load_state_dict(ResNet18(3, 4, stem_stride=2).state_dict())


def test_a_torchvision_file_loads_and_its_classifier_is_dropped():
    state = torchvision_state()
    network = ResNet18(3)
    network.load_torchvision(state)
    own = network.state_dict()
    assert all(torch.equal(own[name], state[name].to(own[name].dtype)) for name in own)


def test_one_input_channel_takes_the_sum_of_the_stems_kernels():
    state = torchvision_state(width=4)
    grey, colour = ResNet18(1, 4).eval(), ResNet18(3, 4).eval()
    grey.load_torchvision(state)
    colour.load_torchvision(state)
    expected = state["conv1.weight"].sum(1, keepdim=True)
    assert torch.equal(grey.conv1.weight.data, expected)
    image = torch.rand(2, 1, 32, 32)
    repeated = colour(image.expand(-1, 3, -1, -1))
    torch.testing.assert_close(grey(image), repeated, rtol=1e-4, atol=1e-4)


def test_old_files_without_counts_of_batches_load():
    state = {n: v for n, v in torchvision_state(width=4).items() if "num_batches" not in n}
    ResNet18(3, 4).load_torchvision(state)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"conv1.weight": None}, "'conv1.weight' is missing"),
        ({"layer1.2.conv1.weight": torch.zeros(1)}, "'layer1.2.conv1.weight' is not part"),
        ({"bn1.bias": torch.zeros(8)}, r"'bn1.bias' is \[8\], not \[4\]"),
    ],
)
def test_weights_of_another_network_are_refused_by_name(change, line):
    state = {**torchvision_state(width=4), **change}
    network = ResNet18(3, 4)
    before = network.conv1.weight.clone()
    with pytest.raises(WeightsError, match=line):
        network.load_torchvision({n: v for n, v in state.items() if v is not None})
    assert torch.equal(network.conv1.weight, before)


def test_a_single_small_image_trains():
    network = ResNet18(1, width=2)
    network(torch.rand(1, 1, 16, 16)).sum().backward()
    assert network.conv1.weight.grad.isfinite().all()


def test_channels_last_changes_the_layout_not_the_features():
    network = ResNet18(3, 4, stem_stride=1).eval()
    images = torch.rand(2, 3, 16, 16)
    expected = network(images)
    layouts = []
    network.to(memory_format=torch.channels_last)
    network.layer2.register_forward_hook(
        lambda _, __, out: layouts.append(out.is_contiguous(memory_format=torch.channels_last))
    )
    torch.testing.assert_close(network(images), expected, rtol=1e-5, atol=1e-5)
    assert layouts == [True]


@pytest.mark.parametrize("options", [{"in_channels": 0}, {"width": 0}, {"stem_stride": 3}])
def test_sizes_outside_their_ranges_are_refused(options):
    with pytest.raises(ConfigError, match=next(iter(options))):
        ResNet18(**{"in_channels": 1, **options})


def test_images_of_another_shape_are_refused():
    with pytest.raises(ConfigError, match=r"\[N, 1, H, W\], not \[2, 3, 8, 8\]"):
        ResNet18(1, 2)(torch.rand(2, 3, 8, 8))


@pytest.mark.parametrize("height", [1, 2])
def test_gradients_of_maps_one_column_wide_hold_no_foreign_memory_in_half_precision(
    height: int,
) -> None:
    conv = HalvingConv(16, 32, 3, 2, 1, bias=False).to(memory_format=torch.channels_last)
    maps = torch.ones(5, 16, height, 1)
    for _ in range(3):
        # Freed memory that a kernel which forgets to write would show.
        del [torch.full((1000 + 137 * i,), 1e30) for i in range(50)][:]
        conv.weight.grad = None
        with torch.autocast("cpu", torch.bfloat16):
            conv(maps).sum().backward()
        assert conv.weight.grad is not None
        expected = torch.zeros(3, 3)
        expected[1 : 1 + height, 1] = 5.0
        torch.testing.assert_close(conv.weight.grad, expected.expand(32, 16, 3, 3))
