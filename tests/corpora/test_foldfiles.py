"""Folds as YAML and JSON."""

from pathlib import Path

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import load_folds, ravdess_folds, save_folds


@pytest.mark.parametrize("suffix", [".yaml", ".yml", ".json"])
@pytest.mark.parametrize("protocol", ["strict", "paper"])
def test_saved_folds_come_back_with_their_hash(tmp_path: Path, suffix: str, protocol: str) -> None:
    folds = ravdess_folds(protocol)  # type: ignore[arg-type]
    file = tmp_path / f"folds{suffix}"
    save_folds(folds, file)
    assert load_folds(file) == folds
    assert folds.digest in file.read_text()


def test_folds_written_by_hand_need_neither_quotes_nor_digest(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("folds:\n- {name: one, train: [1, 2], validation: [3], test: [4]}\n")
    folds = load_folds(file)
    assert folds.name == "mine"
    assert folds["one"].train == ("1", "2")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("folds: [", "not folds that can be read"),
        ("- 1", "not folds that can be read"),
        ("name: x", "key 'folds' is missing"),
        ("folds:\n- {name: x, train: [1], validation: [2]}", "test"),
        ("folds:\n- {name: x, train: '1', validation: [2], test: [3]}", "is a list of actors"),
        ("folds:\n- {name: x, train: 1, validation: [2], test: [3]}", "not folds"),
        ("folds:\n- {name: x, train: [1], validation: [2], test: [3], dev: [4]}", "dev"),
        ("folds:\n- {name: x, train: [1], validation: [2], test: [1]}", "are both in"),
        (
            "digest: abc\nfolds:\n- {name: x, train: [1], validation: [2], test: [3]}",
            "do not match the digest",
        ),
    ],
)
def test_folds_that_cannot_stand_are_one_line_with_the_files_name(
    tmp_path: Path, text: str, line: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(CorpusError, match=rf"mine\.yaml: .*{line}") as raised:
        load_folds(file)
    assert "\n" not in str(raised.value)


def test_a_missing_file_and_an_unknown_suffix_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot read the folds"):
        load_folds(tmp_path / "none.yaml")
    with pytest.raises(CorpusError, match=r"not '\.txt'"):
        save_folds(ravdess_folds(), tmp_path / "folds.txt")
