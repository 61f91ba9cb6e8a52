import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import Scores


def test_fused_is_the_only_target():
    only = torch.rand(2, 3)
    assert Scores({"emotion": only}).fused is only


def test_fused_of_several_targets_is_refused_by_name():
    with pytest.raises(ConfigError, match=r"several targets \(a, b\)"):
        _ = Scores({"a": torch.rand(2, 3), "b": torch.rand(2, 1)}).fused
