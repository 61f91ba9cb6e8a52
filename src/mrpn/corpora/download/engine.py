"""Downloading many files: what is there, what is needed, several at once, one summary."""

import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from rich.filesize import decimal

from mrpn.common.errors import MrpnError
from mrpn.common.files import atomic_path
from mrpn.common.progress import track
from mrpn.corpora.download.bar import byte_bar
from mrpn.corpora.download.client import Client
from mrpn.corpora.download.errors import DownloadError, StoreError
from mrpn.corpora.download.fetch import Store, fetch
from mrpn.corpora.download.journal import Journal
from mrpn.corpora.download.part import RemoteFile, digest_of, held_of, remove_part
from mrpn.corpora.download.unpack import unpack

# So many files failing one after another are not the files' fault.
_MOST_IN_A_ROW = 8


@dataclass(frozen=True)
class Catalogue:
    """What is to be in a folder.

    Args:
        files: to be fetched, checked by size and digest.
        store: knows where they are.
        tables: small files whose content is at hand already, by path.
        notes: what the user should know of the choice.
    """

    files: tuple[RemoteFile, ...]
    store: Store
    tables: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """What of a catalogue is whole in a folder, what is wanted, and how many bytes that needs."""

    whole: tuple[RemoteFile, ...]
    wanted: tuple[RemoteFile, ...]
    needed: int
    free: int


@dataclass
class Outcome:
    """What a download did.

    Args:
        whole: number of files that were there already.
        fetched: number of files that came.
        received: bytes that came for them.
        failed: what went wrong, by the file's path.
    """

    whole: int = 0
    fetched: int = 0
    received: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def survey(files: Sequence[RemoteFile], folder: Path, *, verify: bool = False) -> Survey:
    """Find out what is whole in `folder`; nothing is changed.

    Args:
        files: what is to be there.
        folder: need not exist.
        verify: read again what is known to be whole.
    """
    journal = Journal(folder)
    whole: list[RemoteFile] = []
    wanted: list[RemoteFile] = []
    for file in track(files, "looking at what is there"):
        target = folder / file.path
        known = journal.is_whole(file) and (not verify or journal.is_unpacked(file))
        right = known or (
            target.is_file()
            and target.stat().st_size == file.size
            and digest_of(target, file.digest) == file.digest
        )
        (whole if right else wanted).append(file)
    needed = sum(max(0, file.size - held_of(folder / file.path)) for file in wanted)
    standing = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    return Survey(tuple(whole), tuple(wanted), needed, shutil.disk_usage(standing).free)


def download(
    catalogue: Catalogue,
    found: Survey,
    folder: Path,
    client: Client,
    *,
    jobs: int = 4,
    unpacked: bool = False,
) -> Outcome:
    """Fetch what a survey found to be wanting; one file that fails does not stop the others.

    To be called by whoever is `alone_in` the folder.

    Args:
        catalogue: what is to be in the folder.
        found: the survey of its files.
        folder: made if it is not there.
        client: for this download alone; it is stopped when the download ends.
        jobs: files fetched at once.
        unpacked: replace every archive by its unpacked folder.

    Raises:
        DownloadError: the disk is too small, the store gives out nothing, or file after file fails.
    """
    # Unpacking needs room for one more archive than there is in the end.
    room = found.needed + (max((f.size for f in catalogue.files), default=0) if unpacked else 0)
    if room > found.free:
        raise DownloadError(
            f"{folder}: {decimal(room)} are needed and {decimal(found.free)} are free; "
            "make room, or ask for fewer actors"
        )
    for path, content in catalogue.tables.items():
        _write(folder / path, content)
    journal = Journal(folder)
    for file in found.whole:
        remove_part(folder / file.path)
        if not journal.is_whole(file):
            journal.add(file)
    outcome = Outcome(whole=len(found.whole))
    _fetch_all(catalogue.store, found.wanted, folder, client, jobs, journal, outcome)
    if unpacked:
        _unpack_all(catalogue.files, folder, journal, outcome)
    return outcome


def _fetch_all(
    store: Store,
    files: Sequence[RemoteFile],
    folder: Path,
    client: Client,
    jobs: int,
    journal: Journal,
    outcome: Outcome,
) -> None:
    waiting: SimpleQueue[RemoteFile] = SimpleQueue()
    for file in files:
        waiting.put(file)
    done: SimpleQueue[tuple[RemoteFile, int | BaseException]] = SimpleQueue()
    with byte_bar(sum(file.size for file in files), "downloading") as moved:

        def work() -> None:
            while not client.stop.is_set():
                try:
                    file = waiting.get_nowait()
                except Empty:
                    return
                try:
                    received = fetch(client, store, file, folder, moved)
                    journal.add(file)
                    done.put((file, received))
                except BaseException as error:
                    done.put((file, error))

        # Daemons: Ctrl-C does not wait for a server that says nothing.
        threads = [threading.Thread(target=work, daemon=True) for _ in range(jobs)]
        for thread in threads:
            thread.start()
        try:
            _collect(done, len(files), outcome)
        finally:
            client.stop.set()
            for thread in threads:
                thread.join(timeout=1)


def _collect(
    done: SimpleQueue[tuple[RemoteFile, int | BaseException]], count: int, outcome: Outcome
) -> None:
    in_a_row = 0
    for _ in range(count):
        file, result = done.get()
        if isinstance(result, int):
            in_a_row = 0
            outcome.fetched += 1
            outcome.received += result
            continue
        if not isinstance(result, DownloadError) or isinstance(result, StoreError):
            raise result
        in_a_row += 1
        outcome.failed[file.path] = str(result)
        if in_a_row == _MOST_IN_A_ROW:
            raise DownloadError(f"{in_a_row} files in a row failed, the last one: {result}")


def _unpack_all(
    files: Sequence[RemoteFile], folder: Path, journal: Journal, outcome: Outcome
) -> None:
    for file in track([file for file in files if file.path not in outcome.failed], "unpacking"):
        archive = folder / file.path
        try:
            if not journal.is_unpacked(file):
                journal.add(file, unpack(archive))
        except MrpnError as error:
            outcome.failed[file.path] = str(error)
        else:
            # Once more where a kill came between the two.
            archive.unlink(missing_ok=True)


def _write(target: Path, content: bytes) -> None:
    if not (target.is_file() and target.read_bytes() == content):
        with atomic_path(target) as partial:
            partial.write_bytes(content)
