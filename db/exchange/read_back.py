"""Flush a file to its device and read it back from there, not from the memory of this machine."""

import errno
import mmap
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

_CHUNK = 4 << 20


class Hurry:
    """Has the device write along while a file grows, so that progress is the device's and the final flush is short."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._done = 0

    def on(self, size: int) -> None:
        """The file has grown to *size*."""
        if hasattr(os, "posix_fadvise") and size - self._done >= 2 * _CHUNK:
            # giving up cached pages starts writing the dirty ones, without waiting for it
            os.posix_fadvise(self._handle, self._done, size - self._done, os.POSIX_FADV_DONTNEED)
            self._done = size


def flush(path: Path) -> None:
    """Push the file to the device, and out of memory as far as the system lets us."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def checksum(path: Path, start: int, size: int, on_bytes: Callable[[int], None]) -> int:
    """CRC-32 of *size* bytes from *start*, as the device gives them back."""
    found, position = 0, 0
    for chunk in _chunks(path):
        piece = chunk[max(start - position, 0) : start + size - position]
        found = zlib.crc32(piece, found)
        position += len(chunk)
        on_bytes(max(position - start, 0))
    return found


def _chunks(path: Path) -> Iterator[memoryview]:
    """The file in pieces, past the system's cache where it can be bypassed; each piece is valid until the next."""
    buffer = mmap.mmap(-1, _CHUNK)  # direct reading wants memory aligned to pages
    view = memoryview(buffer)
    try:
        handle = _open_direct(path)
        try:
            while count := os.readv(handle, [buffer]) if hasattr(os, "readv") else _read_into(handle, view):
                yield view[:count]
        finally:
            os.close(handle)
    finally:
        view.release()


def _read_into(handle: int, view: memoryview) -> int:
    data = os.read(handle, len(view))
    view[: len(data)] = data
    return len(data)


def _open_direct(path: Path) -> int:
    plain = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    if hasattr(os, "O_DIRECT"):
        try:
            return os.open(path, plain | os.O_DIRECT)
        except OSError as fault:
            if fault.errno != errno.EINVAL:  # this file system cannot, so the ordinary way
                raise
    return os.open(path, plain)
