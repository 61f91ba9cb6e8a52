"""Results of finished runs, read again: what is none is told in one line."""

import json
from pathlib import Path
from typing import Any

from mrpn.common.errors import MrpnError

# Every result has it, whatever was trained.
_ALWAYS = "recipe_digest"


def load_result(path: Path) -> dict[str, Any]:
    """Return the result of a run, from its `result.json`.

    Raises:
        OSError: there is none.
        MrpnError: a file that is no result of a run, damaged or of something else.
    """
    return _checked(_parsed(path), path)


def load_results(path: Path) -> list[dict[str, Any]]:
    """Return the results of many runs, from a study's `results.json`; raises as `load_result`."""
    values = _parsed(path)
    if not isinstance(values, list):
        raise MrpnError(f"{path}: not the results of runs")
    return [_checked(value, path) for value in values]


def _parsed(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise MrpnError(f"{path}: not JSON, so not the result of a run: {error}") from error


def _checked(value: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict) or _ALWAYS not in value:
        raise MrpnError(f"{path}: not the result of a run")
    return value
