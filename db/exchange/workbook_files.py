"""Write a file whole or not at all: under a temporary name beside the target, then renamed."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from db.errors import MachineError
from db.store.file_faults import file_faults


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file open for writing that takes the place of *path* at the end; after any failure nothing is left behind.

    The temporary file stands where the clerk wants the file, never in the system's temporary folder: it holds the
    same personal data.
    """
    partial = path.with_name(f".{secrets.token_hex(4)}.part")
    try:
        with file_faults(path):
            with partial.open("xb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            _take_place(partial, path)
    finally:
        with file_faults(path):
            partial.unlink(missing_ok=True)


def _take_place(partial: Path, path: Path) -> None:
    try:
        partial.replace(path)
    except PermissionError as fault:
        # the folder took a new file, so it is the old one that cannot go: WPS holds it open
        raise MachineError("file_locked", name=path.name) from fault
