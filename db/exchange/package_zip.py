"""The package for an office without this program: one AES-256 zip, streamed, verified, whole or not there at all.

AES in a zip hides contents, never names: the list of files stays readable without the password. The folders of a
package are called after people and their ID numbers, so everything lies in an inner zip, and the encrypted outer one
shows two neutral names only – the inner zip, and the page that says how to open it, which anybody may read.
Nothing is ever laid down in clear: the inner zip is made and encrypted while it is being written.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import pyzipper

from db.errors import MachineError, Progress
from db.exchange import drives, read_back
from db.exchange.bundle_write import flush_folder, free_name, rename_patiently
from db.store import partial_files
from db.store.file_faults import file_faults

INNER = "报送资料.zip"
HOW_TO_OPEN = "打开方法.txt"
CHECKSUMS = "校验清单-SHA256.txt"
_SHOWN_NAME = "报送资料包"
"""What a fault calls the file while it has only its temporary name."""
_GATHERED = 256 << 10
_REPORT_EVERY = 1 << 20
_READ, _PIECE = 4 << 20, 1 << 18
_LONGEST_PLAIN = 1 << 30
"""Beyond this the longer headers of large zips are used; every reader that knows AES knows these, too."""


class PackedName(Protocol):
    """What a list of checksums needs to know of a file."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file in the package."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class WrittenPackage:
    """A verified package still under its temporary name."""

    temporary: Path
    files: tuple[PackedFile, ...]
    file_bytes: int

    def discard(self) -> None:
        """Remove the file."""
        partial_files.release(self.temporary)

    def publish(self, name: str) -> Path:
        """Give the file its name, never over another one; where it lies."""
        try:
            with file_faults(self.temporary.parent / name):
                target = free_name(self.temporary.parent / name)
                rename_patiently(self.temporary, target)
                flush_folder(target.parent)
        finally:
            self.discard()
        return target


# -- names -------------------------------------------------------------------------------------------------------

_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def safe_name(text: str, longest: int = 40) -> str:
    """*text* as a file or folder name on any system; empty when nothing of it can stand there."""
    plain = _UNSAFE.sub("", text.encode("utf-8", "ignore").decode()).strip(". ")[:longest].rstrip(". ")
    return f"_{plain}" if _DEVICE.match(plain) else plain


