"""Real FER2013, restored once per machine; small corpora made of empty files and zips."""

import fcntl
import getpass
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.corpora import ClipRecord, Manifest

Touch = Callable[..., Path]


@pytest.fixture
def touch(tmp_path: Path) -> Touch:
    """Make empty files under a folder, by their paths in it, and return the folder."""

    def make(*names: str) -> Path:
        for name in names:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        return tmp_path

    return make


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[[Path], Path]:
    """Pack a folder's files into a zip in a folder of its own, and return that folder."""

    def pack(folder: Path, name: str = "All.zip") -> Path:
        packed = tmp_path / "packed"
        packed.mkdir(exist_ok=True)
        with zipfile.ZipFile(packed / name, "w") as archive:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(folder))
        return packed

    return pack


@pytest.fixture
def six_actors(tmp_path: Path) -> Manifest:
    """Two classes, three men and three women, one clip of each class by each actor."""
    return Manifest(
        name="six",
        root=tmp_path,
        classes=("happy", "sad"),
        records=tuple(
            ClipRecord(
                id=f"{actor}-{label}",
                label=label,
                actor=str(actor),
                sex="male" if actor % 2 else "female",
                video=f"{actor}-{label}.mp4",
                audio=f"{actor}-{label}.mp4",
            )
            for actor in range(1, 7)
            for label in ("happy", "sad")
        ),
    )


@pytest.fixture
def fer2013_folder(data: Path) -> Path:
    """The real faces in their folders; unpacked by the first test that asks, then kept."""
    if not (data / "fer2013" / "fer2013.tar.xz").is_file():
        pytest.skip(f"no FER2013 in {data}")
    kept = Path(tempfile.gettempdir()) / f"mrpn-test-data-{getpass.getuser()}"
    kept.mkdir(exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            [sys.executable, data / "unpack", kept, "fer2013"], check=True, capture_output=True
        )
    return kept / "fer2013"
