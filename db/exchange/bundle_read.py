"""Open a bundle and take it apart: structure first, then cover, then the signed and encrypted inside, in one pass.

The pass hands records line by line and attachments piece by piece to a receiver (preview or application). Only when
:meth:`OpenBundle.read` returns is everything proved; until then the receiver must be able to forget all of it.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from db.errors import NuandangError, Progress, UserError
from db.exchange.bundle_cipher import CHUNK, WrongKeyError, decrypt_stream
from db.exchange.bundle_format import (
    ATTACHMENT_FOLDER,
    LARGEST_ATTACHMENT,
    LARGEST_MANIFEST,
    MANIFEST,
    MOST_RECORDS,
    RECORDS,
    SIGN_PURPOSE,
    SIGNATURE,
    Cover,
    MalformedError,
    Manifest,
)
from db.exchange.bundle_outer import OuterFile, read_outer, reading_faults
from db.exchange.bundle_records import LineSplitter
from db.exchange.bundle_volumes import gather
from db.exchange.identity import ExchangeKeys, key_fingerprint, signature_holds
from db.exchange.pipeline import collector_at_rest


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
    """A structurally sound bundle; its cover is read but not yet proved. *files* hold the payload, in its order."""

    path: Path
    cover: Cover
    files: tuple[OuterFile, ...]

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
        with reading_faults(self.path), closing(_PayloadReader(self.files, self.cover.payload_bytes, progress)) as payload:
            unpacker = _Unpacker(self.cover, verify_key, receiver, former)
            try:
                with collector_at_rest():
                    decrypt_stream(payload, unpacker, keys.identities)
                unpacker.finish()
                receiver.finish()
            except WrongKeyError as fault:
                # damage of the header looks the same to age; a whole file tells that only the key is another
                if payload.drain() != self.cover.payload_sha256:
                    raise self._damage("密文已改动或不完整") from fault
                fingerprint = key_fingerprint(keys.recipient, keys.verify_key)
                raise UserError("bundle_wrong_key", sender=self.cover.sender.name, fingerprint=fingerprint) from fault
            except MalformedError as fault:
                raise self._damage(str(fault)) from fault
            if payload.drain() != self.cover.payload_sha256:
                raise self._damage("封面与内容不符")

    def _damage(self, reason: str) -> NuandangError:
        """What to say of damage; of a split bundle which volume it is in, for that alone must be copied again."""
        for file in self.files:
            volume = file.cover.volume
            if volume and _hash_of(file, volume.size) != volume.sha256:
                return UserError(
                    "bundle_volume_damaged", name=file.path.name, number=volume.number, total=volume.total
                )
        return UserError("bundle_damaged", name=self.path.name, reason=reason)


def _hash_of(file: OuterFile, size: int) -> str:
    with reading_faults(file.path), file.path.open("rb") as source:
        source.seek(file.offset)
        found = hashlib.sha256()
        while size > 0 and (piece := source.read(min(CHUNK, size))):
            found.update(piece)
            size -= len(piece)
        return found.hexdigest()


def open_bundle(path: Path) -> OpenBundle:
    """Check the outer file, find the other volumes of a split bundle, and read the cover; the path may be any of them."""
    chosen = read_outer(path)
    files = gather(chosen) if chosen.cover.volume else [chosen]
    return OpenBundle(path, replace(chosen.cover, volume=None), tuple(files))


class _PayloadReader(io.RawIOBase):
    """The encrypted payload inside its files, hashed as it is read."""

    def __init__(self, files: Sequence[OuterFile], size: int, progress: Progress | None) -> None:
        super().__init__()
        self._files = list(files)
        self._file: BinaryIO | None = None
        self._here = 0
        """How much of the payload is still to come from the present file."""
        self._left, self._total = size, size
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
            piece = self._next(len(buffer))
            self._left -= len(piece)
            self._hash.update(piece)
            self._report()
        except BaseException as fault:
            self.fault = fault
            raise
        buffer[: len(piece)] = piece
        return len(piece)

    def _next(self, most: int) -> bytes:
        while not self._here and self._files:
            self.close_file()
            outer = self._files.pop(0)
            with reading_faults(outer.path):
                self._file = outer.path.open("rb")
                self._file.seek(outer.offset)
            self._here, self._path = outer.cover.content_bytes, outer.path
        if self._file is None:
            return b""
        with reading_faults(self._path):
            piece = self._file.read(min(most, self._here))
        self._here = self._here - len(piece) if piece else 0
        return piece

    def close_file(self) -> None:
        """Give the present file back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Give the present file back."""
        self.close_file()
        super().close()

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
