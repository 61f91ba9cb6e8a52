"""The packages that a baseline needs beside this project: there, in which version, or one line."""

import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from mrpn.common.errors import MrpnError

# What all scripts share lies in the folder above.
sys.path.append(str(Path(__file__).resolve().parents[1]))
from scripting import run_script

__all__ = ["need", "run_script"]


def need(module: str, requirement: str) -> Path:
    """Return the folder of an installed package, without importing it.

    Args:
        module: what is imported.
        requirement: what is installed, with its version: "opensmile==2.6.0".

    Raises:
        MrpnError: it is not installed, or in another version than the results were made with.
    """
    name, _, wanted = requirement.partition("==")
    spec = find_spec(module)
    remedy = f"install it as the head of this script says ({requirement})"
    if spec is None or not spec.submodule_search_locations:
        raise MrpnError(f"the package '{name}' is not installed; {remedy}")
    try:
        found = version(name)
    except PackageNotFoundError:
        raise MrpnError(f"the package '{name}' is there without its version; {remedy}") from None
    if wanted and found != wanted:
        raise MrpnError(f"the package '{name}' is there in version {found}; {remedy}")
    return Path(next(iter(spec.submodule_search_locations)))
