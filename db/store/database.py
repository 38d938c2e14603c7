"""Open the encrypted office file: SQLCipher with a raw key, pragmas, version gate, transactions.

Everything about pragmas and the engine stands here; queries stand in the store modules beside it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
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


def connect(path: Path, data_key: bytes) -> Any:
    """A raw SQLCipher connection to *path*; the key comes first, then the pragmas of ``decisions``."""
    connection = sqlcipher.connect(str(path), timeout=10, check_same_thread=False, isolation_level=None)
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

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """One transaction for a note nobody waits for: it reaches the disk with the next :meth:`writing`.

        A power cut before that may take the note along, never anything older; signing in need not wait for the disk.
        """
        with store_faults(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                connection.exec_driver_sql("PRAGMA synchronous = FULL")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with store_faults(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        """Close every connection and forget the key: whoever still holds this object reads nothing more."""
        self._data_key = None
        self._engine.dispose()


def _compact_json(value: Any) -> str:
    """JSON of snapshots and changes: Chinese as it is, half the size of escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


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
