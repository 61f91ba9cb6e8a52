"""Where the headers of media formats keep what they announce: sizes, rates, stamps, lengths."""

from collections.abc import Callable, Iterator

_BOXES = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta")
_TABLES = (b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"elst", b"stsd", b"stts", b"ctts")
_TABLES += (b"stss", b"stsc", b"stsz", b"stco", b"ftyp", b"dref")
_MOST_FIELDS = 400


def fields(content: bytes, suffix: str) -> list[int]:
    """Return offsets of header fields; the beginning of the file where the format is not known."""
    find = _FINDERS.get(suffix)
    found = [] if find is None else [at for at in find(content) if at < len(content)]
    return found[:_MOST_FIELDS] or list(range(min(len(content), 128)))


def _boxes(content: bytes, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Yield the words of an mp4's tables, each box's size among them."""
    at, end = start, len(content) if end is None else end
    while at + 8 <= end:
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if size < 8:
            return
        yield at
        if kind in _BOXES:
            yield from _boxes(content, at + 8, min(at + size, end))
        elif kind in _TABLES:
            yield from range(at + 8, min(at + size, end, at + 120), 2)
        at += size


def _flash(content: bytes) -> Iterator[int]:
    at = 13
    while at + 15 < len(content):
        yield from (at, at + 1, at + 2, at + 4, at + 6, at + 7, at + 11, at + 12)
        size = int.from_bytes(content[at + 1 : at + 4], "big")
        if content[at] == 18:
            yield from range(at + 11, at + 11 + size, 3)
        at += 15 + size


def _start_codes(content: bytes) -> Iterator[int]:
    """Yield what follows MPEG's start codes, of sequences first."""
    for codes, length in (((0xB3, 0xB5), 10), ((0xBA, 0xBB, 0xE0, 0xC0), 16), ((0x00,), 4)):
        at = content.find(b"\0\0\1")
        while at >= 0:
            if at + 3 < len(content) and content[at + 3] in codes:
                yield from range(at + 3, at + 3 + length)
            at = content.find(b"\0\0\1", at + 3)


def _chunks(content: bytes) -> Iterator[int]:
    """Yield the headers of RIFF's chunks (wav, avi, webp) as far as they lie at the beginning."""
    for name in (b"RIFF", b"fmt ", b"data", b"avih", b"strh", b"strf", b"idx1", b"VP8 ", b"VP8X"):
        at = content.find(name)
        if at >= 0:
            yield from range(at + 4, at + 64, 2)


def _frames_of_mp3(content: bytes) -> Iterator[int]:
    yield from range(10)
    at = content.find(b"\xff\xfb")
    while at >= 0:
        yield from range(at + 1, at + 6)
        at = content.find(b"\xff\xfb", at + 2)


def _markers(content: bytes) -> Iterator[int]:
    """Yield the segments' headers of a JPEG."""
    at = 2
    while at + 4 < len(content) and content[at] == 0xFF:
        yield from range(at + 1, at + 12)
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")


def _png(content: bytes) -> Iterator[int]:
    at = 8
    while at + 8 < len(content):
        yield from range(at, at + 28)
        at += 12 + int.from_bytes(content[at : at + 4], "big")


def _records(content: bytes) -> Iterator[int]:
    """Yield the headers of a zip archive's entries and of its index."""
    for mark, length in ((b"PK\1\2", 60), (b"PK\5\6", 22), (b"PK\3\4", 40)):
        at = content.find(mark)
        while at >= 0:
            yield from range(at + 4, at + length)
            at = content.find(mark, at + 4)


_FINDERS: dict[str, Callable[[bytes], Iterator[int]]] = {
    ".mp4": _boxes,
    ".mov": _boxes,
    ".flv": _flash,
    ".mpg": _start_codes,
    ".wav": _chunks,
    ".avi": _chunks,
    ".webp": _chunks,
    ".mp3": _frames_of_mp3,
    ".jpg": _markers,
    ".png": _png,
    ".zip": _records,
}
