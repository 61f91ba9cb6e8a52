"""Ids, actor order and addresses."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.corpora.naming import is_safe_id, natural_key, path_id, safe_id, split_address

TEXT = st.text(min_size=1, max_size=12)


@given(TEXT)
def test_any_text_becomes_an_id_that_can_name_a_file(text: str) -> None:
    assert is_safe_id(safe_id(text))


@given(TEXT, TEXT)
def test_different_texts_become_different_ids(one: str, other: str) -> None:
    assert (safe_id(one) == safe_id(other)) == (one == other)


@pytest.mark.parametrize("text", ["", "a/b", "..", ".hidden", "a b", "a\\b", "-x"])
def test_what_cannot_name_a_file_is_no_id(text: str) -> None:
    assert not is_safe_id(text)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("happy/a.mp4", "happy+a"),
        ("happy/ann/a b.mp4", "happy+ann+a%20b"),
        ("/far/a+b.wav", "far+a%2Bb"),
        ("../a.wav", "%2E.+a"),
        ("faces.csv#12", "faces+12"),
    ],
)
def test_a_path_names_a_clip(path: str, name: str) -> None:
    assert path_id(PurePosixPath(path)) == name
    assert is_safe_id(name)


def test_actors_are_ordered_as_people_count() -> None:
    assert sorted(["10", "2", "S1", "1"], key=natural_key) == ["1", "2", "10", "S1"]


def test_only_a_row_of_a_csv_is_an_address_with_a_row() -> None:
    assert split_address("a/fer2013.csv#123") == ("a/fer2013.csv", 123)
    assert split_address("a/take#2.mp4") == ("a/take#2.mp4", None)
