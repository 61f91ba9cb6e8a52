"""Unpacking an archive into a folder of its own, whole or not at all."""

import shutil
from pathlib import Path

from mrpn.common.archives import archive_members, file_size, open_file
from mrpn.corpora.download.errors import DownloadError
from mrpn.corpora.download.journal import holds, unpacked_folder

_BLOCK = 2**20


def unpack(archive: Path) -> dict[str, int]:
    """Unpack `a/x.zip` into the folder `a/x`, and return its files' sizes in bytes, by name.

    The folder appears when everything is in it. One that is there already and holds the archive's
    files stays as it is. The archive stays.

    Raises:
        MediaError: the archive is damaged, or holds what is refused (see `mrpn.common.archives`).
        DownloadError: the folder is there with other content, or the disk is too small.
    """
    sizes = {str(name): file_size(archive / name) or 0 for name in archive_members(archive)}
    total = sum(sizes.values())
    folder = unpacked_folder(archive)
    if folder.exists():
        if not holds(folder, sizes):
            raise DownloadError(f"{folder}: is there and is not {archive.name}; move it away")
        return sizes
    free = shutil.disk_usage(archive.parent).free
    if total > free:
        raise DownloadError(f"{archive}: unpacks to {total} bytes, {free} are free; make room")
    growing = folder.with_name(f".{folder.name}.unpacking")
    shutil.rmtree(growing, ignore_errors=True)
    for name in sizes:
        target = growing / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with open_file(archive / name) as member, target.open("xb") as written:
            shutil.copyfileobj(member, written, _BLOCK)
    growing.replace(folder)
    return sizes
