"""Lists in a line."""

from mrpn.common.words import few


def test_names_beyond_the_first_are_counted() -> None:
    assert few(["a", "b"], 2) == "a, b"
    assert few(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert few([]) == ""
