"""In test mode a clip's scores depend on that clip alone."""

from functools import partial

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mrpn.network import Sequence

CLOSE = {"rtol": 1e-5, "atol": 1e-6}
ROWS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=4
)  # lengths of audio and video, row by row


@pytest.fixture(params=["n0", "n1", "n2"])
def make(request, make_network):
    return partial(make_network, request.param, "audio", "video")


@pytest.mark.parametrize("aggregator", ["lstm", "bilstm", "transformer", "mean"])
@given(rows=ROWS, padding=st.integers(0, 3), seed=st.integers(0, 9))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_padding_composition_and_order_change_nothing(make, aggregator, rows, padding, seed):
    torch.manual_seed(seed)
    network = make(aggregator=aggregator, seed=seed)
    warm = {
        n: Sequence.from_list([torch.randn(2, 3) for _ in range(4)]) for n in network.modalities
    }
    network(warm)
    network.eval()
    items = {
        name: [torch.randn(row[place], 3) for row in rows]
        for place, name in enumerate(("audio", "video"))
    }
    together = network({name: Sequence.from_list(values) for name, values in items.items()}).fused

    garbage = {}
    for name in ("video", "audio"):
        plain = Sequence.from_list(items[name])
        wild = torch.full((len(rows), padding, 3), float("nan"))
        valid = torch.arange(plain.values.shape[1]) < plain.lengths[:, None]
        values = torch.where(valid[:, :, None], plain.values, float("nan"))
        garbage[name] = Sequence(torch.cat((values, wild), dim=1), plain.lengths)
    torch.testing.assert_close(network(garbage).fused, together, **CLOSE)

    for index in range(len(rows)):
        alone = {name: Sequence.from_list([values[index]]) for name, values in items.items()}
        torch.testing.assert_close(network(alone).fused[0], together[index], **CLOSE)

    backwards = {n: Sequence.from_list(values[::-1]) for n, values in reversed(items.items())}
    torch.testing.assert_close(network(backwards).fused.flip(0), together, **CLOSE)
