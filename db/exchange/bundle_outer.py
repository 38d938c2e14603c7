"""The outer file of a bundle or of one of its volumes: exactly two stored members, the cover and (a part of) the payload.

Nothing large is parsed and nothing is trusted: whatever is not exactly so is refused before a byte is decrypted.
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from db.errors import NuandangError, UserError
from db.exchange.bundle_format import (
    COVER,
    LARGEST_COVER,
    PAYLOAD,
    VOLUME_FORMAT,
    Cover,
    MalformedError,
    format_of,
)
from db.store.file_faults import machine_error

LARGEST_OVERHEAD = 8_192
"""What the file may hold besides cover and payload."""
_END_RECORD = struct.Struct("<4s4H2LH")
_LARGEST_DIRECTORY = 2_048
_LOCAL_HEADER = 30
_ENCRYPTED_FLAG = 1


@dataclass(frozen=True, slots=True)
class OuterFile:
    """A structurally sound file; its cover is read but not yet proved. *offset*: where its part of the payload begins."""

    path: Path
    cover: Cover
    offset: int

    @property
    def number(self) -> int:
        """Which volume it is; 1 of a bundle in one file."""
        return self.cover.volume.number if self.cover.volume else 1


@contextmanager
def reading_faults(path: Path) -> Iterator[None]:
    """Turn what goes wrong while reading *path* into sentences: damage, or a stick that is gone."""
    try:
        yield
    except NuandangError:
        raise
    except MalformedError as fault:
        raise UserError("bundle_damaged", name=path.name, reason=str(fault)) from fault
    except OSError as fault:
        raise machine_error(fault, path, "cannot_read") from fault


def read_outer(path: Path) -> OuterFile:
    """Check the outer file and read its cover; refuses anything that is not exactly a bundle."""
    with reading_faults(path), path.open("rb") as file:
        _check_end(file, path)
        try:
            with zipfile.ZipFile(file) as archive:
                payload, cover = _members(archive)
                body = archive.read(cover)
        except (zipfile.BadZipFile, RuntimeError, UnicodeError, EOFError, struct.error) as fault:
            raise MalformedError("外层结构不对") from fault
        found = format_of(body)
        if found > VOLUME_FORMAT:
            raise UserError("bundle_newer", found=found, known=VOLUME_FORMAT)
        parsed = Cover.from_bytes(body)
        if parsed.content_bytes != payload.file_size:
            raise MalformedError("封面与内容不符")
        return OuterFile(path, parsed, _content_offset(file, payload))


def _check_end(file: BinaryIO, path: Path) -> None:
    """The file must end in a directory of exactly two entries: nothing large is parsed before that is known."""
    size = file.seek(0, io.SEEK_END)
    if size < _END_RECORD.size:
        raise UserError("bundle_not_one", name=path.name)
    file.seek(size - _END_RECORD.size)
    mark, *numbers = _END_RECORD.unpack(file.read(_END_RECORD.size))
    file.seek(0)
    start = file.read(4)
    if start != b"PK\x03\x04":
        raise UserError("bundle_not_one", name=path.name)
    _, _, entries, total, directory, _, comment = numbers
    if mark != b"PK\x05\x06" or entries != 2 or total != 2 or directory > _LARGEST_DIRECTORY or comment:
        raise MalformedError("外层结构不对")
    file.seek(0)


def _members(archive: zipfile.ZipFile) -> tuple[zipfile.ZipInfo, zipfile.ZipInfo]:
    entries = {entry.filename: entry for entry in archive.infolist()}
    if set(entries) != {COVER, PAYLOAD}:
        raise MalformedError("外层结构不对")
    payload, cover = entries[PAYLOAD], entries[COVER]
    for entry in (payload, cover):
        stored = entry.compress_type == zipfile.ZIP_STORED and entry.compress_size == entry.file_size
        if not stored or entry.flag_bits & _ENCRYPTED_FLAG:
            raise MalformedError("外层结构不对")
    if cover.file_size > LARGEST_COVER:
        raise MalformedError("封面大得不合理")
    whole = archive.fp.seek(0, io.SEEK_END) if archive.fp else 0
    if not 0 <= whole - payload.file_size - cover.file_size <= LARGEST_OVERHEAD:
        raise MalformedError("外层结构不对")
    return payload, cover


def _content_offset(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) != _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise MalformedError("外层结构不对")
    name, extra = struct.unpack("<2H", header[26:30])
    return entry.header_offset + _LOCAL_HEADER + int(name) + int(extra)
