"""`mrpn corpus download`: fetch RAVDESS or CREMA-D from where their makers keep them."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.markup import escape

from mrpn.cli.table import print_json, print_line
from mrpn.common.progress import say
from mrpn.corpora.download import (
    Catalogue,
    Client,
    DownloadError,
    Offer,
    Outcome,
    Survey,
    alone_in,
    choose_actors,
    choose_kinds,
    crema_d,
    crema_d_catalogue,
    download,
    ravdess,
    ravdess_catalogue,
    survey,
    zenodo,
)

HELP = "Fetch RAVDESS or CREMA-D: resumed where it stopped, checked, several files at once."
EXAMPLE = "Example: mrpn corpus download ravdess RAVDESS/ --actors 1-4 --accept-licence"
_OFFERS = {offer.name: offer for offer in (ravdess.OFFER, crema_d.OFFER)}


def download_corpus(
    corpus: Annotated[str, typer.Argument(help=f"One of {', '.join(_OFFERS)}.")],
    folder: Annotated[Path, typer.Argument(help="Where it goes; a clone of CREMA-D is completed.")],
    actors: Annotated[
        str | None, typer.Option(help="Such as 1-4,7 (CREMA-D: 1001-1010); all without it.")
    ] = None,
    what: Annotated[
        list[str] | None,
        typer.Option(
            help="Kinds of files. "
            + "; ".join(f"{offer.name}: {', '.join(offer.kinds)}" for offer in _OFFERS.values())
            + ". The first is the usual one."
        ),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept-licence", help="You have read the corpus's licence.")
    ] = False,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="Files fetched at once.")] = 4,
    unpack: Annotated[
        bool, typer.Option("--unpack", help="Replace archives by folders; no command needs it.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read again the files that are known to be whole.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be fetched, and write nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    zenodo_url: Annotated[str, typer.Option(envvar="MRPN_ZENODO", hidden=True)] = zenodo.ZENODO,
    repository: Annotated[
        str, typer.Option(envvar="MRPN_CREMA_D", hidden=True)
    ] = crema_d.REPOSITORY,
    lfs: Annotated[
        str, typer.Option(envvar="MRPN_CREMA_D_LFS", hidden=True)
    ] = f"{crema_d.REPOSITORY} {crema_d.MIRROR}",
) -> None:
    """Fetch a corpus, or what is missing of it."""
    if corpus not in _OFFERS:
        raise DownloadError(f"'{corpus}' cannot be downloaded; there are {', '.join(_OFFERS)}")
    offer = _OFFERS[corpus]
    kinds, numbers = choose_kinds(offer, what or []), choose_actors(offer, actors)
    if folder.exists() and not folder.is_dir():
        raise DownloadError(f"{folder}: is a file; name a folder")
    say(escape(offer.licence))
    if not dry_run:
        _accept(offer, accept)
    bases = [zenodo_url] if corpus == "ravdess" else [repository, *lfs.split()]
    client = Client(connections=jobs, secure=all(base.startswith("https:") for base in bases))
    with nullcontext() if dry_run else alone_in(folder):
        if corpus == "ravdess":
            catalogue = ravdess_catalogue(client, kinds, numbers, base=zenodo_url)
        else:
            catalogue = crema_d_catalogue(
                client, folder, kinds, numbers, repository=repository, stores=lfs.split()
            )
        for note in catalogue.notes:
            say(escape(note))
        found = survey(catalogue.files, folder, verify=verify)
        if dry_run:
            _show_plan(found, json)
            return
        outcome = download(catalogue, found, folder, client, jobs=jobs, unpacked=unpack)
    _show_outcome(outcome, catalogue, folder, json)


def _accept(offer: Offer, accepted: bool) -> None:
    if accepted:
        return
    if not sys.stdin.isatty():
        raise DownloadError(
            f"{offer.name}: read its licence, {offer.address}, and add --accept-licence"
        )
    typer.confirm(f"Do you accept {offer.name}'s licence ({offer.address})?", abort=True, err=True)


def _show_plan(found: Survey, json: bool) -> None:
    if json:
        print_json(
            {
                "there": [file.path for file in found.whole],
                "to fetch": {file.path: file.size for file in found.wanted},
                "bytes needed": found.needed,
                "bytes free": found.free,
            }
        )
        return
    for file in found.wanted:
        print_line(f"{decimal(file.size):>10}  {file.path}")
    print_line(
        f"{_files(found.wanted)} to fetch, {len(found.whole)} there already; "
        f"{decimal(found.needed)} needed, {decimal(found.free)} free"
    )


def _show_outcome(outcome: Outcome, catalogue: Catalogue, folder: Path, json: bool) -> None:
    total = sum(file.size for file in catalogue.files)
    if json:
        print_json(
            {
                "fetched": outcome.fetched,
                "there": outcome.whole,
                "bytes received": outcome.received,
                "failed": outcome.failed,
            }
        )
    else:
        say(
            escape(
                f"{_files(catalogue.files)}, {decimal(total)}: {outcome.fetched} fetched "
                f"({decimal(outcome.received)}), {outcome.whole} there already, "
                f"{len(outcome.failed)} failed; in {folder}"
            )
        )
    if outcome.failed:
        first = next(iter(outcome.failed.values()))
        others = len(outcome.failed) - 1
        more = f" (and {others} more; --json lists them)" if others else ""
        raise DownloadError(f"{first}{more}")


def _files(files: Sequence[object]) -> str:
    return f"{len(files)} file{'s' * (len(files) != 1)}"
