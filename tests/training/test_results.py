"""Results of runs, read again: whatever is none is one line that names the file."""

from pathlib import Path

import pytest

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_json
from mrpn.training.results import load_result, load_results

RESULT = {"corpus": "c", "fold": "A1", "machine": {}, "recipe_digest": "r", "seed": 0}


def test_a_result_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_json(tmp_path / "result.json", RESULT)
    assert load_result(tmp_path / "result.json") == RESULT
    write_json(tmp_path / "results.json", [RESULT, RESULT])
    assert load_results(tmp_path / "results.json") == [RESULT, RESULT]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"corpus": "c", "fo', "not JSON, so not the result of a run"),
        ("\xff", "not JSON"),
        ("{}", "not the result of a run"),
        ("[]", "not the result of a run"),
        ("3", "not the result"),
    ],
)
def test_what_is_no_result_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MrpnError, match=line) as told:
        load_result(path)
    assert str(told.value).startswith(f"{path}: ")
    if text != "[]":
        with pytest.raises(MrpnError, match="not"):
            load_results(path)


def test_of_many_results_one_that_is_none_is_enough(tmp_path: Path) -> None:
    write_json(tmp_path / "results.json", [RESULT, {"fold": "A2"}])
    with pytest.raises(MrpnError, match="not the result of a run"):
        load_results(tmp_path / "results.json")
