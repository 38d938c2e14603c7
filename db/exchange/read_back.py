"""Flush a file to its device and read it back from there, not from the memory of this machine."""

import errno
import hashlib
import mmap
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from db.exchange.pipeline import ahead

_CHUNK = 4 << 20
_HURRY_STEP = 32 << 20


class Hurry:
    """Has the device write along while a file grows, so that progress is the device's and the final flush is short."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._done = 0

    def on(self, size: int) -> None:
        """The file has grown to *size*."""
        if hasattr(os, "posix_fadvise") and size - self._done >= _HURRY_STEP:
            # giving up cached pages starts writing the dirty ones, without waiting for it
            os.posix_fadvise(self._handle, self._done, size - self._done, os.POSIX_FADV_DONTNEED)
            self._done = size


def flush(path: Path) -> None:
    """Push the file to the device, and out of memory as far as the system lets us."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@dataclass(frozen=True, slots=True)
class Digest:
    """What a device gave back: how much, its checksum to compare with what was written, and its hash."""

    size: int
    crc32: int
    sha256: str


def digest(path: Path, start: int, size: int, on_bytes: Callable[[int], None]) -> Digest:
    """Read *size* bytes from *start* back from the device.

    The checksum is enough to tell a bad or fake stick; the hash is for the receiver, and costs nothing extra here
    because the device is slower.
    """
    hashed, found, position, taken = hashlib.sha256(), 0, 0, 0
    for chunk in ahead(_chunks(path), depth=2):
        piece = memoryview(chunk)[max(start - position, 0) : max(start + size - position, 0)]
        found = zlib.crc32(piece, found)
        hashed.update(piece)
        position += len(chunk)
        taken += len(piece)
        on_bytes(taken)
    return Digest(taken, found, hashed.hexdigest())


def _chunks(path: Path) -> Iterator[bytes]:
    """The file in pieces, past the system's cache where it can be bypassed."""
    handle = _open_direct(path)
    try:
        if not hasattr(os, "readv"):
            while data := os.read(handle, _CHUNK):
                yield data
            return
        with mmap.mmap(-1, _CHUNK) as buffer:  # direct reading wants memory aligned to pages
            while count := os.readv(handle, [buffer]):
                yield buffer[:count]
    finally:
        os.close(handle)


def _open_direct(path: Path) -> int:
    plain = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    if hasattr(os, "O_DIRECT"):
        try:
            return os.open(path, plain | os.O_DIRECT)
        except OSError as fault:
            if fault.errno != errno.EINVAL:  # this file system cannot, so the ordinary way
                raise
    return os.open(path, plain)
