"""Weights of one package with an encoder in common: stored once, and never taken away."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from mrpn.common.errors import WeightsError
from mrpn.common.files import file_digest, write_json
from mrpn.corpora.folds import Fold
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, train_run
from mrpn.training.shipping import Sources, Texts, ship
from mrpn.weights import load_weights, read_header, read_registry

ALONE, BOTH = "voice-tiny", "both-tiny"
LINE = Texts("three moods, tiny")
Frozen = Callable[[Path, str], Path]


@pytest.fixture
def package(voice: Path, corpus: PreparedCorpus, tmp_path: Path) -> Path:
    """A package with the voice."""
    folder = tmp_path / "package"
    write_json(folder / "registry.json", [])
    ship(voice, ALONE, LINE, Sources(corpus), folder)
    return folder


@pytest.fixture
def frozen(
    make_recipe: Callable[..., Recipe],
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold,
    tmp_path: Path,
) -> Frozen:
    """A run of some strategy whose voice encoder stays that of a file."""

    def run(start: Path, strategy: str) -> Path:
        branch = recipe.network.branches["audio"].model_dump(mode="json")
        voice = {**branch, "initial": str(start), "frozen": True}
        changed = make_recipe(network={"branches": {"audio": voice, "video": branch}})
        return train_run(changed, corpus, fold, strategy, tmp_path / "runs")

    return run


def stored(path: Path) -> list[str]:
    """The names of a file's tensors of the voice encoder."""
    with safe_open(path, framework="pt") as opened:
        return [name for name in opened.keys() if "audio.encoder" in name]  # noqa: SIM118


def test_an_encoder_frozen_at_that_of_the_package_is_not_stored_again(
    frozen: Frozen, corpus: PreparedCorpus, package: Path
) -> None:
    file = package / f"{ALONE}.safetensors"
    entry = ship(frozen(file, "n2"), BOTH, LINE, Sources(corpus), package)
    header = read_header(package / entry.file)
    assert {name: each.file for name, each in header.shared.items()} == {"audio": file.name}
    both, one = (load_weights(path)[0] for path in (package / entry.file, file))
    theirs = one.branches["audio"].encoder.state_dict()
    found = both.branches["audio"].encoder.state_dict()
    assert all(torch.equal(found[name], value) for name, value in theirs.items())
    assert not stored(package / entry.file)
    assert f"Its audio encoder is that of `{file.name}`" in (package / f"{BOTH}.md").read_text()


def test_a_file_that_others_have_their_encoder_in_is_replaced_by_the_same_alone(
    voice: Path, frozen: Frozen, corpus: PreparedCorpus, package: Path, tmp_path: Path
) -> None:
    file = package / f"{ALONE}.safetensors"
    run = frozen(file, "n2")
    ship(run, BOTH, LINE, Sources(corpus), package)
    before = file_digest(file), read_registry(package / "registry.json")
    ship(voice, ALONE, LINE, Sources(corpus), package)
    with pytest.raises(WeightsError) as caught:
        ship(voice, ALONE, Texts("other", notes="Other."), Sources(corpus), package)
    assert str(caught.value) == (
        f"{file}: holds an encoder of {BOTH} too, which would no longer load; ship under another "
        f"name, or first ship {BOTH} again with --started-from and a copy of {file.name} in "
        "another folder, which stores the encoder twice"
    )
    assert (file_digest(file), read_registry(package / "registry.json")) == before
    # The remedies.
    ship(voice, "voice-other", Texts("other", notes="Other."), Sources(corpus), package)
    copy = tmp_path / "copies" / file.name
    copy.parent.mkdir()
    shutil.copyfile(file, copy)
    ship(run, BOTH, LINE, Sources(corpus, [copy]), package)
    ship(voice, ALONE, Texts("other", notes="Other."), Sources(corpus), package)
    load_weights(package / f"{BOTH}.safetensors")


def test_weights_that_replace_those_they_started_from_keep_their_encoder(
    frozen: Frozen, corpus: PreparedCorpus, package: Path
) -> None:
    file = package / f"{ALONE}.safetensors"
    ship(frozen(file, "am"), ALONE, LINE, Sources(corpus), package)
    assert stored(file)
    assert not read_header(file).shared
    load_weights(file)
