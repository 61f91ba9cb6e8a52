"""Corpora by name."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    ClipRecord,
    Manifest,
    check_corpus,
    corpora,
    corpus_folds,
    ravdess_folds,
    read_corpus,
)
from mrpn.corpora.registry import entry_of

Touch = Callable[..., Path]
NAME = "03-01-05-01-02-01-12.wav"


def test_every_corpus_has_a_name_of_its_own_a_description_and_a_licence() -> None:
    names = [corpus.name for corpus in corpora()]
    assert len(set(names)) == len(names)
    assert all(corpus.description and corpus.licence for corpus in corpora())


def test_a_corpus_is_read_by_name_with_options_as_a_recipe_has_them(touch: Touch) -> None:
    folder = touch(NAME, "happy/1.mp4")
    assert read_corpus("ravdess", str(folder), channel="speech").name == "ravdess"
    assert read_corpus("folder", folder, name="mine", actor=r"\d").actors == ("1",)


def test_an_unknown_corpus_lists_those_there_are(touch: Touch) -> None:
    with pytest.raises(
        CorpusError, match="no corpus is called 'ravdes'; there are ravdess, crema-d, savee"
    ):
        read_corpus("ravdes", touch())


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("fer2013", {"seed": 1}, "corpus 'fer2013' has no option 'seed'; its options: none"),
        ("ravdess", {"chanel": "song"}, "has no option 'chanel'; its options: channel"),
        ("ravdess", {"channel": "opera"}, "'channel': Input should be 'speech', 'song' or 'both'"),
        ("composite-ravdess-fer2013", {}, "needs the option 'faces'"),
        ("composite-ravdess-fer2013", {"faces": "x", "seed": "y"}, "'seed': .* integer"),
    ],
)
def test_unknown_missing_and_wrong_options_are_one_clear_line(
    touch: Touch, name: str, options: dict[str, str], line: str
) -> None:
    with pytest.raises(CorpusError, match=line) as raised:
        read_corpus(name, touch(NAME), **options)
    assert "\n" not in str(raised.value)


def test_a_folder_that_is_no_synthetic_corpus_is_one_clear_line(touch: Touch) -> None:
    with pytest.raises(CorpusError) as raised:
        read_corpus("synthetic", touch(NAME))
    assert "\n" not in str(raised.value)


def test_a_corpus_is_checked_against_its_own_published_counts(touch: Touch) -> None:
    folder = touch(f"sad/{NAME}")
    assert "1 clips, published are 1440" in check_corpus(read_corpus("ravdess", folder)).off
    assert check_corpus(read_corpus("folder", folder)).off == ()


def of_actors(name: str, actors: range) -> Manifest:
    records = tuple(
        ClipRecord(f"c{a}", "sad", str(a), "male" if a % 2 else "female", None, f"{a}.wav")
        for a in actors
    )
    return Manifest(name, Path(), ("sad",), records)


def test_a_manifest_finds_its_corpus_by_any_of_its_names() -> None:
    names = ("ravdess", "ravdess-song", "crema-d-plurality-voice", "mine")
    entries = [entry_of(of_actors(name, range(1, 3))) for name in names]
    assert [entry and entry.name for entry in entries] == ["ravdess", "ravdess", "crema-d", None]


def test_a_corpus_has_its_own_folds_and_others_are_rotated() -> None:
    assert corpus_folds(of_actors("ravdess", range(1, 25))) == ravdess_folds()
    assert corpus_folds(of_actors("ravdess", range(1, 25)), "paper") == ravdess_folds("paper")
    assert corpus_folds(of_actors("mine", range(1, 25))) == ravdess_folds()
    crema = corpus_folds(of_actors("crema-d", range(1001, 1092)))
    assert crema.names == tuple(f"S{number}" for number in range(1, 10))
    assert corpus_folds(of_actors("mine", range(1, 7)), "paper").names == ("A1,2", "A3,4", "A5,6")
    assert corpus_folds(of_actors("mine", range(1, 73)))[0].test == ("1", "2", "3", "4", "5", "6")


def test_options_are_understood_as_the_command_line_reads_them(touch: Touch) -> None:
    folder = touch(NAME, "01-01-05-01-02-01-12.mp4")
    assert read_corpus("ravdess", folder, modality=3).records[0].id == NAME.removesuffix(".wav")
    with pytest.raises(CorpusError, match="'modality': Input should be 'auto', '01'"):
        read_corpus("ravdess", folder, modality="04")


BAD = "bad.zip: not a zip archive, or cut off; download it again"
SPARED = {
    "ravdess": "03-01-05-01-02-01-12.wav",
    "crema-d": "1001_DFA_ANG_XX.wav",
    "savee": "DC_a01.wav",
    "emodb": "03a01Fa.wav",
    "librispeech": "103-1240-0000.flac",
    "folder": "happy/a.wav",
    "arrays": "happy/a.npz",
}


@pytest.mark.parametrize(("name", "file"), SPARED.items())
def test_an_archive_that_cannot_be_read_is_noted_by_every_reader(
    touch: Touch, name: str, file: str
) -> None:
    folder = touch(file)
    (folder / "bad.zip").write_bytes(b"no archive")
    (folder / file).write_bytes(b"content")
    manifest = read_corpus(name, folder)
    assert f"1 archive that cannot be read left out, {BAD}" in manifest.notes
    assert list(check_corpus(manifest, folder=folder).broken) == ["bad.zip"]
    assert not check_corpus(manifest).broken


def test_where_nothing_is_found_the_archives_left_out_are_told(touch: Touch) -> None:
    folder = touch("notes.txt")
    (folder / "bad.zip").write_bytes(b"no archive")
    with pytest.raises(CorpusError, match=f"no RAVDESS speech trials.*; 1 archive .*{BAD}"):
        read_corpus("ravdess", folder)


def test_fer2013_notes_an_archive_that_cannot_be_read(touch: Touch) -> None:
    folder = touch("train/happy/a.png")
    Image.new("L", (48, 48), 90).save(folder / "train" / "happy" / "a.png")
    (folder / "bad.zip").write_bytes(b"no archive")
    assert f"1 archive that cannot be read left out, {BAD}" in read_corpus("fer2013", folder).notes
