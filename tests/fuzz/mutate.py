"""Spoiling files, seeded: the same numbers give the same bytes."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

import numpy as np

from fuzz.fields import fields

Rng = np.random.Generator
_ABSURD = (0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x100, 0x3FFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000)
_ABSURD += (0x7FFFFF, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def spoil(rng: Rng, content: bytes, suffix: str, other: bytes) -> tuple[bytes, str]:
    """Return a file's content spoilt in one or two ways, and their names.

    Args:
        content: the whole file, of the format that `suffix` says.
        other: a file to take parts of, of any format.
    """
    ways = [_WAYS[rng.integers(len(_WAYS))] for _ in range(1 + (rng.random() < 0.3))]
    if suffix == ".zip" and rng.random() < 0.5:
        return _hostile(rng, other), "hostile"
    for way in ways:
        content = way(rng, content, suffix, other) if content else content
    if suffix == ".png" and rng.random() < 0.7:
        content = _checked(content)
    return content, "+".join(way.__name__.strip("_") for way in ways)


def _place(rng: Rng, content: bytes, longest: int = 4096) -> tuple[int, int]:
    """Return a span of the content, near its beginning as often as anywhere."""
    start = int(rng.integers(len(content) if rng.random() < 0.5 else min(len(content), 1024)))
    length = int(2 ** rng.uniform(0, np.log2(longest)))
    return start, min(len(content), start + length)


def _flips(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    spoilt = bytearray(content)
    for at in rng.integers(len(content), size=rng.integers(1, 40)):
        spoilt[at] ^= 1 << int(rng.integers(8))
    return bytes(spoilt)


def _header_flips(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    spoilt, places = bytearray(content), fields(content, suffix)
    for at in rng.choice(places, size=rng.integers(1, 8)):
        spoilt[at] ^= 1 << int(rng.integers(8))
    return bytes(spoilt)


def _absurd(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    """Put sizes, rates and counts into the header that no file has."""
    spoilt, places = bytearray(content), fields(content, suffix)
    for at in rng.choice(places, size=rng.integers(1, 5)):
        size = int(rng.choice([1, 2, 4]))
        value = int(rng.choice(_ABSURD)) & (256**size - 1)
        order = "big" if rng.random() < 0.6 else "little"
        spoilt[at : at + size] = value.to_bytes(size, order)  # type: ignore[arg-type]
    return bytes(spoilt[: len(content)])


def _cut(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    return content[: int(rng.integers(len(content)))]


def _gap(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    start, end = _place(rng, content)
    return content[:start] + content[end:]


def _repeat(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    start, end = _place(rng, content)
    return content[:end] + content[start:end] * int(rng.integers(1, 8)) + content[end:]


def _zeros(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    start, end = _place(rng, content)
    return content[:start] + bytes(end - start) + content[end:]


def _noise(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    start, end = _place(rng, content)
    return content[:start] + rng.bytes(end - start) + content[end:]


def _shuffle(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    size = int(2 ** rng.uniform(4, 13))
    blocks = [content[at : at + size] for at in range(0, len(content), size)]
    first = int(rng.integers(2))
    order = rng.permutation(np.arange(first, len(blocks)))
    return b"".join(blocks[:first] + [blocks[k] for k in order])


def _splice(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    """Put another file's header before this one's body."""
    length = int(2 ** rng.uniform(2, 11))
    return other[:length] + content[length if rng.random() < 0.5 else 0 :]


def _join(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    """Put two files one behind the other, the first one cut."""
    first, second = (content, other) if rng.random() < 0.5 else (other, content)
    return first[: int(rng.integers(len(first) + 1))] + second


def _transplant(rng: Rng, content: bytes, suffix: str, other: bytes) -> bytes:
    """Put a part of another file over a part of this one."""
    start, end = _place(rng, content)
    at = int(rng.integers(max(1, len(other))))
    return content[:start] + other[at : at + end - start] + content[end:]


_WAYS: tuple[Callable[[Rng, bytes, str, bytes], bytes], ...] = (
    _flips,
    _header_flips,
    _header_flips,
    _absurd,
    _absurd,
    _absurd,
    _cut,
    _gap,
    _repeat,
    _zeros,
    _noise,
    _shuffle,
    _splice,
    _join,
    _transplant,
)


def _checked(content: bytes) -> bytes:
    """Make a PNG's checksums right again, so that what it announces is looked at."""
    spoilt, at = bytearray(content), 8
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        spoilt[end : end + 4] = struct.pack(">I", zlib.crc32(content[at + 4 : end]))
        at = end + 4
    return bytes(spoilt[: len(content)])


def _hostile(rng: Rng, content: bytes) -> bytes:
    """Return an archive that would do harm: paths out of it, links, bombs; one harmless member."""
    names = [
        "../a.wav",
        "x/../../a.wav",
        "/a.wav",
        "C:\\a.wav",
        "..\\a.wav",
        "a.wav\0.txt",
        "a/",
        "",
    ]
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("good.wav"), content)
        kind = int(rng.integers(4))
        if kind == 0:
            archive.writestr(zipfile.ZipInfo(str(rng.choice(names))), content)
        elif kind == 1:
            link = zipfile.ZipInfo("link.wav")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "../../outside")
        elif kind == 2:
            bomb = zipfile.ZipInfo("bomb.wav")
            bomb.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(bomb, bytes(int(rng.integers(2**20, 2**24))))
        else:
            for number in range(int(rng.integers(200))):
                archive.writestr(zipfile.ZipInfo(f"{number}.wav"), content[:number])
    return packed.getvalue()
