"""Open a bundle and take it apart: structure first, then cover, then the signed and encrypted inside, in one pass.

The pass hands records line by line and attachments piece by piece to a receiver (preview or application). Only when
:meth:`OpenBundle.read` returns is everything proved; until then the receiver must be able to forget all of it.
"""

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from db.errors import NuandangError, Progress, UserError
from db.exchange.bundle_cipher import CHUNK, WrongKeyError, decrypt_stream
from db.exchange.bundle_format import (
    ATTACHMENT_FOLDER,
    COVER,
    FORMAT,
    LARGEST_ATTACHMENT,
    LARGEST_COVER,
    LARGEST_MANIFEST,
    MANIFEST,
    MOST_RECORDS,
    PAYLOAD,
    RECORDS,
    SIGN_PURPOSE,
    SIGNATURE,
    Cover,
    MalformedError,
    Manifest,
    format_of,
)
from db.exchange.bundle_records import LineSplitter
from db.exchange.identity import ExchangeKeys, key_fingerprint, signature_holds
from db.exchange.pipeline import collector_at_rest
from db.store.file_faults import machine_error

_END_RECORD = struct.Struct("<4s4H2LH")
_LARGEST_DIRECTORY = 2_048
_LARGEST_OVERHEAD = 8_192
_LOCAL_HEADER = 30
_ENCRYPTED_FLAG = 1


class BundleReceiver(Protocol):
    """What is done with the inside of a bundle."""

    def manifest(self, manifest: Manifest) -> None:
        """The signed manifest; comes first. May refuse by raising."""

    def record(self, line: bytes) -> None:
        """The next line of the records."""

    def records_done(self) -> None:
        """All records have come and match their hash."""

    def begin_attachment(self, sha256: str, size: int) -> None:
        """A file starts, named by the hash its content must have. Refuse those no record asked for."""

    def attachment_bytes(self, data: bytes) -> None:
        """A piece of the current file."""

    def end_attachment(self) -> None:
        """The current file is complete and matches its hash."""

    def finish(self) -> None:
        """The bundle has ended as its manifest says. May refuse when something is missing."""


@dataclass(frozen=True, slots=True)
class FormerKey:
    """A key a sender signed with until it was replaced or revoked."""

    verify_key: str
    ended_on: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A structurally sound bundle file; its cover is read but not yet proved."""

    path: Path
    cover: Cover
    payload_offset: int

    def read(
        self,
        keys: ExchangeKeys,
        verify_key: str,
        receiver: BundleReceiver,
        progress: Progress | None = None,
        former: Sequence[FormerKey] = (),
    ) -> None:
        """Decrypt, verify and hand over everything; UserError with the reason when anything is wrong.

        *former* are keys the sender had before: what they signed is refused in words of its own.
        """
        with reading_faults(self.path), self.path.open("rb") as file:
            file.seek(self.payload_offset)
            payload = _PayloadReader(file, self.cover.payload_bytes, progress)
            unpacker = _Unpacker(self.cover, verify_key, receiver, former)
            try:
                with collector_at_rest():
                    decrypt_stream(payload, unpacker, keys.identities)
            except WrongKeyError as fault:
                # damage of the header looks the same to age; a whole file tells that only the key is another
                if payload.drain() != self.cover.payload_sha256:
                    raise MalformedError("密文已改动或不完整") from fault
                fingerprint = key_fingerprint(keys.recipient, keys.verify_key)
                raise UserError("bundle_wrong_key", sender=self.cover.sender.name, fingerprint=fingerprint) from fault
            unpacker.finish()
            receiver.finish()
            if payload.drain() != self.cover.payload_sha256:
                raise MalformedError("封面与内容不符")


class reading_faults:  # noqa: N801 - used as a context manager, reads like one
    """Turn what goes wrong while reading *path* into sentences: damage, or a stick that is gone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, NuandangError):
            return
        if isinstance(fault, MalformedError):
            raise UserError("bundle_damaged", name=self._path.name, reason=str(fault)) from fault
        if isinstance(fault, OSError):
            raise machine_error(fault, self._path, "cannot_read") from fault


def open_bundle(path: Path) -> OpenBundle:
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
        if found != FORMAT:
            raise UserError("bundle_newer", found=found, known=FORMAT)
        parsed = Cover.from_bytes(body)
        if parsed.payload_bytes != payload.file_size:
            raise MalformedError("封面与内容不符")
        return OpenBundle(path, parsed, _content_offset(file, payload))


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
    if not 0 <= whole - payload.file_size - cover.file_size <= _LARGEST_OVERHEAD:
        raise MalformedError("外层结构不对")
    return payload, cover


def _content_offset(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) != _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise MalformedError("外层结构不对")
    name, extra = struct.unpack("<2H", header[26:30])
    return entry.header_offset + _LOCAL_HEADER + int(name) + int(extra)


