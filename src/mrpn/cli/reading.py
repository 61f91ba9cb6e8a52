"""Reading a manifest as the commands are told to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from mrpn.common.config import apply_changes
from mrpn.common.errors import CorpusError
from mrpn.corpora import Manifest, read_corpus

CorpusOption = Annotated[
    str | None,
    typer.Option(help="What the folder is, a name of 'mrpn corpus list'; not for a manifest."),
]
OptionOption = Annotated[
    list[str] | None,
    typer.Option("--option", help="An option of the corpus's reader, as name=value; repeatable."),
]


def read_manifest(source: Path, corpus: str | None, options: Sequence[str]) -> Manifest:
    """Return a saved manifest, or read a folder (or table) as the named corpus."""
    if corpus is not None:
        values: dict[str, Any] = apply_changes({}, options)
        return read_corpus(corpus, source, **values)
    if source.is_dir():
        raise CorpusError(f"{source}: say what this folder is, --corpus NAME ('mrpn corpus list')")
    return Manifest.load(source)
