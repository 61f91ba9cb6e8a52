"""Every block of the pages is run, or checked, or listed with a reason (listed.py)."""

import re
import runpy
import shlex
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from docs.blocks import COMMANDS, PAGES, ROOT, Block, blocks
from docs.checking import check
from docs.listed import GENERATED, PARSED, RUN, SHOWN, SMALLER, listed
from mrpn.cli.app import app
from mrpn.corpora import Corpus
from mrpn.training import Recipe
from mrpn.weights import find_weights, read_header, read_registry

WEIGHTS = ROOT / "weights" / "mrpn_weights"
SHIPPED = read_registry(WEIGHTS / "registry.json")
# Names that the code around an excerpt would have.
AROUND = {"corpora.md": {"Corpus": Corpus}}
LINE = re.compile(r"  \w+ +\d+\.\d %  █* +face [ ▁-█] +\d+ %   voice [ ▁-█] +\d+ %")


def run(page: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(line)
    if words[0] == "python":
        monkeypatch.setattr(sys, "argv", words[1:])
        runpy.run_path(words[1], run_name="__main__")
        return
    more = listed(SMALLER, page, line) or []
    assert not app([*words[1:], *more], prog_name="mrpn", standalone_mode=False), line


def do(block: Block, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    if block.language == "python":
        source = "\n" * block.line + block.text
        exec(compile(source, block.page, "exec"), names)
    elif block.language == "yaml":
        assert yaml.safe_load(block.text)
        Path(block.text.split()[1]).write_text(block.text, encoding="utf-8")
    elif block.language in COMMANDS and not listed(SHOWN, block.page, block.text):
        for line in block.commands:
            check(shlex.split(line))
            if (block.page, line) in RUN or listed(PARSED, block.page, line) is None:
                run(block.page, line, monkeypatch)
    else:
        assert block.language in ("text", "indented"), f"{block.page}:{block.line}"
        assert listed(SHOWN, block.page, block.text.lstrip()), f"{block.page}:{block.line}"


@pytest.mark.parametrize("page", [name for name in PAGES if name not in GENERATED])
def test_what_a_page_says_can_be_done(
    page: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if page == "export.md":
        pytest.importorskip("onnx", reason="pip install mrpn[export]")
    names: dict[str, Any] = {"__name__": "page", **AROUND.get(page, {})}
    for block in blocks(page):
        do(block, names, monkeypatch)


def test_what_is_listed_is_on_the_pages() -> None:
    for page, start in [*PARSED, *RUN, *SMALLER]:
        lines = [line for block in blocks(page) for line in block.commands]
        assert any(line.startswith(start) for line in lines), (page, start)
    for page, start in SHOWN:
        assert any(block.text.lstrip().startswith(start) for block in blocks(page)), (page, start)


@pytest.mark.parametrize("words", [["predict"], ["corpus", "chek"], ["predict", "a", "--no"]])
def test_a_wrong_command_would_be_noticed(words: list[str]) -> None:
    with pytest.raises(typer.BadParameter.__base__):
        check(["mrpn", *words])


@pytest.mark.parametrize(
    "words",
    [
        ["--recipe", "fer2013-small"],
        ["--faces", "FER2013", "--epochs", "3"],
        ["--faces", "FER2013", "--minutes", "soon"],
        ["--faces", "FER2013", "--recipe", "fer2013-huge"],
    ],
    ids=["one that is needed", "unknown", "no number", "no such recipe"],
)
def test_a_wrong_option_of_a_script_would_be_noticed(words: list[str]) -> None:
    with pytest.raises(AssertionError):
        check(["python", "experiments/faces_fer2013.py", *words])


@pytest.mark.parametrize(
    "line",
    [
        "install ./weight",
        "install .[exports]",
        "download no-such-package",
        "wheel -c no .",
        "get .",
    ],
)
def test_what_pip_could_not_find_would_be_noticed(line: str) -> None:
    with pytest.raises(AssertionError):
        check(["pip", *line.split()])


@pytest.mark.parametrize("name", SHIPPED)
def test_the_command_that_makes_shipped_weights_again_can_be_given(name: str) -> None:
    line = SHIPPED[name].reproduce
    check(shlex.split(line))
    assert f"`{line}`" in (WEIGHTS / f"{name}.md").read_text(encoding="utf-8")


def test_a_command_that_fails_would_be_noticed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError):
        run("start.md", "mrpn predict clip.mp4 gone.mp4", monkeypatch)


def test_the_output_that_the_start_shows_is_like_the_real(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app(["predict", "clip.mp4"], standalone_mode=False)
    real = capsys.readouterr().out.splitlines()
    shown = next(b for b in blocks("start.md") if b.language == "text").text.splitlines()
    for head, *rest in (real, shown):
        assert re.fullmatch(r"clip\.mp4  \d+\.\d s, from voice and face", head)
        assert LINE.fullmatch(rest[0])
    assert len([line for line in shown if LINE.fullmatch(line)]) >= 2


def test_the_recipe_for_own_clips_fits_the_encoders_that_ship() -> None:
    own, ship = (
        Recipe.model_validate(yaml.safe_load((ROOT / "recipes" / name).read_text()))
        for name in ("own-clips.yaml", "recognizer.yaml")
    )
    thawed = {n: b.model_copy(update={"frozen": False}) for n, b in ship.network.branches.items()}
    assert own.network.branches == thawed
    assert own.preprocessing.spectrogram == ship.preprocessing.spectrogram
    assert own.preprocessing.clip.size == ship.preprocessing.clip.size
    assert own.preprocessing.channels == ship.preprocessing.channels
    voice = read_header(find_weights("voice-small")).network.branches["audio"]
    for part in ("encoder", "in_channels", "width", "stem_stride"):
        assert getattr(voice, part) == getattr(own.network.branches["audio"], part)


@cache
def anchors(page: Path) -> set[str]:
    """Return the targets of links to a page's headings, as they are named on the web."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    times: Counter[str] = Counter()
    found = set()
    for title in re.findall(r"^#+ (.*)", text, re.MULTILINE):
        anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        found.add(f"{anchor}-{times[anchor]}" if times[anchor] else anchor)
        times[anchor] += 1
    return found


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    here = PAGES[page]
    for target, anchor in re.findall(r"\]\(([^)#\s:]*)(?:#([^)\s]*))?\)", here.read_text("utf-8")):
        there = (here.parent / target).resolve() if target else here
        assert there.exists(), f"{page}: {target}"
        assert not anchor or anchor in anchors(there), f"{page}: {target}#{anchor}"
