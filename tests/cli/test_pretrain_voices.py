"""`mrpn pretrain voice` on real speakers: trained on some, verified on others."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mrpn.training.speakers import read_trials
from mrpn.weights import load_weights

Run = Callable[..., Any]
RECIPE = Path(__file__).resolve().parents[2] / "recipes" / "speakers-small.yaml"
LITTLE = (
    "branch.width=4",
    "split.test=3",
    "split.utterances=4",
    "slices.tested=3.0",
    "optimisation.epochs=2",
    "optimisation.clips_per_epoch=32",
)


@pytest.fixture(scope="module")
def speakers(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """Twelve speakers of LibriSpeech in a folder, and which three of them have ten utterances."""
    source = data / "librispeech"
    if not source.is_dir():
        pytest.skip(f"no LibriSpeech in {data}")
    counts = {
        path.name: len([*path.iterdir()]) for path in sorted(source.iterdir()) if path.is_dir()
    }
    many = [name for name in counts if counts[name] == 10][:3]
    once = [name for name in counts if counts[name] == 1][:9]
    folder = tmp_path_factory.mktemp("speakers")
    for name in (*many, *once):
        shutil.copytree(source / name, folder / name)
    return folder, {*many}


@pytest.mark.data
def test_real_speakers_are_told_apart_to_a_verification_error(
    mrpn: Run, speakers: tuple[Path, set[str]], tmp_path: Path
) -> None:
    folder, held_out = speakers
    out = tmp_path / "out"
    settings = [part for change in LITTLE for part in ("--set", change)]
    how = ("--corpus", "librispeech", "--recipe", RECIPE, "--out", out, "--workers", 1)
    ran = mrpn("pretrain", "voice", folder, *how, *settings, "--json")
    assert ran.code == 0, ran.err
    assert "epoch   2/2" in ran.err
    result = json.loads(ran.out)
    assert {*result["speakers"]["test"]} == held_out
    assert not held_out & {*result["speakers"]["train"]}
    assert result["utterances"] == {"train": 9, "validation": 0, "test": 12}
    trials = read_trials(out / "run")
    targets = trials["target"].to_numpy(bool)
    # Twelve utterances, four of each: 66 pairs, six of each speaker with himself.
    assert (len(targets), int(targets.sum())) == (66, 18)
    for network in ("trained", "untrained"):
        found = result["verification"][network]
        assert 0 <= found["eer_low"] <= found["eer"] <= found["eer_high"] <= 1
        scores = trials[network].to_numpy()
        rates = [
            (np.mean(scores[targets] < at), np.mean(scores[~targets] >= at))
            for at in np.sort(scores)
        ]
        assert min(map(max, rates)) == pytest.approx(found["eer"], abs=1 / 18)
    assert not trials["trained"].equals(trials["untrained"])
    network, header = load_weights(out / "run" / "weights.safetensors")
    assert set(header.class_names) == {*result["speakers"]["train"]}
    assert network.branches["audio"].encoder.state_dict()["conv1.weight"].shape[0] == 4
