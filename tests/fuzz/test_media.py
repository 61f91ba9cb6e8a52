"""Whatever is wrong with a media file: arrays, or one line; no crash, no hang, no traceback."""

from pathlib import Path

import pytest

from fuzz.cases import WRONG, fuzz, make
from fuzz.seeds import gather
from mrpn.common.isolation import Lost
from mrpn.common.machine import usable_cores

SEED = 0


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return gather(tmp_path_factory.mktemp("whole"))


def failures(files: list[Path], numbers: range, workers: int) -> list[str]:
    """Return a line for each case that ended otherwise than in arrays or an error."""
    lines = []
    for number, outcome in fuzz(files, numbers, SEED, workers):
        if isinstance(outcome, Lost):
            file, _, ways = make(files, SEED, number)
            lines.append(f"case {number} ({file.name}, {ways}): {outcome.reason}")
        elif outcome.ended == WRONG:
            lines.append(f"case {number} ({outcome.file}, {outcome.ways}): {outcome.texts}")
    return lines


def test_the_same_numbers_make_the_same_case(files: list[Path]) -> None:
    assert make(files, 3, 17) == make(files, 3, 17)
    assert make(files, 3, 17)[1] != make(files, 4, 17)[1]


def test_200_spoilt_files_end_in_arrays_or_an_error(files: list[Path]) -> None:
    assert failures(files, range(200), workers=1) == []


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_5000_spoilt_files_end_in_arrays_or_an_error(files: list[Path]) -> None:
    assert failures(files, range(200, 5200), workers=usable_cores()) == []
