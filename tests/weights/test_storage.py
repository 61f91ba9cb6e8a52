import json
import pickle
import struct

import pytest
import torch
from safetensors.torch import load_file, save_file

from mrpn.common.errors import WeightsError
from mrpn.common.files import file_digest
from mrpn.network import MultiModalNetwork, NetworkSpec, Wiring, build_network, late_fusion
from mrpn.weights import (
    Shared,
    WeightsHeader,
    load_weights,
    read_header,
    save_weights,
    storage,
)


def same(one: MultiModalNetwork, two: MultiModalNetwork) -> bool:
    first, second = one.state_dict(), two.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[n], second[n]) for n in first)


def test_a_network_comes_back_with_its_header_in_test_mode(tmp_path, network, header, batch):
    path = tmp_path / "mrpn.safetensors"
    save_weights(path, network, header)
    loaded, found = load_weights(path)
    assert found == header == read_header(path)
    assert same(loaded, network)
    assert not loaded.training
    assert network.training
    assert loaded.spec == network.spec
    assert torch.equal(loaded(batch).fused, network.eval()(batch).fused)


@pytest.mark.parametrize(
    "joints",
    [
        {"update": "dense", "side": "f'"},
        {"norm": "layer", "fusion_gradient": 0.25},
        {"norm": "layer", "update": "perceptron"},
    ],
)
def test_a_network_of_an_ablation_is_rebuilt_from_its_header(
    tmp_path, network, header, batch, joints
):
    spec = NetworkSpec(**{**network.spec.model_dump(), **joints})
    varied = build_network(spec)
    path = tmp_path / "varied.safetensors"
    save_weights(path, varied, header.model_copy(update={"network": spec}))
    loaded, found = load_weights(path)
    assert found.network == spec
    assert loaded.wiring == varied.wiring != network.wiring
    assert torch.equal(loaded(batch).fused, varied.eval()(batch).fused)


def test_a_header_without_joints_is_written_as_it_was_before_there_were_any(header):
    written = json.loads(header.model_dump_json())["network"]
    assert set(written).isdisjoint(Wiring.model_fields)
    assert WeightsHeader.model_validate_json(header.model_dump_json()) == header


def test_the_same_network_gives_the_same_bytes_and_nothing_else_is_left(tmp_path, network, header):
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    for path in (one, two):
        save_weights(path, network, header)
    assert one.read_bytes() == two.read_bytes()
    assert sorted(tmp_path.iterdir()) == [one, two]


def test_a_channels_last_network_is_stored_like_any_other(tmp_path, network, header):
    path = tmp_path / "mrpn.safetensors"
    save_weights(path, network.to(memory_format=torch.channels_last), header)
    assert same(load_weights(path)[0], network)


def test_half_precision_takes_half_the_room_and_spares_the_statistics(
    tmp_path, network, header, batch
):
    whole, half = tmp_path / "whole.safetensors", tmp_path / "half.safetensors"
    save_weights(whole, network, header)
    save_weights(half, network, header, half=True)
    assert half.stat().st_size < whole.stat().st_size
    loaded, _ = load_weights(half)
    statistic = "branches.audio.encoder.bn1.running_var"
    assert torch.equal(loaded.state_dict()[statistic], network.state_dict()[statistic])
    assert {p.dtype for p in loaded.parameters()} == {torch.float32}
    expected = network.eval()(batch).fused
    torch.testing.assert_close(loaded(batch).fused, expected, rtol=0.02, atol=0.02)


def test_parameters_too_large_for_16_bits_are_refused_and_nothing_is_written(
    tmp_path, network, header
):
    with torch.no_grad():
        network.branches["audio"].encoder.conv1.weight[0, 0, 0, 0] = 1e6
    with pytest.raises(WeightsError, match="does not fit in 16 bits"):
        save_weights(tmp_path / "half.safetensors", network, header, half=True)
    assert list(tmp_path.iterdir()) == []


