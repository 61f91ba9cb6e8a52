"""Progress: silent where it is not wanted, and never on the output stream."""

import pytest

from mrpn.common.progress import quiet, say, set_quiet, track


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRPN_QUIET", "0")


def test_messages_go_to_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    say("a line")
    assert capsys.readouterr() == ("", "a line\n")


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    set_quiet(True)
    assert quiet()
    say("a line")
    assert list(track([1, 2], "work")) == [1, 2]
    assert capsys.readouterr() == ("", "")
    set_quiet(False)
    assert not quiet()


def test_tracked_items_come_unchanged_and_one_at_a_time() -> None:
    made = []

    def items() -> object:
        for number in range(3):
            made.append(number)
            yield number

    tracked = track(items(), "work", 3)
    assert next(tracked) == 0
    assert made == [0]
    assert list(tracked) == [1, 2]
