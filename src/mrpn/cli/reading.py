"""Reading a manifest as the commands are told to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from mrpn.common.config import apply_changes
from mrpn.common.errors import ConfigError, CorpusError
from mrpn.corpora import Manifest, read_corpus
from mrpn.corpora.registry import corpus as corpus_named

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
        return read_corpus(corpus, source, **_values(options))
    if options:
        raise ConfigError(f"--option {options[0]}: is for a folder, together with --corpus NAME")
    if not source.exists():
        raise CorpusError(f"{source}: there is no such folder or manifest")
    if source.is_dir():
        raise CorpusError(f"{source}: say what this folder is, --corpus NAME ('mrpn corpus list')")
    return Manifest.load(source)


def read_for_check(folder: Path, corpus: str, options: Sequence[str]) -> Manifest:
    """Read a folder (or table) as the named corpus, with whatever is missing listed if it can."""
    return read_corpus(corpus, folder, **{**corpus_named(corpus).check_options, **_values(options)})


def _values(options: Sequence[str]) -> dict[str, Any]:
    for option in options:
        if "=" not in option.lstrip("="):
            raise ConfigError(f"--option {option}: write it as name=value")
    return apply_changes({}, options)


def read_starts(given: Sequence[str], known: Sequence[str] = ()) -> dict[str, str]:
    """Return weights by modality, of `--initial MODALITY=WEIGHTS`, which is repeatable.

    Args:
        given: as on the command line.
        known: the modalities there are; any without.

    Raises:
        ConfigError: no such pair, an unknown modality, or one that is given twice.
    """
    found: dict[str, str] = {}
    for item in given:
        modality, equals, place = item.partition("=")
        if not (equals and modality and place) or (known and modality not in known):
            pairs = (
                " or ".join(f"{name}=FILE" for name in known) or "MODALITY=NAME or MODALITY=FILE"
            )
            raise ConfigError(f"--initial {item}: write it as {pairs}")
        if modality in found:
            raise ConfigError(f"--initial {item}: {modality} starts from {found[modality]} already")
        found[modality] = place
    return found
