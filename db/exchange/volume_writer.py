"""Write a payload to a stick as one file or several, read it back, and only then put the covers behind it.

Everything is written before anything is read back: a stick with a false capacity overwrites its beginning with its end.
"""

import hashlib
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from db.errors import MachineError
from db.exchange import drives, read_back
from db.exchange.bundle_format import COVER, LARGEST_COVER, PAYLOAD, Cover, Volume
from db.exchange.bundle_outer import LARGEST_OVERHEAD
from db.store import partial_files
from db.store.file_faults import file_faults

LARGEST_FILE = drives.FAT32_LIMIT
"""No file of a bundle is larger, on whatever disk it is written: from any it may be copied to a FAT32 stick."""
BESIDE_PAYLOAD = LARGEST_COVER + LARGEST_OVERHEAD
"""Kept free in each file for what is not payload."""


class _File:
    """One file on the stick, under its temporary name."""

    def __init__(self, folder: Path) -> None:
        with file_faults(folder):
            self.path = partial_files.claim(folder)
        try:
            self._raw = self.path.open("wb", buffering=0)
            self._archive = zipfile.ZipFile(self._raw, "w", zipfile.ZIP_STORED)
            self._entry = zipfile.ZipInfo(PAYLOAD)
            self._member: IO[bytes] = self._archive.open(self._entry, "w", force_zip64=True)
        except BaseException:
            partial_files.release(self.path)
            raise
        self._pace = read_back.Pace(self._raw.fileno())
        self.size = 0
        self.sha256 = ""

    def write(self, data: bytes | memoryview) -> None:
        """Add to the payload, as fast as the device takes it."""
        self._member.write(data)
        self.size += len(data)
        self._pace.on(self.size)

    def end_payload(self) -> None:
        """The payload, or this part of it, is complete."""
        self._member.close()
        read_back.flush(self.path)

    def read_back(self, on_bytes: Callable[[int], None], whole: "hashlib._Hash | None") -> None:
        """Compare what the device gives back; MachineError when it is not what was written."""
        start = self._entry.header_offset + len(self._entry.FileHeader(zip64=True))
        found = read_back.digest(self.path, start, self.size, on_bytes, whole)
        if (found.size, found.crc32) != (self.size, self._entry.CRC):
            raise MachineError("write_not_verified", folder=str(self.path.parent))
        self.sha256 = found.sha256

    def put_cover(self, cover: Cover) -> None:
        """Write the cover and the directory, and read both back."""
        self._archive.writestr(zipfile.ZipInfo(COVER), cover.to_bytes())
        self._archive.close()
        self._raw.close()
        read_back.flush(self.path)
        _check_end(self.path, cover)

    def discard(self) -> None:
        """Close and remove it."""
        for part in (self._member, self._archive, self._raw):
            with suppress(OSError, ValueError):  # why it failed is being told already
                part.close()
        partial_files.release(self.path)


class PayloadWriter:
    """Takes the payload and spreads it over as many files as it needs."""

    def __init__(self, folder: Path, largest: int, on_bytes: Callable[[int], None]) -> None:
        self._folder, self._room, self._on_bytes = folder, largest - BESIDE_PAYLOAD, on_bytes
        self._files: list[_File] = []
        self.size = 0

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, in the order of the volumes."""
        return tuple(file.path for file in self._files)

    def write(self, data: bytes) -> None:
        """Write all of *data*."""
        rest = memoryview(data)
        while rest:
            if not self._files or self._files[-1].size >= self._room:
                self._begin_file()
            file = self._files[-1]
            piece = rest[: self._room - file.size]
            file.write(piece)
            rest = rest[len(piece) :]
            self.size += len(piece)
            self._on_bytes(self.size)

    def _begin_file(self) -> None:
        if self._files:
            self._files[-1].end_payload()
        self._files.append(_File(self._folder))

    def end_payload(self) -> None:
        """Everything is written and on the device."""
        self._files[-1].end_payload()

    def read_back(self, on_bytes: Callable[[int], None]) -> str:
        """Read everything back; the hash of the whole payload."""
        whole = hashlib.sha256() if len(self._files) > 1 else None
        before = 0
        for file in self._files:
            file.read_back(lambda size, before=before: on_bytes(before + size), whole)  # type: ignore[misc]
            before += file.size
        return whole.hexdigest() if whole else self._files[0].sha256

    def put_covers(self, cover: Cover) -> None:
        """Complete each file with its cover."""
        total = len(self._files)
        for number, file in enumerate(self._files, 1):
            volume = Volume(number, total, file.sha256, file.size) if total > 1 else None
            file.put_cover(replace(cover, volume=volume))

    def discard(self) -> None:
        """Remove everything."""
        for file in self._files:
            file.discard()


def _check_end(path: Path, cover: Cover) -> None:
    """Read back what was written after the payload: cover and directory."""
    try:
        with zipfile.ZipFile(path) as archive:
            sound = archive.read(COVER) == cover.to_bytes()
            archive.open(PAYLOAD).close()  # compares the header before the payload with the directory
    except (zipfile.BadZipFile, KeyError, EOFError) as fault:
        raise MachineError("write_not_verified", folder=str(path.parent)) from fault
    if not sound:
        raise MachineError("write_not_verified", folder=str(path.parent))
