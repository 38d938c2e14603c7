"""Write a bundle so that it is either whole on the stick or not there at all.

Order: check the target, write under temporary names, flush to the device, read back and compare, rename.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from io import FileIO
from pathlib import Path

from db.errors import MachineError, Progress
from db.exchange import drives, volume_writer
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
    LARGEST_COVER,
    MANIFEST,
    RECORDS,
    SIGN_PURPOSE,
    SIGNATURE,
    Cover,
    Manifest,
)
from db.exchange.bundle_volumes import volume_name
from db.exchange.identity import ExchangeKeys
from db.exchange.volume_writer import PayloadWriter
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


@dataclass(slots=True)
class WrittenBundle:
    """A verified bundle, one file or several volumes, still under temporary names."""

    temporaries: tuple[Path, ...]
    cover: Cover
    file_bytes: int
    published: list[Path] = field(default_factory=list)
    """The files that bear their names, the first volume first."""

    @property
    def temporary(self) -> Path:
        """The first of the files."""
        return self.temporaries[0]

    def discard(self) -> None:
        """Remove whatever still has a temporary name."""
        for path in self.temporaries:
            partial_files.release(path)

    def publish(self, name: str) -> Path:
        """Give the files their names, never over another file; the first volume gets its last, so that no half set
        looks whole. They stay ours until :meth:`discard`."""
        folder = self.temporary.parent
        targets = _free_names(folder, name, len(self.temporaries))
        with file_faults(folder / name):
            for temporary, target in reversed(list(zip(self.temporaries, targets, strict=True))):
                if target is targets[0] and len(targets) > 1:
                    flush_folder(folder)
                self.published.insert(0, target)
                self._rename(temporary, target)
            flush_folder(folder)
        return targets[0]

    def _rename(self, temporary: Path, target: Path) -> None:
        try:
            rename_patiently(temporary, target)
        except FileExistsError:
            self.published.remove(target)  # somebody else's, come in between
            raise

    def withdraw(self) -> None:
        """Take the names away again; OSError when it is not sure that no file bears one."""
        while self.published:
            path = self.published[0]
            path.unlink(missing_ok=True)
            if not path.parent.is_dir():
                raise FileNotFoundError(path)  # the stick is gone, perhaps with the file on it
            self.published.pop(0)


def _free_names(folder: Path, name: str, total: int) -> list[Path]:
    """Names that are free: ``name``, or for several files ``name-第1卷共3卷`` …, with `` (2)`` where one is taken."""
    plain, number = Path(name), 2
    while True:
        names = [volume_name(name, at, total) for at in range(1, total + 1)] if total > 1 else [name]
        targets = [folder / one for one in names]
        if not any(target.exists() for target in targets):
            return targets
        name, number = f"{plain.stem} ({number}){plain.suffix}", number + 1


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
    need = _payload_size(plan.manifest, plan.files)
    partial_files.sweep(folder)  # before the free space is counted
    drives.check_target(folder, need + need // volume_writer.LARGEST_FILE * volume_writer.BESIDE_PAYLOAD)
    writer = PayloadWriter(folder, volume_writer.LARGEST_FILE, _halved(progress, need))
    try:
        with file_faults(folder / _SHOWN_NAME):
            cover = _write_files(plan, keys, writer, _halved(progress, need, second=True))
            return WrittenBundle(writer.paths, cover, sum(path.stat().st_size for path in writer.paths))
    except BaseException:
        writer.discard()
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


def _write_files(
    plan: BundlePlan, keys: ExchangeKeys, writer: PayloadWriter, on_read: Callable[[int], None]
) -> Cover:
    """Write the payload, read it back, and only then put the covers with its hash behind it."""
    encrypt_stream(_payload(plan, keys), writer.write, [plan.receiver_recipient, keys.recipient])
    writer.end_payload()
    with _hashes_checked_beside(plan.files):
        sha256 = writer.read_back(on_read)
    cover = _cover(plan.manifest, sha256, writer.size)
    writer.put_covers(cover)
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


def _cover(manifest: Manifest, sha256: str, size: int) -> Cover:
    return Cover(
        kind=manifest.kind,
        sender=manifest.sender,
        receiver=manifest.receiver,
        sequence=manifest.sequence,
        created_at=manifest.created_at,
        counts=manifest.counts,
        payload_sha256=sha256,
        payload_bytes=size,
    )
