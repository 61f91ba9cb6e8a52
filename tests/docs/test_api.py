"""docs/api.md is what the sources say now."""

import importlib
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE = runpy.run_path(str(ROOT / "docs" / "make_api.py"))


def test_the_reference_is_up_to_date() -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert page == MADE["api_page"](), "run: python docs/make_api.py"


@pytest.mark.parametrize("room", MADE["ROOMS"])
def test_every_public_name_has_a_section_of_its_own(room: str) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    section = page.split(f"\n## mrpn.{room}\n")[1].split("\n## ")[0]
    module = importlib.import_module(f"mrpn.{room}")
    titles = [line[4:] for line in section.splitlines() if line.startswith("### ")]
    assert sorted(titles) == sorted(module.__all__)


def test_sections_of_a_docstring_become_lists() -> None:
    text = """Cut *a* wave `a*b`.

    Args:
        wave, rate: samples, and how many
            a second.
        <name>: odd.

    Returns:
        The rest.

    Raises MediaError if not.
    """
    assert MADE["_markdown"](text).splitlines() == [
        "Cut \\*a\\* wave `a*b`.",
        "",
        "**Args**",
        "",
        "- `wave`, `rate`: samples, and how many",
        "  a second.",
        "- `<name>`: odd.",
        "",
        "**Returns**",
        "",
        "The rest.",
        "",
        "Raises MediaError if not.",
    ]
