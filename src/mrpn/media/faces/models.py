"""Finding what a detector needs: packages that are installed by choice, and model files."""

import os
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from mrpn.common.errors import MediaError


def optional_module(name: str, remedy: str) -> Any:
    """Return an installed module, imported only now.

    Raises MediaError with the remedy if it is not installed, and with the library's own words if it
    is and cannot be loaded.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise MediaError(f"the package '{error.name}' is not installed: {remedy}") from error
    except ImportError as error:
        reason = str(error).partition("\n")[0]
        raise MediaError(f"the package '{name}' cannot be loaded ({reason}): {remedy}") from error


def installed_file(package: str, name: str) -> Path | None:
    """Return where an installed package keeps a file; the package is not imported."""
    try:
        files = distribution(package).files or []
    except PackageNotFoundError:
        return None
    found = (Path(str(file.locate())) for file in files if file.name == name)
    return next((path for path in found if path.is_file()), None)


def model_file(given: str | Path | None, variable: str, otherwise: Path | None, how: str) -> Path:
    """Return a detector's model file: the one given, the variable's, or one that is installed.

    Raises MediaError, saying `how` to come by one, if there is none.
    """
    named = given or os.environ.get(variable)
    path = Path(named) if named else otherwise
    if path is None:
        raise MediaError(f"the face detector's model is not installed: {how}")
    if not path.is_file():
        source = "the setting 'model'" if given else variable
        raise MediaError(f"{path}: no such model file ({source} names it); {how}")
    return path
