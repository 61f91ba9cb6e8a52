"""Files to read media from, on disk or in a zip archive, with one line where there is none."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from mrpn.common.archives import open_file
from mrpn.common.errors import MediaError


@contextmanager
def open_source(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or one in a zip archive, for reading from its beginning.

    Raises MediaError if it cannot be opened, is empty, or is a Git LFS pointer. Source: ours.
    """
    with ExitStack() as stack:
        try:
            if path.is_dir():
                raise MediaError(f"{path}: is a folder; give a media file")
            file = stack.enter_context(open_file(path))
            start = file.read(64)
            file.seek(0)
        except FileNotFoundError:
            raise MediaError(f"{path}: no such file; check the path") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise MediaError(f"{path}: cannot be opened: {reason}") from error
        if not start:
            raise MediaError(f"{path}: the file is empty (0 bytes); copy or download it again")
        if start.startswith(b"version https://git-lfs"):
            raise MediaError(f"{path}: a Git LFS pointer, not the media; run `git lfs pull` there")
        yield file