class _PayloadReader(io.RawIOBase):
    """The encrypted payload inside the outer file, hashed as it is read."""

    def __init__(self, file: BinaryIO, size: int, progress: Progress | None) -> None:
        super().__init__()
        self._file, self._left, self._total = file, size, size
        self._hash = hashlib.sha256()
        self._progress = progress
        self._reported = 0
        self.fault: BaseException | None = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill *buffer* with the next bytes of the payload; 0 at its end."""
        try:
            piece = self._file.read(min(len(buffer), self._left))
            self._left -= len(piece)
            self._hash.update(piece)
            self._report()
        except BaseException as fault:
            self.fault = fault
            raise
        buffer[: len(piece)] = piece
        return len(piece)

    def _report(self) -> None:
        done = self._total - self._left
        if self._progress and (done - self._reported >= CHUNK or not self._left):
            self._reported = done
            self._progress(done, self._total)

    def drain(self) -> str:
        """Read what age left over and give the hash of everything."""
        rest = bytearray(CHUNK)
        while self.readinto(rest):
            pass
        return self._hash.hexdigest()


@dataclass(slots=True)
class _Unpacker:
    """Takes the parts of the payload in their fixed order and checks each before it is passed on."""

    cover: Cover
    verify_key: str
    receiver: BundleReceiver
    former: Sequence[FormerKey] = ()
    _manifest: Manifest | None = None
    _collected: bytearray = field(default_factory=bytearray)
    _manifest_bytes: bytes = b""
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _splitter: LineSplitter = field(default_factory=LineSplitter)
    _records: int = 0
    _files: int = 0
    _file_bytes: int = 0
    _last_file: str = ""
    _parts: int = 0
    _take: Callable[[bytes], None] | None = None
    _end: Callable[[], None] | None = None

    def begin(self, name: str, size: int) -> None:
        """A part starts: only the expected one may."""
        starts = (self._begin_manifest, self._begin_signature, self._begin_records)
        start = starts[self._parts] if self._parts < len(starts) else self._begin_attachment
        self._parts += 1
        self._collected.clear()
        self._hash = hashlib.sha256()
        start(name, size)

    def take(self, data: bytes) -> None:
        """A piece of the current part."""
        assert self._take
        self._take(data)

    def end(self) -> None:
        """The current part is complete."""
        assert self._end
        self._end()

    def _collect(self, data: bytes) -> None:
        self._collected += data

    def _begin_manifest(self, name: str, size: int) -> None:
        if name != MANIFEST or size > LARGEST_MANIFEST:
            raise MalformedError("内容结构不对")
        self._take, self._end = self._collect, self._end_manifest

    def _end_manifest(self) -> None:
        self._manifest_bytes = bytes(self._collected)

    def _begin_signature(self, name: str, size: int) -> None:
        if name != SIGNATURE or size != 64:
            raise MalformedError("内容结构不对")
        self._take, self._end = self._collect, self._end_signature

    def _end_signature(self) -> None:
        if not signature_holds(self.verify_key, SIGN_PURPOSE, self._manifest_bytes, bytes(self._collected)):
            raise self._unsigned()
        self._manifest = Manifest.from_bytes(self._manifest_bytes)
        if not self._manifest.agrees_with(self.cover):
            raise MalformedError("封面与内容不符")
        if max(self._manifest.counts.archives, self._manifest.line_count) > MOST_RECORDS:
            raise MalformedError("档案数量不合理")
        self.receiver.manifest(self._manifest)

    def _unsigned(self) -> UserError:
        """Whose signature it is instead: one of the sender's former keys, or nobody's that is known here."""
        sender, signature = self.cover.sender.name, bytes(self._collected)
        for key in self.former:
            if signature_holds(key.verify_key, SIGN_PURPOSE, self._manifest_bytes, signature):
                code = "bundle_revoked_key" if key.revoked else "bundle_former_key"
                return UserError(code, sender=sender, when=key.ended_on)
        return UserError("bundle_unsigned", sender=sender)

    def _begin_records(self, name: str, size: int) -> None:
        assert self._manifest
        if name != RECORDS or size != self._manifest.records_bytes:
            raise MalformedError("内容结构不对")
        self._take, self._end = self._take_records, self._end_records

    def _take_records(self, data: bytes) -> None:
        assert self._manifest
        self._hash.update(data)
        for line in self._splitter.feed(data):
            self._records += 1
            if self._records > self._manifest.line_count:
                raise MalformedError("档案数量与清单不符")
            self.receiver.record(line)

    def _end_records(self) -> None:
        assert self._manifest
        self._splitter.finish()
        if self._records != self._manifest.line_count:
            raise MalformedError("档案数量与清单不符")
        if self._hash.hexdigest() != self._manifest.records_sha256:
            raise MalformedError("档案内容与清单不符")
        self.receiver.records_done()

    def _begin_attachment(self, name: str, size: int) -> None:
        sha256 = name.removeprefix(ATTACHMENT_FOLDER)
        # ascending names: each file stands in a bundle once, and no set of them needs to be kept
        if not name.startswith(ATTACHMENT_FOLDER) or sha256 <= self._last_file or size > LARGEST_ATTACHMENT:
            raise MalformedError("内容结构不对")
        self._last_file = sha256
        self._files += 1
        self._file_bytes += size
        self.receiver.begin_attachment(sha256, size)
        self._take, self._end = self._take_attachment, self._end_attachment

    def _take_attachment(self, data: bytes) -> None:
        self._hash.update(data)
        self.receiver.attachment_bytes(data)

    def _end_attachment(self) -> None:
        if self._hash.hexdigest() != self._last_file:
            raise MalformedError("附件与清单不符")
        self.receiver.end_attachment()

    def finish(self) -> None:
        """The payload has ended: everything the manifest promises must have come."""
        if self._manifest is None or self._parts < 3:
            raise MalformedError("内容不完整")
        counts = self._manifest.counts
        if (self._files, self._file_bytes) != (counts.attachments, counts.attachment_bytes):
            raise MalformedError("附件数量与清单不符")