def test_a_late_fusion_comes_back_frozen(tmp_path, network, header):
    spec, targets = network.spec, network.spec.targets
    alone = {}
    for name in ("audio", "video"):
        branch = {name: spec.branches[name]}
        alone[name] = build_network(
            spec.model_copy(update={"branches": branch, "kind": "unimodal"})
        )
    fused = late_fusion(alone, hidden=8)
    path = tmp_path / "late.safetensors"
    save_weights(path, fused, header.model_copy(update={"network": fused.spec}))
    loaded, found = load_weights(path)
    assert same(loaded, fused)
    assert found.network.frozen
    assert found.network.targets == targets
    assert not any(p.requires_grad for p in loaded.branches.parameters())
    loaded.train()
    assert not loaded.branches["audio"].encoder.bn1.training


def test_a_network_built_by_hand_is_saved_if_the_header_fits_it(tmp_path, network, header):
    by_hand = MultiModalNetwork(dict(network.branches), 3, "n2", hidden=8)
    path = tmp_path / "mrpn.safetensors"
    save_weights(path, by_hand, header)
    assert same(load_weights(path)[0], by_hand)
    other = MultiModalNetwork(dict(network.branches), 3, "n2", hidden=9)
    with pytest.raises(WeightsError, match=r"'fusions.class.scoring.hidden.bias' is \[9\], not"):
        save_weights(path, other, header)
    assert same(load_weights(path)[0], by_hand)


def test_a_header_of_another_network_or_too_large_is_refused(tmp_path, network, header):
    path = tmp_path / "mrpn.safetensors"
    other = network.spec.model_copy(update={"dropout": 0.1})
    with pytest.raises(WeightsError, match="declares another network"):
        save_weights(path, network, header.model_copy(update={"network": other}))
    with pytest.raises(WeightsError, match="a header of more than"):
        save_weights(path, network, header.model_copy(update={"notes": "x" * 5_000_000}))
    assert not path.exists()


def _no_file(path, state, header):
    pass


def _empty(path, state, header):
    path.write_bytes(b"")


def _text(path, state, header):
    path.write_text("these are not the weights you are looking for")


def _pickled(path, state, header):
    path.write_bytes(pickle.dumps({"weights": [1.0]}))


def _torch_file(path, state, header):
    torch.save(state, path)


def _endless_header(path, state, header):
    path.write_bytes(struct.pack("<Q", 2**40) + b"{}")


def _broken_index(path, state, header):
    path.write_bytes(struct.pack("<Q", 8) + b"not json" + bytes(64))


def _no_header(path, state, header):
    save_file(state, path)


def _header_no_json(path, state, header):
    save_file(state, path, metadata={"mrpn": "{"})


def _header_a_list(path, state, header):
    save_file(state, path, metadata={"mrpn": "[]"})


def _deep(path, state, header):
    save_file(state, path, metadata={"mrpn": "[" * 100_000})


def _newer(path, state, header):
    text = json.dumps(json.loads(header) | {"format": 3, "future": True})
    save_file(state, path, metadata={"mrpn": text})


def _unknown_key(path, state, header):
    text = json.dumps(json.loads(header) | {"surprise": 1})
    save_file(state, path, metadata={"mrpn": text})


def _unknown_encoder(path, state, header):
    save_file(state, path, metadata={"mrpn": header.replace('"resnet18"', '"vgg"')})


def _tensor_missing(path, state, header):
    state = {n: v for n, v in state.items() if n != "branches.audio.encoder.bn1.bias"}
    save_file(state, path, metadata={"mrpn": header})


def _tensor_too_many(path, state, header):
    save_file(state | {"zebra": torch.zeros(1)}, path, metadata={"mrpn": header})


def _other_shape(path, state, header):
    state = state | {"branches.audio.encoder.bn1.bias": torch.zeros(7)}
    save_file(state, path, metadata={"mrpn": header})


