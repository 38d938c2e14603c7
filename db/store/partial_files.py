"""Files on their way to a place the clerk chose: whole under their name, or not there at all.

Until it is complete a file stands under a temporary name beside its target, never in the system's temporary folder:
it holds the same personal data. A program that is killed, or a plug that is pulled, leaves it behind; it is removed
when something is next written to that folder, and at the next sign-in.
"""

import io
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from db.errors import MachineError
from db.store.file_faults import file_faults

if sys.platform != "win32":
    import fcntl

_PREFIX, _SUFFIX = ".nuandang-", ".part"
_CLAIMED: dict[str, int | None] = {}
"""Names this process is writing under, each with the handle that keeps other processes from sweeping it."""


def claim(folder: Path) -> Path:
    """An empty file under a new temporary name in *folder*, ours until :func:`release`."""
    path = folder / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
    if sys.platform == "win32":
        os.close(handle)  # an open file could not be renamed; nor can one that is being written be deleted
        _CLAIMED[path.name] = None
    else:
        _CLAIMED[path.name] = handle
        with suppress(OSError):  # some file systems of sticks know no locks
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return path


def release(path: Path) -> None:
    """The file has its name, or is given up: whatever still stands under the temporary name goes."""
    handle = _CLAIMED.pop(path.name, None)
    with suppress(OSError):  # the stick is gone, and why is being told already
        path.unlink(missing_ok=True)
    if handle is not None:
        with suppress(OSError):
            os.close(handle)


def sweep(folder: Path) -> int:
    """Remove what killed programs have left in *folder*, never what is being written now; how many files went."""
    with suppress(OSError):
        return sum(_remove(left) for left in folder.glob(f"{_PREFIX}*{_SUFFIX}") if left.name not in _CLAIMED)
    return 0


def _remove(left: Path) -> bool:
    with suppress(OSError):
        if sys.platform == "win32":
            left.unlink()
            return True
        with left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while its writer lives
            left.unlink()
        return True
    return False


class _Target(io.BufferedWriter):
    """A file being written. Once it is closed, what a writer that was interrupted still has to say goes nowhere.

    A workbook that the disk cut off tries to end its archive while it is cleared away, and would complain on the console.
    """

    _reached = 0

    def write(self, data: Any) -> int:
        """Bytes written; none once it is closed."""
        return 0 if self.closed else super().write(data)

    def seek(self, target: int, whence: int = io.SEEK_SET) -> int:
        """The place reached."""
        if not self.closed:
            return super().seek(target, whence)
        self._reached = target
        return target

    def tell(self) -> int:
        """The place."""
        return self._reached if self.closed else super().tell()

    def flush(self) -> None:
        """Hand over what waits."""
        if not self.closed:
            super().flush()


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file open for writing that takes the place of *path* at the end; after any failure nothing is left behind."""
    sweep(path.parent)
    with file_faults(path):
        partial = claim(path.parent)
    try:
        with file_faults(path):
            with _Target(partial.open("wb", buffering=0)) as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            _take_place(partial, path)
    finally:
        release(partial)


def _take_place(partial: Path, path: Path) -> None:
    try:
        partial.replace(path)
    except PermissionError as fault:
        # the folder took a new file, so it is the old one that cannot go: WPS holds it open
        raise MachineError("file_locked", name=path.name) from fault
