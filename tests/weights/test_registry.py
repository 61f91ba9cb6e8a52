"""Weights by name: what is found, what is checked, what is said, what is refused."""

import os
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from mrpn.common import progress
from mrpn.common.errors import WeightsError
from mrpn.weights import (
    find_weights,
    load_weights,
    read_registry,
    save_weights,
    shipped_weights,
    write_registry,
)
from weight_packages import entry_of, make_package


@pytest.fixture
def said(monkeypatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr("mrpn.weights.registry.say", lines.append)
    return lines


@pytest.fixture
def file(tmp_path, network, header) -> Path:
    path = tmp_path / "made.safetensors"
    update = {"licence": "CC BY-NC-SA 4.0", "limits": "Acted voices alone."}
    save_weights(path, network, header.model_copy(update=update), half=True)
    return path


def test_a_name_leads_to_the_file_of_an_installed_package(tmp_path, file, monkeypatch, said):
    home = make_package(tmp_path / "site", "weights_one", {"face-tiny": file})
    monkeypatch.syspath_prepend(tmp_path / "site")
    found = find_weights("face-tiny")
    assert found == home / "face-tiny.safetensors"
    assert load_weights(found)[1].licence == "CC BY-NC-SA 4.0"
    assert shipped_weights()["face-tiny"][0].size == file.stat().st_size


def test_licence_and_limits_are_said_in_one_line_once_a_process(tmp_path, file, monkeypatch, said):
    make_package(tmp_path / "site", "weights_two", {"once": file})
    monkeypatch.syspath_prepend(tmp_path / "site")
    shipped_weights()
    assert said == []
    find_weights("once")
    find_weights("once")
    assert said == ["once: licence CC BY-NC-SA 4.0. Acted voices alone."]


def test_the_licence_of_a_shipped_file_is_said_by_path_too(tmp_path, file, monkeypatch, said):
    home = make_package(tmp_path / "site", "weights_path", {"by-path": file})
    monkeypatch.syspath_prepend(tmp_path / "site")
    find_weights(home / "by-path.safetensors")
    find_weights("by-path")
    assert said == ["by-path: licence CC BY-NC-SA 4.0. Acted voices alone."]
    assert find_weights(file) == file
    assert len(said) == 1


def test_quiet_is_quiet(tmp_path, file, monkeypatch, capsys):
    make_package(tmp_path / "site", "weights_quiet", {"hush": file})
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setitem(os.environ, "MRPN_QUIET", "1")
    assert progress.quiet()
    find_weights("hush")
    assert capsys.readouterr().err == ""


def test_a_changed_file_is_refused_by_its_hash(tmp_path, file, monkeypatch, said):
    home = make_package(tmp_path / "site", "weights_three", {"changed": file})
    monkeypatch.syspath_prepend(tmp_path / "site")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    (home / "changed.safetensors").write_bytes(content)
    with pytest.raises(WeightsError, match="is not the file that the registry names") as caught:
        find_weights("changed")
    assert "\n" not in str(caught.value)
    assert said == []


def test_an_unknown_name_lists_what_there_is_and_how_to_get_more(tmp_path, file, monkeypatch):
    make_package(tmp_path / "site", "weights_four", {"b-one": file, "a-one": file})
    monkeypatch.syspath_prepend(tmp_path / "site")
    with pytest.raises(WeightsError, match=r"known: .*a-one, b-one.*pip install \./weights"):
        find_weights("face-huge")


def test_a_package_without_weights_is_told_from_no_package(tmp_path, monkeypatch):
    monkeypatch.setattr("mrpn.weights.registry.entry_points", lambda **_: [])
    with pytest.raises(WeightsError, match=r"'one'; no weights are installed; pip install \./w"):
        find_weights("one")
    monkeypatch.undo()
    make_package(tmp_path / "site", "weights_empty", {})
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr("mrpn.weights.registry.entry_points", _only("weights_empty"))
    said = r"'one'; no weights are installed: weights_empty is installed and holds none; a run's"
    with pytest.raises(WeightsError, match=said):
        find_weights("one")


def _only(*names):
    return lambda group: [p for p in entry_points(group=group) if p.name in names]


def test_a_path_is_a_path_and_nothing_is_said_of_it(tmp_path, file, monkeypatch, said):
    assert find_weights(file) == file
    monkeypatch.chdir(tmp_path)
    assert find_weights("made.safetensors") == Path("made.safetensors")
    for missing in ("gone.safetensors", "runs/gone"):
        with pytest.raises(WeightsError, match=f"^{missing}: no such weights file to start from$"):
            find_weights(missing, "start from")
    assert said == []


def test_a_broken_package_does_not_hide_the_others(tmp_path, file, monkeypatch, said):
    broken = make_package(tmp_path / "site", "weights_a_broken", {})
    make_package(tmp_path / "site", "weights_b_whole", {"whole": file})
    (broken / "registry.json").write_text("[{")
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert "whole" in shipped_weights()
    assert len(said) == 1
    assert said[0].startswith("the weights of the package 'weights_a_broken' are left out: ")


def test_of_two_packages_with_a_name_the_first_by_alphabet_has_it(
    tmp_path, file, monkeypatch, said
):
    first = make_package(tmp_path / "site", "weights_m", {"same": file})
    make_package(tmp_path / "site", "weights_n", {"same": file})
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert find_weights("same").parent == first


def test_a_registry_survives_its_file_in_the_order_of_names(tmp_path, file):
    entries = [entry_of("b", file), entry_of("a", file)]
    write_registry(tmp_path / "registry.json", entries)
    assert list(read_registry(tmp_path / "registry.json").values()) == entries[::-1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{}", "no registry of weights"),
        ('[{"name": "a"}]', "no registry of weights"),
        ("no json", "no registry of weights"),
    ],
)
def test_what_is_no_registry_is_one_line(tmp_path, text, line):
    (tmp_path / "registry.json").write_text(text)
    with pytest.raises(WeightsError, match=line) as caught:
        read_registry(tmp_path / "registry.json")
    assert "\n" not in str(caught.value)
    with pytest.raises(WeightsError, match="cannot read the registry"):
        read_registry(tmp_path / "gone.json")


def test_a_name_twice_and_a_file_elsewhere_are_refused(tmp_path, file):
    write_registry(tmp_path / "registry.json", [entry_of("a", file)] * 2)
    with pytest.raises(WeightsError, match="two weights have the same name"):
        read_registry(tmp_path / "registry.json")
    text = (tmp_path / "registry.json").read_text().replace(file.name, "../made.safetensors")
    (tmp_path / "registry.json").write_text(text)
    with pytest.raises(WeightsError, match="no registry of weights"):
        read_registry(tmp_path / "registry.json")
