"""Killed preparations, started again, end in the same bytes: children of ours, really killed."""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from killing import dying_at_rename, in_a_child
from mrpn.corpora.manifest import Manifest
from mrpn.media import ClipSettings
from mrpn.preparation import prepare
from mrpn.preparation.entry import JOURNAL, VIDEO, Entry
from mrpn.preparation.store import StoreWriter

COUNT = 8
# The description, the manifest, and the mark of a started preparation.
RENAMES = 3
prepare_module = sys.modules["mrpn.preparation.prepare"]


@pytest.fixture(scope="module")
def manifest(
    make_media: Callable[..., Path],
    manifest_of: Callable[..., Manifest],
    tmp_path_factory: pytest.TempPathFactory,
) -> Manifest:
    """Faces, each with a voice; one of them broken."""
    root = make_media(tmp_path_factory.mktemp("kill") / "media", COUNT)
    (root / "voice-5.wav").write_bytes(b"")
    clips = {f"c{i}": (f"face-{i}.png", f"voice-{i}.wav") for i in range(COUNT)}
    return manifest_of(root, **clips)


@pytest.fixture(scope="module")
def undisturbed(
    manifest: Manifest,
    settings: ClipSettings,
    tmp_path_factory: pytest.TempPathFactory,
    bytes_of: Callable[[Path], dict[str, bytes]],
) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed") / "p"
    prepare(manifest, folder, settings, workers=0)
    return bytes_of(folder)


def dying_within_a_source(work: Callable[[], object], count: int, where: str) -> None:
    """Kill this process while it stores the `count`-th source: its data, or its line, half done."""
    append, done = StoreWriter.append, 0

    def dying(store: StoreWriter, entry: Entry, files: Mapping[str, Path]) -> None:
        nonlocal done
        done += 1
        if done < count:
            append(store, entry, files)
            return
        if where == "data":
            store._data[VIDEO].write(b"half a picture")
        else:
            append(store, entry, files)
            store._journal.write(b'{"key": "half a li')
        for file in (store._data[VIDEO], store._journal):
            file.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    StoreWriter.append = dying  # type: ignore[method-assign]
    work()


def slowly(work: Callable[[], object]) -> None:
    """Do the work with a pause before every source."""
    read = prepare_module.read_source

    def slow(*given: object) -> object:
        time.sleep(0.01)
        return read(*given)

    prepare_module.read_source = slow  # type: ignore[attr-defined]
    work()


def lines(folder: Path) -> int:
    journal = folder / JOURNAL
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


@pytest.fixture
def work(manifest: Manifest, settings: ClipSettings, tmp_path: Path) -> Callable[[], object]:
    return partial(prepare, manifest, tmp_path / "p", settings, workers=0)


@pytest.mark.parametrize("after", [0, 1, 2, 5, 9, 15, 16])
def test_killed_after_so_many_lines_of_the_journal(
    work: Callable[[], object],
    undisturbed: dict[str, bytes],
    bytes_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
    after: int,
) -> None:
    killed = in_a_child(partial(slowly, work), lambda: lines(tmp_path / "p") >= after)
    assert killed == -signal.SIGKILL or after == 2 * COUNT
    if 0 < after < 2 * COUNT:
        assert after <= lines(tmp_path / "p") <= after + 2
    work()
    assert bytes_of(tmp_path / "p") == undisturbed


@pytest.mark.parametrize("count", range(1, RENAMES + 1))
def test_killed_before_any_file_is_put_in_place(
    work: Callable[[], object],
    undisturbed: dict[str, bytes],
    bytes_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
    count: int,
) -> None:
    assert in_a_child(partial(dying_at_rename, work, count)) == -signal.SIGKILL
    assert any(".partial" in name for name in bytes_of(tmp_path / "p"))
    work()
    assert bytes_of(tmp_path / "p") == undisturbed


def test_no_write_was_left_out(work: Callable[[], object]) -> None:
    assert in_a_child(partial(dying_at_rename, work, RENAMES + 1)) == 0


@pytest.mark.parametrize("where", ["data", "line"])
@pytest.mark.parametrize("count", [1, 6, 2 * COUNT - 1])
def test_killed_in_the_midst_of_a_source(
    work: Callable[[], object],
    undisturbed: dict[str, bytes],
    bytes_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
    where: str,
    count: int,
) -> None:
    dying = partial(dying_within_a_source, work, count, where)
    assert in_a_child(dying) == -signal.SIGKILL
    work()
    assert bytes_of(tmp_path / "p") == undisturbed


def test_killed_again_and_again_at_odd_moments(
    work: Callable[[], object],
    undisturbed: dict[str, bytes],
    bytes_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
) -> None:
    for delay in (0.03, 0.011, 0.047, 0.02, 0.08):
        end = time.monotonic() + delay
        in_a_child(partial(slowly, work), lambda end=end: time.monotonic() > end)
    work()
    assert bytes_of(tmp_path / "p") == undisturbed


def test_killed_with_its_readers_at_work(
    manifest: Manifest,
    settings: ClipSettings,
    undisturbed: dict[str, bytes],
    bytes_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
) -> None:
    work = partial(prepare, manifest, tmp_path / "p", settings, workers=2)
    assert in_a_child(work, lambda: lines(tmp_path / "p") >= 1) == -signal.SIGKILL
    work()
    assert bytes_of(tmp_path / "p") == undisturbed


def test_killed_and_then_wanted_otherwise(
    work: Callable[[], object],
    manifest: Manifest,
    settings: ClipSettings,
    undisturbed: dict[str, bytes],
    bytes_of: Callable[[Path], dict[str, bytes]],
    tmp_path: Path,
) -> None:
    larger = settings.model_copy(update={"size": 24})
    other = partial(prepare, manifest, tmp_path / "p", larger, workers=0)
    in_a_child(partial(slowly, other), lambda: lines(tmp_path / "p") >= 4)
    assert len((tmp_path / "p" / VIDEO).read_bytes()) > 0
    work()
    assert bytes_of(tmp_path / "p") == undisturbed
