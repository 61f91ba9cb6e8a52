"""Files: the old or the new, never half of one."""

import json
import os
from pathlib import Path

import pytest

from mrpn.common.files import (
    atomic_path,
    file_digest,
    is_partial,
    remove_partials,
    value_digest,
    write_json,
    write_text,
)


def test_a_block_that_succeeds_puts_the_new_file_in_place(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "a.txt"
    with atomic_path(target) as partial:
        assert partial.parent == target.parent
        assert partial.suffix == ".txt"
        partial.write_text("new", encoding="utf-8")
        assert not target.exists()
    assert target.read_text("utf-8") == "new"
    assert list(target.parent.iterdir()) == [target]


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write_text(target, "old")
    with pytest.raises(RuntimeError), atomic_path(target) as partial:
        partial.write_text("half", encoding="utf-8")
        raise RuntimeError
    assert target.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_block_that_writes_nothing_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "a.txt"):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_file_has_the_usual_mode_whatever_its_writer_says(tmp_path: Path) -> None:
    usual, target = tmp_path / "usual", tmp_path / "a.bin"
    usual.touch()
    with atomic_path(target) as partial:
        os.close(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600))
    assert target.stat().st_mode == usual.stat().st_mode


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    kept = [tmp_path / "a.partial.txt", tmp_path / ".hidden", tmp_path / "b.txt", tmp_path / "sub"]
    for path in kept[:3]:
        path.touch()
    kept[3].mkdir()
    left = [tmp_path / ".a.123.partial.txt", tmp_path / ".b.7.partial"]
    for path in left:
        path.touch()
    assert [is_partial(path) for path in kept + left] == [False] * 4 + [True] * 2
    remove_partials(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_every_name_that_is_written_under_counts_as_partial(tmp_path: Path) -> None:
    for name in ("a.txt", "weights.safetensors", "no-suffix", "two.parts.csv"):
        with atomic_path(tmp_path / name) as partial:
            assert is_partial(partial)
            assert str(os.getpid()) in partial.name
            partial.touch()


def test_json_is_sorted_indented_and_ends_with_a_line(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": 1, "a": [1, 2]})
    text = (tmp_path / "a.json").read_text("utf-8")
    assert json.loads(text) == {"a": [1, 2], "b": 1}
    assert text.index('"a"') < text.index('"b"')
    assert text.endswith("}\n")


def test_digests_are_sha256_of_content_and_of_meaning(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_digest(tmp_path / "a").startswith("ba7816bf8f01cfea")
    assert value_digest({"a": 1, "b": (2,)}) == value_digest({"b": [2], "a": 1})
    assert value_digest({"a": 1}) != value_digest({"a": "1"})
