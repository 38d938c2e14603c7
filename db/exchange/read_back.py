"""Flush a file to its device and read it back from there, not from the memory of this machine."""

import errno
import hashlib
import io
import mmap
import os
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.exchange.pipeline import ahead

_CHUNK = 4 << 20
_BLOCK = 4096
_FIRST_STEP, _LEAST_STEP, _MOST_STEP = 8 << 20, 1 << 20, 128 << 20
_SECONDS_A_STEP = 0.7


class Pace:
    """Has the device write along while a file grows: progress is the device's own, and cancelling need not wait.

    Without it a slow stick would take gigabytes into the memory of the machine within seconds and then stand still for
    minutes. The steps are so large that the device needs about a second for each, whatever its speed.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._done, self._step = 0, _FIRST_STEP

    def on(self, size: int) -> None:
        """The file has grown to *size*."""
        if size - self._done < self._step:
            return
        start = time.monotonic()
        flush_handle(self._handle)
        took = max(time.monotonic() - start, 0.001)
        self._step = min(max(int(self._step * _SECONDS_A_STEP / took), _LEAST_STEP), _MOST_STEP, self._step * 4)
        self._done = size


def flush_handle(handle: int) -> None:
    """Wait until the device has what was written so far."""
    getattr(os, "fdatasync", os.fsync)(handle)
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


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


def digest(
    path: Path, start: int, size: int, on_bytes: Callable[[int], None], whole: "hashlib._Hash | None" = None
) -> Digest:
    """Read *size* bytes from *start* back from the device; *whole* is the hash of several files, which goes on.

    The checksum is enough to tell a bad or fake stick; the hash is for the receiver, and costs nothing extra here
    because the device is slower.
    """
    hashed, found, position, taken = hashlib.sha256(), 0, 0, 0
    for chunk in ahead(_chunks(path), depth=2):
        piece = memoryview(chunk)[max(start - position, 0) : max(start + size - position, 0)]
        found = zlib.crc32(piece, found)
        hashed.update(piece)
        if whole:
            whole.update(piece)
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


class DeviceReader(io.RawIOBase):
    """A file to read and seek in, past the system's cache where it can be bypassed; put a buffer of some size on it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._handle = _open_direct(path)
        self._size = os.fstat(self._handle).st_size
        self._position = 0
        self._buffer = mmap.mmap(-1, _CHUNK)  # direct reading wants memory aligned to pages

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """Any place can be read."""
        return True

    def tell(self) -> int:
        """The place to be read next."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        self._position = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        return self._position

    def readinto(self, target: Any) -> int:
        """Read what fits, from the block in which the place lies."""
        start = self._position - self._position % _BLOCK
        if hasattr(os, "preadv"):
            count = os.preadv(self._handle, [self._buffer], start)
        else:
            os.lseek(self._handle, start, os.SEEK_SET)
            piece = os.read(self._handle, _CHUNK)
            count = len(piece)
            self._buffer[:count] = piece
        taken = max(0, min(len(target), count - (self._position - start)))
        begin = self._position - start
        target[:taken] = self._buffer[begin : begin + taken]
        self._position += taken
        return taken

    def close(self) -> None:
        """Give the file back."""
        if not self.closed:
            os.close(self._handle)
            self._buffer.close()
        super().close()


def _open_direct(path: Path) -> int:
    plain = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    if hasattr(os, "O_DIRECT"):
        try:
            return os.open(path, plain | os.O_DIRECT)
        except OSError as fault:
            if fault.errno != errno.EINVAL:  # this file system cannot, so the ordinary way
                raise
    return os.open(path, plain)