@pytest.mark.parametrize(
    ("write", "line"),
    [
        (_no_file, "cannot read the weights: No such file"),
        (_empty, "not a safetensors file"),
        (_text, "not a safetensors file"),
        (_pickled, "not a safetensors file"),
        (_torch_file, "not a safetensors file"),
        (_endless_header, "not a safetensors file"),
        (_broken_index, "not a safetensors file"),
        (_no_header, "lacks the header"),
        (_header_no_json, "header is not JSON"),
        (_deep, "header is not JSON"),
        (_header_a_list, "its header:"),
        (_newer, "format 3 is newer"),
        (_unknown_key, "unknown key 'surprise'"),
        (_unknown_encoder, "unknown encoder 'vgg'"),
        (_tensor_missing, "'branches.audio.encoder.bn1.bias' is missing"),
        (_tensor_too_many, "'zebra' is not part of it"),
        (_other_shape, r"'branches.audio.encoder.bn1.bias' is \[7\], not \[2\]"),
    ],
)
def test_wrong_files_are_one_clear_line_that_names_them(tmp_path, network, header, write, line):
    path = tmp_path / "wrong.safetensors"
    state = {name: value.contiguous() for name, value in network.state_dict().items()}
    write(path, state, header.model_dump_json())
    with pytest.raises(WeightsError, match=line) as caught:
        load_weights(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_network_larger_than_its_file_is_refused_before_there_is_room_for_it(
    tmp_path, network, header, monkeypatch
):
    path = tmp_path / "hostile.safetensors"
    written = json.loads(header.model_dump_json())
    written["network"]["branches"]["audio"]["features"] = 65_536
    text = json.dumps(written)
    save_file({n: v.contiguous() for n, v in network.state_dict().items()}, path, {"mrpn": text})

    def build(spec):
        raise AssertionError("there was room made for the network")

    monkeypatch.setattr(storage, "build_network", build)
    with pytest.raises(WeightsError, match=r"fit the network it declares: 'branches\.audio\.aggr"):
        load_weights(path)


def test_sizes_beyond_all_bounds_are_one_line(tmp_path, network, header):
    path = tmp_path / "hostile.safetensors"
    written = json.loads(header.model_dump_json())
    audio = {"encoder": "mlp", "width": 64, "encoder_options": {"width": 2**62}}
    written["network"]["branches"]["audio"] |= audio
    save_file({"a": torch.zeros(1)}, path, {"mrpn": json.dumps(written)})
    with pytest.raises(WeightsError, match="such a network cannot be made: ") as caught:
        load_weights(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.5, 0.999])
def test_a_file_cut_short_anywhere_is_refused(tmp_path, network, header, share):
    path = tmp_path / "cut.safetensors"
    save_weights(path, network, header)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WeightsError, match="not a safetensors file"):
        load_weights(path)


def test_the_header_is_plain_json_beside_plain_tensors(tmp_path, network, header):
    path = tmp_path / "mrpn.safetensors"
    save_weights(path, network, header)
    length = struct.unpack("<Q", path.read_bytes()[:8])[0]
    index = json.loads(path.read_bytes()[8 : 8 + length])
    text = index["__metadata__"]["mrpn"]
    assert WeightsHeader.model_validate_json(text) == header
    assert load_file(path).keys() == network.state_dict().keys()


@pytest.fixture
def shared(tmp_path, network, header):
    """A file that leaves its video encoder to another one beside it."""
    other = tmp_path / "other.safetensors"
    save_weights(other, network, header)
    found = {"video": Shared(file=other.name, sha256=file_digest(other))}
    path = tmp_path / "sharing.safetensors"
    save_weights(path, network, header.model_copy(update={"shared": found}))
    return path


def test_an_encoder_in_common_lies_in_one_file_and_is_loaded_from_it(shared, network):
    names = load_file(shared).keys()
    assert not any(name.startswith("branches.video.encoder.") for name in names)
    assert any(name.startswith("branches.video.aggregator.") for name in names)
    assert same(load_weights(shared)[0], network)


def test_what_was_loaded_can_be_saved_elsewhere_and_is_whole_there(shared, network, tmp_path):
    elsewhere = tmp_path / "elsewhere" / "whole.safetensors"
    elsewhere.parent.mkdir()
    loaded, header = load_weights(shared)
    save_weights(elsewhere, loaded, header)
    assert not read_header(elsewhere).shared
    assert same(load_weights(elsewhere)[0], network)


def test_without_the_file_beside_it_or_with_another_the_line_says_so(shared, network, header):
    other = shared.with_name("other.safetensors")
    save_weights(other, network, header.model_copy(update={"notes": "another"}))
    with pytest.raises(WeightsError, match="the file of that name beside it is another"):
        load_weights(shared)
    other.unlink()
    with pytest.raises(WeightsError, match=r"that of other.safetensors, which is not beside it"):
        load_weights(shared)