def checksum_list(files: Iterable[PackedName]) -> str:
    """One line per file as ``sha256sum -c`` reads it."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in files)


# -- what goes in ------------------------------------------------------------------------------------------------


class PackageFolder:
    """The inside of a package, filled file by file; keeps the checksums."""

    def __init__(self, inner: zipfile.ZipFile, made_at: datetime) -> None:
        self._inner, self._made_at = inner, made_at
        self.files: list[PackedFile] = []

    def add(self, name: str, content: bytes) -> None:
        """Add a file."""
        with self.opened(name) as out:
            out.write(content)

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """A new file to write to from front to back; one at a time."""
        entry = zipfile.ZipInfo(name, self._made_at.timetuple()[:6])
        entry.external_attr = 0o600 << 16
        # photos, PDFs and workbooks are packed already; the few texts are too short to matter
        with self._inner.open(entry, "w") as member:
            stream = _Hashed(member)
            yield cast(BinaryIO, stream)
            stream.finish()
        self.files.append(PackedFile(name, stream.size, stream.digest()))


class _Hashed:
    """Gathers small pieces, hashes them and hands them on."""

    def __init__(self, out: Any) -> None:
        self._out, self._hash, self._pieces = out, hashlib.sha256(), bytearray()
        self.size = 0

    def write(self, piece: Any) -> int:
        """Take all of *piece*; a large one goes on part by part, so that it is not copied whole at every step."""
        view = memoryview(piece)
        for start in range(0, len(view), _GATHERED):
            self._pieces += view[start : start + _GATHERED]
            if len(self._pieces) >= _GATHERED:
                self.finish()
        self.size += len(view)
        return len(view)

    def flush(self) -> None:
        """Nothing has to leave yet."""

    def finish(self) -> None:
        """Hand on what is left."""
        gathered, self._pieces = bytes(self._pieces), bytearray()
        self._hash.update(gathered)
        self._out.write(gathered)

    def digest(self) -> str:
        """The hash of everything handed on."""
        return self._hash.hexdigest()


class _Target:
    """The file that grows on the stick. After a fault it keeps still, so that closing what wrote to it tells nothing else."""

    def __init__(self, file: io.FileIO, limit: int | None, on_bytes: Callable[[int], None]) -> None:
        self._file, self._limit, self._on_bytes = file, limit, on_bytes
        self._pace = read_back.Pace(file.fileno())
        self._position = self.size = 0
        self.fault: BaseException | None = None
        """What stopped the writing: the disk, or the clerk."""

    def write(self, piece: Any) -> int:
        """Write all of *piece*."""
        if self.fault is None:
            try:
                self._write(memoryview(piece))
            except BaseException as fault:
                self.fault = fault
                raise
        return len(piece)

    def _write(self, piece: memoryview) -> None:
        if self._limit is not None and self._position + len(piece) > self._limit:
            raise drives.file_too_large(self._position + len(piece))
        while piece:
            count = self._file.write(piece) or 0
            piece = piece[count:]
            self._position += count
        self.size = max(self.size, self._position)
        self._pace.on(self.size)
        self._on_bytes(self.size)

    def tell(self) -> int:
        """The place to be written next."""
        return self._position

    def seek(self, offset: int) -> int:
        """Go back to write a header again."""
        if self.fault is None:
            self._file.seek(offset)
            self._position = offset
        return offset

    def flush(self) -> None:
        """Everything was handed to the system already."""


# -- writing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """What a package is made of: *fill* adds the files, *need* bounds their size, *how_to_open* stays readable."""

    fill: Callable[[PackageFolder], None]
    need: int
    how_to_open: bytes
    made_at: datetime


def write_package(plan: PackagePlan, password: str, folder: Path, progress: Progress | None = None) -> WrittenPackage:
    """Write and verify a package in *folder*; the caller publishes or discards it."""
    partial_files.sweep(folder)  # before the free space is counted
    drives.check_target(folder, plan.need, one_file=True)
    with file_faults(folder):
        temporary = partial_files.claim(folder)
    try:
        with file_faults(folder / _SHOWN_NAME):
            files, digest, size = _write(plan, password, temporary, progress)
            read_back.flush(temporary)
            _verify(plan, password, temporary, digest, _report(progress, size, second=True))
            return WrittenPackage(temporary, tuple(files), size)
    except BaseException:
        partial_files.release(temporary)
        raise


def _report(progress: Progress | None, need: int, *, second: bool = False) -> Callable[[int], None]:
    """Writing is the first half of the work and reading back the second."""
    reported = 0

    def report(size: int) -> None:
        nonlocal reported
        if progress and size - reported >= _REPORT_EVERY:
            reported = size
            progress(min(size, need) + need * second, 2 * need)

    return report


def _write(
    plan: PackagePlan, password: str, temporary: Path, progress: Progress | None
) -> tuple[list[PackedFile], str, int]:
    """Write everything; the files in it, the hash of the inner zip, the size of the whole."""
    limit = drives.largest_file(temporary.parent)
    with temporary.open("wb", buffering=0) as raw:
        target = _Target(raw, limit, _report(progress, plan.need))
        try:
            files, digest = _write_outer(plan, password, target)
        except ValueError:
            if target.fault is not None:  # the library complains of what the fault left open
                raise target.fault from None
            raise
    return files, digest, target.size


def _write_outer(plan: PackagePlan, password: str, target: _Target) -> tuple[list[PackedFile], str]:
    with pyzipper.AESZipFile(target, "w", compression=pyzipper.ZIP_STORED) as outer:
        outer.writestr(_outer_entry(outer, HOW_TO_OPEN, plan.made_at), plan.how_to_open)
        outer.setpassword(password.encode("ascii"))
        outer.setencryption(pyzipper.WZ_AES, nbits=256)
        entry = _outer_entry(outer, INNER, plan.made_at)
        with outer.open(entry, "w", force_zip64=plan.need > _LONGEST_PLAIN) as member:
            stream = _Hashed(member)
            files = _write_inner(plan, stream)
            stream.finish()
    return files, stream.digest()


def _outer_entry(outer: Any, name: str, made_at: datetime) -> Any:
    entry = outer.zipinfo_cls(name, date_time=made_at.timetuple()[:6])
    entry.compress_type = pyzipper.ZIP_STORED
    entry.external_attr = 0o600 << 16
    return entry


def _write_inner(plan: PackagePlan, stream: _Hashed) -> list[PackedFile]:
    with zipfile.ZipFile(cast(BinaryIO, stream), "w", zipfile.ZIP_STORED) as inner:
        folder = PackageFolder(inner, plan.made_at)
        plan.fill(folder)
        folder.add(CHECKSUMS, checksum_list(folder.files).encode())
    return folder.files


def _verify(plan: PackagePlan, password: str, path: Path, digest: str, on_bytes: Callable[[int], None]) -> None:
    """Open the package as the office above will, with the password, and compare every byte that comes out."""
    found = hashlib.sha256()
    try:
        with (
            read_back.DeviceReader(path) as device,
            io.BufferedReader(device, _READ) as file,
            pyzipper.AESZipFile(file) as outer,
        ):
            sound = outer.read(HOW_TO_OPEN) == plan.how_to_open
            outer.setpassword(password.encode("ascii"))
            with outer.open(INNER) as member:
                while piece := member.read(_PIECE):
                    found.update(piece)
                    on_bytes(device.tell())
    except (pyzipper.BadZipFile, RuntimeError, NotImplementedError, KeyError, EOFError) as fault:
        raise MachineError("write_not_verified", folder=str(path.parent)) from fault
    if not sound or found.hexdigest() != digest:
        raise MachineError("write_not_verified", folder=str(path.parent))
