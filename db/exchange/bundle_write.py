"""Write a bundle so that it is either whole on the stick or not there at all.

Order: check the target, write under a temporary name, flush to the device, read back and compare, rename. Everything
is written before anything is read back: a stick with a false capacity overwrites its beginning with its end.
"""

import hashlib
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import FileIO
from pathlib import Path

from db.errors import MachineError, Progress
from db.exchange import drives, read_back
from db.exchange.bundle_cipher import (
    BLOCK,
    CHUNK,
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
from db.store import partial_files
from db.store.file_faults import file_faults

RecordLines = Callable[[], Iterator[bytes]]
"""Makes the record lines; may be called twice and must give the same lines, so nothing needs to be kept in between."""


_KEPT_RECORDS = 32 << 20
_RENAME_TRIES, _RENAME_PAUSE = 10, 0.2
_SHOWN_NAME = "数据包"
"""What a fault calls the file while it has only its temporary name."""


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
        partial_files.release(self.temporary)

    def publish(self, name: str) -> Path:
        """Give the file its name; never over another file. It stays ours until :meth:`discard`."""
        with file_faults(self.temporary.parent / name):
            target = free_name(self.temporary.parent / name)
            rename_patiently(self.temporary, target)
            try:
                flush_folder(target.parent)
            except OSError:
                target.unlink(missing_ok=True)
                raise
        return target


def rename_patiently(source: Path, target: Path) -> None:
    """Rename; a virus scanner or a synchronising folder may hold the new file for a moment."""
    for _ in range(_RENAME_TRIES):
        try:
            source.rename(target)
        except PermissionError:
            time.sleep(_RENAME_PAUSE)
        else:
            return
    source.rename(target)


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
    plan = _with_record_hash(plan)
    manifest = plan.manifest
    need = _payload_size(manifest, plan.files)
    partial_files.sweep(folder)  # before the free space is counted
    drives.check_target(folder, need)
    with file_faults(folder):
        temporary = partial_files.claim(folder)
    try:
        with file_faults(folder / _SHOWN_NAME):
            cover = _write_file(plan, keys, temporary, need, progress)
            read_back.flush(temporary)
            _check_end(temporary, cover)
            return WrittenBundle(temporary, cover, temporary.stat().st_size)
    except BaseException:
        partial_files.release(temporary)
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


def _with_record_hash(plan: BundlePlan) -> BundlePlan:
    """The plan with hash and size of its records; few enough of them are kept instead of being made again."""
    digest, size = hashlib.sha256(), 0
    kept: list[bytes] = []
    for line in plan.lines():
        digest.update(line)
        size += len(line)
        if size <= _KEPT_RECORDS:
            kept.append(line)
    manifest = replace(plan.manifest, records_sha256=digest.hexdigest(), records_bytes=size)
    lines = plan.lines if size > _KEPT_RECORDS else partial(iter, kept)
    return replace(plan, manifest=manifest, lines=lines)


def _payload_size(manifest: Manifest, files: Iterable[AttachmentFile]) -> int:
    """Upper bound of the whole file: tar, age (16 bytes per 64 KiB) and the outer ZIP."""
    tar = member_size(len(manifest.to_bytes())) + member_size(64) + member_size(manifest.records_bytes) + 2 * BLOCK
    tar += sum(member_size(file.size) for file in files)
    return tar + tar // 4096 + LARGEST_COVER


def _payload(plan: BundlePlan, keys: ExchangeKeys) -> Iterator[bytes]:
    data = plan.manifest.to_bytes()
    signature = keys.sign(SIGN_PURPOSE, data)
    yield from member_chunks(MANIFEST, len(data), [data])
    yield from member_chunks(SIGNATURE, len(signature), [signature])
    yield from member_chunks(RECORDS, plan.manifest.records_bytes, plan.lines())
    yield from _file_members(plan.files)
    yield end_chunk()


def _file_members(files: Iterable[AttachmentFile]) -> Iterator[bytes]:
    for file in files:
        yield from member_chunks(ATTACHMENT_FOLDER + file.sha256, file.size, _content(file))


def _content(file: AttachmentFile) -> Iterator[bytes]:
    """The content of an attachment file, exactly as long as the database says; MachineError when it is not."""
    size = 0
    with _opened(file) as source:
        # one byte more than expected is asked for, so that a longer file is noticed, too
        while chunk := source.read(min(CHUNK, file.size - size + 1)):
            size += len(chunk)
            yield chunk
    if size != file.size:
        raise MachineError("attachment_altered", name=file.shown_name)


def _opened(file: AttachmentFile) -> FileIO:
    try:
        return file.path.open("rb", buffering=0)
    except FileNotFoundError as fault:
        raise MachineError("attachment_missing", name=file.shown_name) from fault


def _check_hashes(files: Iterable[AttachmentFile], given_up: threading.Event) -> None:
    """Compare the attachment files with the database; MachineError at the first that differs."""
    for file in files:
        if given_up.is_set():
            return
        with _opened(file) as source:
            if hashlib.file_digest(source, "sha256").hexdigest() != file.sha256:
                raise MachineError("attachment_altered", name=file.shown_name)


def _write_file(
    plan: BundlePlan, keys: ExchangeKeys, temporary: Path, need: int, progress: Progress | None
) -> Cover:
    """Write the payload, read it back, and only then put the cover with its hash behind it."""
    with temporary.open("wb", buffering=0) as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
        entry = zipfile.ZipInfo(PAYLOAD)
        with archive.open(entry, "w", force_zip64=True) as member:
            growing = _Growing(member.write, raw.fileno(), _halved(progress, need))
            encrypt_stream(_payload(plan, keys), growing.write, [plan.receiver_recipient, keys.recipient])
        read_back.flush(temporary)
        start = entry.header_offset + len(entry.FileHeader(zip64=True))
        on_read = _halved(progress, need, second=True)
        with _hashes_checked_beside(plan.files):
            found = read_back.digest(temporary, start, growing.size, on_read)
        if (found.size, found.crc32) != (growing.size, entry.CRC):
            raise MachineError("write_not_verified", folder=str(temporary.parent))
        cover = _cover(plan.manifest, found)
        archive.writestr(zipfile.ZipInfo(COVER), cover.to_bytes())
    return cover


@contextmanager
def _hashes_checked_beside(files: Iterable[AttachmentFile]) -> Iterator[None]:
    """Check the attachment files' hashes while the stick, the slower of the two, is being read back."""
    given_up = threading.Event()
    with ThreadPoolExecutor(1, "bundle-checker") as beside:
        check = beside.submit(_check_hashes, files, given_up)
        try:
            yield
        except BaseException:
            given_up.set()
            raise
        check.result()


class _Growing:
    """Counts what is written, reports it, and has the device keep up."""

    def __init__(self, write: Callable[[bytes], object], handle: int, on_bytes: Callable[[int], None]) -> None:
        self._write, self._on_bytes = write, on_bytes
        self._hurry = read_back.Hurry(handle)
        self.size = 0

    def write(self, data: bytes) -> None:
        """Write all of *data*."""
        self._write(data)
        self.size += len(data)
        self._hurry.on(self.size)
        self._on_bytes(self.size)


def _cover(manifest: Manifest, payload: read_back.Digest) -> Cover:
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
