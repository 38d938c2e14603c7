"""Attachment files on their way in: written to a side folder, moved into place with the transaction, or removed.

The files are cipher text all the time. Before they are moved their names are written down, so that a program that
was killed between moving and committing can tidy up at its next start.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, Protocol

from db.store import keys
from db.store.file_faults import file_faults

PREFIX = ".incoming-"
_LIST = "moving.json"
_TORSOS = "*.part"


class Incoming(Protocol):
    """Where the files of a bundle go, one after the other."""

    def begin(self, name: str) -> None:
        """Start the file *name*."""

    def write(self, data: bytes) -> None:
        """Add to the current file."""

    def end(self) -> None:
        """The current file is complete."""


class Nowhere:
    """Takes files and keeps none: for trying a bundle in a transaction that is taken back."""

    def begin(self, name: str) -> None:
        """Start a file."""

    def write(self, data: bytes) -> None:
        """Forget its bytes."""

    def end(self) -> None:
        """End it."""


class Staging:
    """The side folder of one bundle being received, made with its first file."""

    def __init__(self, attachments: Path) -> None:
        self._target = attachments
        self._folder = attachments / f"{PREFIX}{secrets.token_hex(8)}"
        self._names: list[str] = []
        self._file: BinaryIO | None = None

    def begin(self, name: str) -> None:
        """Start the file *name*."""
        with file_faults(self._folder / name):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = (self._folder / name).open("xb")
        self._names.append(name)

    def write(self, data: bytes) -> None:
        """Add to the current file."""
        assert self._file
        with file_faults(self._folder):
            self._file.write(data)

    def end(self) -> None:
        """The current file is complete."""
        assert self._file
        with file_faults(self._folder / self._names[-1]):
            self._file.flush()
            if not hasattr(os, "sync"):
                os.fsync(self._file.fileno())
            self._file.close()
        self._file = None

    def publish(self) -> None:
        """Move all files to where the database will look for them; still undone by :meth:`discard`."""
        if not self._names:
            return
        with file_faults(self._folder):
            keys.write_atomically(self._folder / _LIST, json.dumps(self._names).encode())
            for name in self._names:
                (self._folder / name).rename(self._target / name)
            if hasattr(os, "sync"):
                os.sync()  # one call for thousands of small files

    def discard(self) -> None:
        """Remove everything this bundle has written."""
        if self._file:
            self._file.close()
        for name in self._names:
            (self._target / name).unlink(missing_ok=True)
        self.finish()

    def finish(self) -> None:
        """The files are in use: the side folder is not needed any more."""
        shutil.rmtree(self._folder, ignore_errors=True)


class Leaving:
    """Files that go once a transaction has dropped the rows that name them: written down before it commits.

    Then :func:`tidy` removes them, now or after a program that was killed has started again; those that are still in
    use stay.
    """

    def __init__(self, attachments: Path, names: Iterable[str]) -> None:
        self._folder = attachments / f"{PREFIX}{secrets.token_hex(8)}"
        self._names = sorted(set(names))

    def announce(self) -> None:
        """Write the names down."""
        if self._names:
            with file_faults(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
                keys.write_atomically(self._folder / _LIST, json.dumps(self._names).encode())

    def call_off(self) -> None:
        """Nothing goes."""
        shutil.rmtree(self._folder, ignore_errors=True)


def tidy(attachments: Path, known: Callable[[Iterable[str]], set[str]]) -> int:
    """Remove what interrupted receptions left behind; *known* tells which names the database uses. How many went.

    Only for whoever holds the database's write lock: nobody else is receiving then.
    """
    gone = sum(_tidy_one(folder, attachments, known) for folder in attachments.glob(f"{PREFIX}*"))
    for torso in attachments.glob(_TORSOS):
        torso.unlink(missing_ok=True)
        gone += 1
    return gone


def left_behind(attachments: Path) -> bool:
    """Whether :func:`tidy` may have something to do: what it finds can also be a reception under way."""
    return any(any(attachments.glob(pattern)) for pattern in (f"{PREFIX}*", _TORSOS))


def _tidy_one(folder: Path, attachments: Path, known: Callable[[Iterable[str]], set[str]]) -> int:
    try:
        names = [Path(name).name for name in json.loads((folder / _LIST).read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        names = []
    in_use = known(names)
    gone = [name for name in names if name not in in_use and (attachments / name).is_file()]
    for name in gone:
        (attachments / name).unlink(missing_ok=True)
    left = sum(1 for entry in folder.iterdir() if entry.name != _LIST)
    shutil.rmtree(folder, ignore_errors=True)
    return len(gone) + left
