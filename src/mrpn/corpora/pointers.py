"""Git LFS pointers: what a clone without Git LFS holds in place of the media."""

from pathlib import Path

from mrpn.common.archives import file_size, open_file

_START = b"version https://git-lfs.github.com/spec/"
# By its specification a pointer is shorter than this.
_LONGEST = 1024


def pointer_note(count: int) -> str:
    """Return the line that says how many files are pointers, and what to do about it."""
    what = "1 file is a Git LFS pointer" if count == 1 else f"{count} files are Git LFS pointers"
    return (
        f"{what}, not media; run `git lfs pull` in the clone, or fetch the media by "
        "`mrpn corpus download`"
    )


def is_lfs_pointer(path: Path) -> bool:
    """Whether a file, or an archive's member, is a Git LFS pointer and not what it points to.

    False where there is no such file.
    """
    size = file_size(path)
    if size is None or not len(_START) < size < _LONGEST:
        return False
    with open_file(path) as file:
        return file.read(len(_START)) == _START
