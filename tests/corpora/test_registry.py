"""Corpora by name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import check_corpus, corpora, read_corpus

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
    with pytest.raises(CorpusError, match="no corpus is called 'ravdes'; there are ravdess, fer"):
        read_corpus("ravdes", touch())


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("fer2013", {"seed": 1}, "corpus 'fer2013' has no option 'seed'; its options: none"),
        ("ravdess", {"chanel": "song"}, "has no option 'chanel'; its options: channel"),
        ("ravdess", {"channel": "opera"}, "'channel': Input should be 'speech' or 'song'"),
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
