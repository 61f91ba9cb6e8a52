"""Which weights are taken where none are named."""

from pathlib import Path

import pytest

from mrpn.common.errors import WeightsError
from mrpn.recognition import choosing
from mrpn.weights import ShippedWeights


def entry(kind: str) -> tuple[ShippedWeights, Path]:
    blank = dict.fromkeys(("line", "licence", "data", "preprocessing", "reproduce"), "")
    file = Path("x.safetensors")
    entry = ShippedWeights(name="x", file=file.name, sha256="0" * 64, kind=kind, size=1, **blank)
    return entry, file


def test_the_first_network_of_face_and_voice_is_taken_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = {
        "voices": entry("uni-modal network: audio"),
        "both": entry("N2, Multi-Modal Residual Perceptron Network (MRPN): audio, video"),
        "also": entry("N1 network: audio, video"),
    }
    monkeypatch.setattr(choosing, "shipped_weights", lambda: shipped)
    assert choosing.default_weights() == "both"


def test_where_none_takes_face_and_voice_what_is_there_and_the_remedy_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shipped = {"voices": entry("uni-modal network: audio")}
    monkeypatch.setattr(choosing, "shipped_weights", lambda: shipped)
    with pytest.raises(WeightsError, match=r"\(voices\) none take face and voice; .*--weights"):
        choosing.default_weights()
