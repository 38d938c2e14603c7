"""Sort failures of the database that are the machine's fault into sentences for the clerk; the rest stays a bug."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as sqlcipher

from db.errors import MachineError

_SIDE_FILES = 64 << 10
"""What the database needs for its side files before it can even be read."""


def _device_fault(path: Path) -> MachineError:
    """Why reading or writing the office file failed: no room for its side files, or the disk is gone."""
    with suppress(OSError):
        if path.exists() and shutil.disk_usage(path.parent).free < _SIDE_FILES:
            return MachineError("disk_full", folder=str(path.parent))
    return MachineError("file_gone", name=path.name)


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
            raise MachineError("office_in_use") from fault
        if "readonly" in text or "read-only" in text:
            raise MachineError("cannot_write", name=path.name, reason="文件或磁盘是只读的") from fault
        if "disk i/o" in text or "unable to open" in text:
            raise _device_fault(path) from fault
        if "malformed" in text or "not a database" in text:
            raise MachineError("office_damaged") from fault
        raise
