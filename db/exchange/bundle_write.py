"""Write a bundle so that it is either whole on the stick or not there at all.

Order: check the target, write under a temporary name, flush to the device, read back and compare, rename.
"""

import hashlib
import os
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from db.errors import MachineError, Progress
from db.exchange import drives
from db.exchange.bundle_cipher import (
    BLOCK,
    CHUNK,
    HashingWriter,
    encrypt_stream,
    end_chunk,
    member_chunks,
    member_size,
)
from db.exchange.bundle_format import (
    ATTACHMENT_FOLDER,
    COVER,
    LARGEST_COVER,
    MANIFEST,
    PAYLOAD,
    RECORDS,
    SIGN_PURPOSE,
    SIGNATURE,
    Cover,
    Manifest,
)
from db.exchange.identity import ExchangeKeys
from db.store.file_faults import file_faults

RecordLines = Callable[[], Iterator[bytes]]
"""Makes the record lines; called twice and must give the same lines, so nothing needs to be kept in between."""


@dataclass(frozen=True, slots=True)
class AttachmentFile:
    """A file to ship as it is: where it lies, and the hash and size it must have."""

    path: Path
    sha256: str
    size: int
    shown_name: str


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """Everything a bundle is made of. The manifest's record hash and size are filled in while writing."""

    manifest: Manifest
    lines: RecordLines
    files: list[AttachmentFile]
    receiver_recipient: str


@dataclass(frozen=True, slots=True)
class WrittenBundle:
    """A verified bundle still under its temporary name."""

    temporary: Path
    cover: Cover
    file_bytes: int

    def discard(self) -> None:
        """Remove the file."""
        self.temporary.unlink(missing_ok=True)

    def publish(self, name: str) -> Path:
        """Give the file its name; never over another file."""
        with file_faults(self.temporary):
            target = free_name(self.temporary.parent / name)
            self.temporary.rename(target)
            flush_folder(target.parent)
        return target


def free_name(path: Path) -> Path:
    """*path*, or the first of ``name (2).ext``, ``name (3).ext`` … that does not exist."""
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return free


def flush_folder(folder: Path) -> None:
    """Make a rename durable, where folders can be flushed (not on Windows)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError:
        return  # some file systems of sticks refuse to flush a folder; the file itself is flushed
    finally:
        os.close(handle)


def write_bundle(
    plan: BundlePlan, keys: ExchangeKeys, folder: Path, progress: Progress | None = None
) -> WrittenBundle:
    """Write and verify the bundle in *folder*; the caller publishes or discards it."""
    manifest = _with_record_hash(plan)
    need = _payload_size(manifest, plan.files)
    drives.check_target(folder, need)
    temporary = folder / f".{secrets.token_hex(8)}.part"
    try:
        with file_faults(temporary):
            writer = _write_file(plan, manifest, keys, temporary, _halved(progress, need))
            cover = _cover(manifest, writer)
            _flush_and_drop_cache(temporary)
            _verify(temporary, cover, _halved(progress, need, second=True))
            return WrittenBundle(temporary, cover, temporary.stat().st_size)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _halved(progress: Progress | None, need: int, *, second: bool = False) -> Callable[[int], None]:
    """Report writing as the first half of the work and reading back as the second, about every megabyte."""
    reported = 0

    def report(size: int) -> None:
        nonlocal reported
        if progress and size - reported >= CHUNK:
            reported = size
            progress(min(size, need) + need * second, 2 * need)

    return report


def _with_record_hash(plan: BundlePlan) -> Manifest:
    digest, size = hashlib.sha256(), 0
    for line in plan.lines():
        digest.update(line)
        size += len(line)
    return replace(plan.manifest, records_sha256=digest.hexdigest(), records_bytes=size)


def _payload_size(manifest: Manifest, files: Iterable[AttachmentFile]) -> int:
    """Upper bound of the whole file: tar, age (16 bytes per 64 KiB) and the outer ZIP."""
    tar = member_size(len(manifest.to_bytes())) + member_size(64) + member_size(manifest.records_bytes) + 2 * BLOCK
    tar += sum(member_size(file.size) for file in files)
    return tar + tar // 4096 + LARGEST_COVER


def _payload(plan: BundlePlan, manifest: Manifest, keys: ExchangeKeys) -> Iterator[bytes]:
    data = manifest.to_bytes()
    signature = keys.sign(SIGN_PURPOSE, data)
    yield from member_chunks(MANIFEST, len(data), [data])
    yield from member_chunks(SIGNATURE, len(signature), [signature])
    yield from member_chunks(RECORDS, manifest.records_bytes, plan.lines())
    for file in plan.files:
        yield from member_chunks(ATTACHMENT_FOLDER + file.sha256, file.size, _checked_content(file))
    yield end_chunk()


def _checked_content(file: AttachmentFile) -> Iterator[bytes]:
    """The content of an attachment file; MachineError when it is not what the database says."""
    digest, size = hashlib.sha256(), 0
    try:
        with file.path.open("rb", buffering=0) as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                yield chunk
    except FileNotFoundError as fault:
        raise MachineError("attachment_missing", name=file.shown_name) from fault
    if size != file.size or digest.hexdigest() != file.sha256:
        raise MachineError("attachment_altered", name=file.shown_name)


def _cover(manifest: Manifest, payload: HashingWriter) -> Cover:
    return Cover(
        kind=manifest.kind,
        sender=manifest.sender,
        receiver=manifest.receiver,
        sequence=manifest.sequence,
        created_at=manifest.created_at,
        counts=manifest.counts,
        payload_sha256=payload.sha256,
        payload_bytes=payload.size,
    )


def _write_file(
    plan: BundlePlan, manifest: Manifest, keys: ExchangeKeys, temporary: Path, on_bytes: Callable[[int], None]
) -> HashingWriter:
    with temporary.open("xb", buffering=CHUNK) as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
        with archive.open(zipfile.ZipInfo(PAYLOAD), "w", force_zip64=True) as member:
            payload = HashingWriter(cast(BinaryIO, member), on_bytes)
            recipients = [plan.receiver_recipient, keys.recipient]
            encrypt_stream(_payload(plan, manifest, keys), payload, recipients)
        archive.writestr(zipfile.ZipInfo(COVER), _cover(manifest, payload).to_bytes())
    return payload


def _flush_and_drop_cache(path: Path) -> None:
    """Push the file to the device, and out of memory so that reading it back reads the device."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _verify(path: Path, cover: Cover, on_bytes: Callable[[int], None]) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.read(COVER)
            with archive.open(PAYLOAD) as member:
                while chunk := member.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    on_bytes(size)
    except (zipfile.BadZipFile, KeyError, EOFError) as fault:
        raise MachineError("write_not_verified", folder=str(path.parent)) from fault
    if found != cover.to_bytes() or digest.hexdigest() != cover.payload_sha256:
        raise MachineError("write_not_verified", folder=str(path.parent))
