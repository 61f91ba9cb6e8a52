import pickle

import pytest
import torch
from safetensors.torch import save_file

from mrpn.common.errors import WeightsError
from mrpn.network import ResNet18
from mrpn.weights import read_state_dict

STATE = {"conv1.weight": torch.rand(4, 1, 7, 7)}


def test_safetensors_and_plain_pytorch_files_are_read(tmp_path):
    save_file(STATE, tmp_path / "a.safetensors")
    torch.save(STATE, tmp_path / "b.pth")
    torch.save({"state_dict": STATE, "epoch": 3}, tmp_path / "c.pth")
    for path in sorted(tmp_path.iterdir()):
        found = read_state_dict(path)
        assert found.keys() == STATE.keys()
        assert torch.equal(found["conv1.weight"], STATE["conv1.weight"])


def test_a_file_of_torchvisions_layout_goes_into_a_resnet(tmp_path):
    source, target = ResNet18(3, 4), ResNet18(1, 4)
    torch.save(source.state_dict() | {"fc.weight": torch.rand(10, 32)}, tmp_path / "r.pth")
    target.load_torchvision(read_state_dict(tmp_path / "r.pth"))
    assert torch.equal(target.layer4[1].conv2.weight, source.layer4[1].conv2.weight)


class Trap:
    """What an attacker would put into a pickle."""

    ran = False

    def __reduce__(self):
        return (setattr, (Trap, "ran", True))


def test_nothing_in_a_pickle_is_ever_run(tmp_path):
    torch.save({"weight": Trap()}, tmp_path / "trap.pth")
    (tmp_path / "plain.pth").write_bytes(pickle.dumps(Trap(), protocol=2))
    for path in tmp_path.iterdir():
        with pytest.raises(WeightsError, match="not a file of plain tensors"):
            read_state_dict(path)
    assert not Trap.ran


def test_files_that_hold_no_tensors_by_name_are_refused(tmp_path):
    torch.save({"epoch": 3}, tmp_path / "numbers.pth")
    torch.save(torch.rand(3), tmp_path / "tensor.pth")
    for name in ("numbers.pth", "tensor.pth"):
        with pytest.raises(WeightsError, match="no tensors by name"):
            read_state_dict(tmp_path / name)
    with pytest.raises(WeightsError, match="cannot read the weights"):
        read_state_dict(tmp_path / "absent.pth")
    for name in ("text.pth", "text.safetensors"):
        (tmp_path / name).write_text("no weights at all")
        with pytest.raises(WeightsError, match="not a file of plain tensors"):
            read_state_dict(tmp_path / name)
