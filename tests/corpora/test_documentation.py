"""What `docs/corpora.md` says is so."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.corpora import corpora, crema_d_folds, emodb_folds, ravdess_folds, savee_folds

Touch = Callable[..., Path]


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[2] / "docs" / "corpora.md").read_text(encoding="utf-8")


def test_every_corpus_is_there_with_its_options(page: str) -> None:
    for entry in corpora():
        assert f"`{entry.name}`" in page
    table = page[: page.index("## RAVDESS")]
    rows = {row.split("|")[1].strip(" `"): row for row in table.splitlines() if row[:3] == "| `"}
    for name in ("ravdess", "crema-d", "composite-ravdess-fer2013"):
        options = next(entry.options for entry in corpora() if entry.name == name)
        assert re.findall(r"`([a-z_]+)`", rows[name].split("|")[4]) == [*options]


def test_the_folds_digests_are_those_of_the_folds(page: str) -> None:
    for folds in (ravdess_folds, crema_d_folds, emodb_folds, savee_folds):
        assert f"{folds().digest[:16]} | {folds('paper').digest[:16]}" in page


def test_the_example_of_a_new_corpus_reads_clips(page: str, touch: Touch) -> None:
    example = re.search(r'```python\n(""".*?)```', page, re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(example[1], names)
    manifest = names["read_mine"](touch("ann-happy-01.mp4", "x/bob-Sadness-02.mp4"))
    assert manifest.counts() == {"happy": 1, "sad": 1}
    assert manifest.actors == ("ann", "bob")
