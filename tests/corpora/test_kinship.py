"""Whose voices and faces a corpus has: names that readers give to the same people are known."""

import pytest

from mrpn.corpora import corpora
from mrpn.corpora.kinship import same_faces, same_people

FAMILY = (
    "ravdess",
    "ravdess-song",
    "ravdess-both",
    "composite-ravdess-fer2013",
    "composite-ravdess-both-fer2013",
    "composite-ravdess-fer2013-clarity",
    "composite-ravdess-song-fer2013-clarity-opposed",
)


@pytest.mark.parametrize("one", FAMILY)
def test_ravdess_has_the_same_people_under_all_its_names(one: str) -> None:
    for other in FAMILY:
        assert same_people(one, other)
    for other in ("crema-d", "savee", "librispeech", "mine", "composite-savee-fer2013"):
        assert not same_people(one, other)
        assert not same_people(other, one)


def test_every_name_that_a_reader_gives_is_of_its_own_corpus_alone() -> None:
    names = {name: entry.name for entry in corpora() for name in (entry.name, *entry.published)}
    assert "crema-d-plurality-voice" in names
    for one, its_own in names.items():
        for other, others in names.items():
            kin = {its_own, others} == {"ravdess", "composite-ravdess-fer2013"}
            assert same_people(one, other) == (its_own == others or kin)


def test_unknown_names_are_taken_at_their_word() -> None:
    assert same_people("composite-mine-faces", "mine")
    assert not same_people("mine", "mine-too")
    assert not same_people("ravdess-mine", "ravdess")


def test_faces_are_those_borrowed_however_they_are_paired() -> None:
    plain, paired = "composite-ravdess-fer2013", "composite-ravdess-fer2013-clarity"
    for one, other in ((plain, paired), (plain, "fer2013"), (f"{paired}-opposed", "fer2013")):
        assert same_faces(one, other)
        assert same_faces(other, one)
    assert not same_faces("fer2013", "fer2013")
    assert not same_faces(plain, "faces")
