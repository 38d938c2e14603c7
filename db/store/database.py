"""Open the encrypted office file: SQLCipher with a raw key, pragmas, version gate, transactions.

Everything about pragmas and the engine stands here; queries stand in the store modules beside it.
"""

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from db.errors import MachineError, UserError
from db.store import migrations
from db.store.faults import store_faults
from db.store.file_faults import file_faults

FILE_NAME = "office.db"
BUSY_SECONDS = 10
"""How long a writing waits for another window to finish its own."""
Note = Callable[[Connection], None]
"""Writes a line within a transaction."""


def connect(path: Path, data_key: bytes) -> Any:
    """A raw SQLCipher connection to *path*; the key comes first, then the pragmas of ``decisions``."""
    connection = sqlcipher.connect(str(path), timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{data_key.hex()}'\"")
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA temp_store = MEMORY")  # sorting must not spill names to a plain temporary file
    connection.execute("PRAGMA cache_size = -32000")
    return connection


def warm_up() -> None:
    """Let the engine load its dialect on an empty database in memory, so that the first sign-in need not wait for it."""
    engine = create_engine("sqlite://", module=sqlcipher, creator=lambda: sqlcipher.connect(":memory:"))
    with engine.connect() as connection:
        connection.execute(text("SELECT :answer"), {"answer": 1})
    engine.dispose()


class Database:
    """The open office file. Use :meth:`reading` and :meth:`writing`; close it when the clerk signs out."""

    def __init__(self, path: Path, data_key: bytes) -> None:
        self.path = path
        self._data_key: bytes | None = data_key
        self._engine = _engine(self.raw_connection)
        self._waiting: list[Note] = []

    def raw_connection(self) -> Any:
        """A separate raw connection, for the backup API and integrity checks; the caller closes it."""
        return connect(self.path, self.data_key)

    @property
    def data_key(self) -> bytes:
        """The data key, for wrapping it into another slot and for keyed copies of the file."""
        if self._data_key is None:
            raise UserError("signed_out")
        return self._data_key

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the data."""
        with store_faults(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection
            connection.rollback()

    def note(self, note: Note) -> None:
        """Write down what nobody waits for: now, or with the next writing where somebody else is writing.

        It reaches the disk with the next :meth:`writing`; a power cut before that may take the note along, never
        anything older. So signing in waits neither for the disk nor for another window.
        """
        self._waiting.append(note)
        try:
            self._write_waiting()
        except MachineError as fault:
            if fault.code != "office_in_use":
                raise

    def _write_waiting(self) -> None:
        with store_faults(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            try:
                with self._transaction(connection):
                    pass
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
                connection.exec_driver_sql("PRAGMA synchronous = FULL")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with store_faults(self.path), self._engine.connect() as connection, self._transaction(connection):
            yield connection

    @contextmanager
    def _transaction(self, connection: Connection) -> Iterator[None]:
        """A writing transaction, which takes the waiting notes along; what fails leaves them waiting."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        notes, self._waiting = self._waiting, []
        try:
            for note in notes:
                note(connection)
            yield
            connection.commit()
        except BaseException:
            self._waiting = [*notes, *self._waiting]
            connection.rollback()
            raise

    def close(self) -> None:
        """Close every connection and forget the key: whoever still holds this object reads nothing more."""
        try:
            if self._waiting and self._data_key is not None:
                with suppress(MachineError):  # still busy, or the stick is gone: a note is not worth waiting for
                    self._write_waiting()
        finally:
            self._data_key = None
            self._engine.dispose()


_FEW = 5
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def _compact_json(value: Any) -> str:
    """JSON of snapshots and changes: Chinese as it is, half the size of escapes."""
    if value is None:
        return "null"  # most columns of that kind hold nothing
    if type(value) is list and len(value) < _FEW and all(type(code) is str for code in value):
        return _short_list(tuple(value))
    return _ENCODER.encode(value)


@lru_cache(maxsize=512)
def _short_list(codes: tuple[str, ...]) -> str:
    """The few codes of a choice of several; the same ones come again and again."""
    return _ENCODER.encode(list(codes))


def _engine(connect_now: Callable[[], Any]) -> Engine:
    # the driver stands in autocommit mode: transactions are begun explicitly, IMMEDIATE for writing
    return create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=connect_now,
        poolclass=QueuePool,
        pool_size=4,
        json_serializer=_compact_json,
        hide_parameters=True,  # neither a log nor the text of a failure may quote what people entered
    )


def create(path: Path, data_key: bytes) -> Database:
    """A new office file with today's tables."""
    with store_faults(path), closing(connect(path, data_key)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrations.migrate(connection)
    return Database(path, data_key)


def check_writable(path: Path) -> None:
    """MachineError when *path* or its folder is write-protected: every window writes drafts and the journal beside it.

    A file is tried because a folder's permissions tell nothing about the switch of a stick. The database itself is not
    opened for it: closing it would drop the locks that another connection of this program holds.
    """
    probe = path.with_name(f"{path.name}.{os.getpid()}.probe")
    try:
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, "read-only")
        probe.touch()
        probe.unlink(missing_ok=True)
    except OSError as fault:
        if fault.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise MachineError("office_write_protected", folder=str(path.parent)) from fault


def version_of(path: Path, data_key: bytes) -> int:
    """Schema version of the file; MachineError when the key or the file is wrong, or the file is empty."""
    with store_faults(path), closing(connect(path, data_key)) as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:  # an emptied file would otherwise be filled with new tables, over what could be rescued
        raise MachineError("office_damaged")
    return version


def is_older(path: Path, data_key: bytes) -> bool:
    """Whether the file was saved by an older program and is about to be migrated."""
    return version_of(path, data_key) < migrations.CURRENT


def open_existing(path: Path, data_key: bytes) -> Database:
    """Open an office file; refuses one saved by a newer program, migrates an older one in one transaction per step.

    The caller makes a backup before opening a file whose :func:`version_of` is old.
    """
    if not path.is_file():
        raise MachineError("file_gone", name=path.name)
    found = version_of(path, data_key)
    if found > migrations.CURRENT:
        raise MachineError("office_newer", found=found, known=migrations.CURRENT)
    if found < migrations.CURRENT:
        with store_faults(path), closing(connect(path, data_key)) as connection:
            migrations.migrate(connection)
    return Database(path, data_key)


def copy_before_migration(path: Path, data_key: bytes, folder: Path) -> Path:
    """A verified copy of an older office file, named by its schema version, made before it is migrated."""
    copy = folder / f"before-migration-v{version_of(path, data_key)}.db"
    partial = copy.with_suffix(".part")
    try:
        with file_faults(copy):
            partial.unlink(missing_ok=True)
        with store_faults(path), closing(connect(path, data_key)) as source, closing(connect(partial, data_key)) as target:
            source.backup(target)
            if target.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise MachineError("office_damaged")
        with file_faults(copy):
            partial.replace(copy)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    return copy
