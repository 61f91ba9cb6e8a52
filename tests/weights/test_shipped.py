"""The package of weights in this repository: whole, small enough, licensed, and free of leaks."""

import json
import tomllib
from pathlib import Path

import pytest

from mrpn.common.files import file_digest
from mrpn.corpora import read_corpus
from mrpn.training.evidence import prove_apart
from mrpn.training.packing import LARGEST
from mrpn.weights import load_weights, preprocessing_of, read_header, read_registry, render_card

ROOT = Path(__file__).resolve().parents[2] / "weights"
PACKAGE = ROOT / "mrpn_weights"
ENTRIES = read_registry(PACKAGE / "registry.json")
names = pytest.mark.parametrize("name", list(ENTRIES))


def test_all_files_together_stay_below_12_mb():
    sizes = [path.stat().st_size for path in PACKAGE.rglob("*") if path.is_file()]
    assert 0 < sum(sizes) <= LARGEST == 12_000_000


def test_every_file_has_its_entry_and_its_card_and_nothing_else_is_there():
    wanted = {"__init__.py", "registry.json"}
    for name, entry in ENTRIES.items():
        wanted |= {entry.file, f"{name}.md"}
    assert {path.name for path in PACKAGE.iterdir() if path.is_file()} == wanted


def test_the_package_has_a_licence_of_its_own_apart_from_the_codes():
    about = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert (about["name"], about["license"]) == ("mrpn-weights", "LicenseRef-mrpn-weights")
    assert about["entry-points"]["mrpn.weights"] == {"mrpn": PACKAGE.name}
    licence = (ROOT / "LICENSE").read_text("utf-8")
    for text in ("CC BY-NC-SA 4.0", "RAVDESS", "FER2013", "For research", "not for commercial use"):
        assert text.lower() in licence.lower()
    assert licence != (ROOT.parent / "LICENSE").read_text("utf-8")


@names
def test_entry_card_and_header_say_the_same(name):
    entry, path = ENTRIES[name], PACKAGE / ENTRIES[name].file
    header = read_header(path)
    assert (entry.sha256, entry.size) == (file_digest(path), path.stat().st_size)
    assert (entry.licence, entry.reproduce) == (header.licence, header.reproduce)
    assert entry.preprocessing == preprocessing_of(path, header).digest
    assert (PACKAGE / f"{name}.md").read_text("utf-8") == render_card(header, name, entry.remarks)
    for text in (header.limits, header.intended_use, header.reproduce, entry.line, entry.data):
        assert text
    assert header.licence not in ("", "not stated")


@names
def test_it_loads_and_says_on_what_it_was_measured_with_an_interval(name):
    network, header = load_weights(PACKAGE / ENTRIES[name].file)
    assert not network.training
    assert header.measured
    for measured in header.measured:
        assert measured.low <= measured.value <= measured.high
        assert measured.on.digest


def test_the_card_of_the_faces_tells_of_the_near_ones_that_were_found():
    place = ROOT.parent / "experiments" / "results" / "near-faces" / "result.json"
    found = json.loads(place.read_text("utf-8"))["above"]["0.90"]
    without = found["without"]
    value, low, high = (100 * each for each in (without["accuracy"], *without["interval"]))
    remarks = ENTRIES["face-small"].remarks
    assert f"{found['faces']} test faces ({found['other_label']} under another label)" in remarks
    assert f"without them it reaches {value:.1f} % ({low:.1f} to {high:.1f})" in remarks


@names
def test_nothing_trained_on_ravdess_may_be_sold_and_actors_21_to_24_are_held_out(name):
    header = read_header(PACKAGE / ENTRIES[name].file)
    for material in header.trained_on:
        if "ravdess" in material.corpus:
            assert "BY-NC-SA" in header.licence
            assert not {"21", "22", "23", "24"} & set(material.actors)


@pytest.mark.data
@names
def test_no_actor_speaker_or_face_of_the_test_was_trained_on(name, data, unpacked_faces):
    """With the real corpora, whose contents are read and compared once more."""
    header = read_header(PACKAGE / ENTRIES[name].file)
    folders = {
        "ravdess": data / "ravdess" / "Audio_Speech_Actors_01-24",
        "librispeech": data / "librispeech",
    }
    tested = {m.on.model_dump_json(): m.on for m in header.measured}
    if header.calibration is not None:
        tested |= {on.model_dump_json(): on for on in header.calibration.on}
    used = {m.corpus for m in (*header.trained_on, *tested.values())}
    composite = "composite-ravdess-fer2013"
    if {composite, "fer2013"} & used:
        folders["fer2013"] = unpacked_faces()
    manifests = {name: read_corpus(name, folders[name]) for name in used & folders.keys()}
    if composite in used:
        faces = str(folders["fer2013"])
        manifests[composite] = read_corpus(composite, folders["ravdess"], faces=faces)
    assert prove_apart(header, manifests) == sum(m.contents for m in tested.values())
