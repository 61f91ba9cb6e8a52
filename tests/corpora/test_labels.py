"""Names of emotions."""

import pytest

from mrpn.corpora import EMOTIONS, canonical_label, order_classes


@pytest.mark.parametrize(
    ("label", "name"),
    [("Fear", "fearful"), (" surprise ", "surprised"), ("ANG", "angry"), ("bored", "bored")],
)
def test_an_emotion_has_one_name_and_other_labels_keep_theirs(label: str, name: str) -> None:
    assert canonical_label(label) == name


def test_a_project_name_is_its_own_canonical_name() -> None:
    assert [canonical_label(name) for name in EMOTIONS] == list(EMOTIONS)


def test_emotions_come_first_in_their_order_and_others_by_alphabet() -> None:
    assert order_classes(["zeal", "sad", "awe", "neutral", "sad"]) == (
        "neutral",
        "sad",
        "awe",
        "zeal",
    )
