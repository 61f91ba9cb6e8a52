"""Batches are encoded in order, beside their reading, never too many ahead; errors come through."""

import threading

import numpy as np
import pytest
import torch

from mrpn.recognition import encoding
from mrpn.recognition.encoding import Encoding


def crops(value: int, count: int = 1) -> np.ndarray:
    return np.full((count, 2, 2, 3), value, np.uint8)


def mean(batch: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(batch.reshape(len(batch), -1).mean(axis=1, keepdims=True))


def test_features_are_in_the_order_of_the_batches_and_may_go_on():
    some = Encoding(mean)
    assert some.features().shape == (0, 1)
    for value in range(9):
        some.add(crops(value, 2))
    assert some.features()[:, 0].tolist() == [v for v in range(9) for _ in range(2)]
    some.add(crops(9))
    assert some.features()[-1, 0] == 9
    some.close()


def test_reading_waits_for_encoding_that_is_far_behind(monkeypatch):
    monkeypatch.setattr(encoding, "_AHEAD", 2)
    go, begun = threading.Event(), []

    def slow(batch):
        begun.append(int(batch[0, 0, 0, 0]))
        go.wait(10)
        return mean(batch)

    some = Encoding(slow)
    reader = threading.Thread(target=lambda: [some.add(crops(v)) for v in range(5)])
    reader.start()
    reader.join(0.3)
    assert reader.is_alive()
    assert begun == [0]
    go.set()
    reader.join(10)
    assert some.features()[:, 0].tolist() == [0, 1, 2, 3, 4]
    some.close()


def test_an_error_in_the_thread_is_raised_to_the_reader_and_the_thread_ends():
    def broken(_):
        raise ValueError("no")

    before = threading.active_count()
    some = Encoding(broken)
    some.add(crops(1))
    with pytest.raises(ValueError, match="no"):
        some.features()
    some.close()
    assert threading.active_count() == before
