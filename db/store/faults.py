"""Sort failures of disk, files and database into sentences for the clerk; everything else stays a bug."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as sqlcipher

from db.errors import MachineError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_GONE = {errno.ENOENT, errno.ENODEV, errno.EIO, errno.ENXIO, errno.ENOTCONN}
_REASONS = {
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EISDIR: "同名的是一个文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
}


def machine_error(fault: OSError, path: Path) -> MachineError:
    """The sentence for a failed file operation on *path*."""
    if fault.errno in _FULL:
        return MachineError("disk_full", folder=str(path.parent))
    if fault.errno in _GONE:
        return MachineError("file_gone", name=path.name)
    # Windows says 13 for a file that another program holds open
    if fault.errno == errno.EACCES and getattr(fault, "winerror", None) == 32:
        return MachineError("file_locked", name=path.name)
    reason = _REASONS.get(fault.errno or 0, fault.strerror or type(fault).__name__)
    return MachineError("cannot_write", name=path.name, reason=reason)


@contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """Turn OSErrors raised inside into :class:`MachineError` about *path*."""
    try:
        yield
    except OSError as fault:
        raise machine_error(fault, path) from fault


@contextmanager
def store_faults(path: Path) -> Iterator[None]:
    """Turn database failures that are the machine's fault into :class:`MachineError` about the office file."""
    try:
        yield
    except (DBAPIError, sqlite3.DatabaseError, sqlcipher.DatabaseError) as fault:
        text = str(fault).lower()
        if "disk is full" in text:
            raise MachineError("disk_full", folder=str(path.parent)) from fault
        if "locked" in text or "busy" in text:
            raise MachineError("file_locked", name=path.name) from fault
        if "readonly" in text or "read-only" in text:
            raise MachineError("cannot_write", name=path.name, reason="文件或磁盘是只读的") from fault
        if "disk i/o" in text or "unable to open" in text:
            raise MachineError("file_gone", name=path.name) from fault
        if "malformed" in text or "not a database" in text:
            raise MachineError("office_damaged") from fault
        raise
