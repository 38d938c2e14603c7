"""A backup on disk: a folder per backup with the database copy and the key slots, one pool of attachment files beside.

``ROOT/2026-11-21-083015/office.db, keys.json, backup.json`` and ``ROOT/attachments/<name>``. Attachment files never
change once written, so a backup adds only those the pool lacks. Everything stays encrypted as it is in the office.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from db.errors import MachineError, UserError
from db.store import database, keys, migrations
from db.store.faults import store_faults
from db.store.file_faults import file_faults

POOL = "attachments"
DESCRIPTION = "backup.json"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Description:
    """``backup.json``: whose backup it is, of when and why, and which files of the pool belong to it."""

    office_id: str
    office_name: str
    made_at: str
    reason: str
    archives: int
    attachments: list[str]
    missing: int


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    size: int
    sha256: str


def write_backup(
    source: Any, data_key: bytes, office: Path, root: Path, name: str, description: Callable[[int, list[str], int], Description]
) -> tuple[Path, int]:
    """Copy the office behind the raw connection *source* to ``root/name``, verified; its folder and bytes written.

    *description* is given the number of archives, the pool names, and how many attachment files were missing.
    """
    target, partial = root / name, root / f".{name}.part"
    with file_faults(target):
        partial.mkdir(parents=True)
    try:
        with file_faults(target), store_faults(target):  # what fails here is the disk that is written to
            copy = partial / database.FILE_NAME
            _copy_database(source, copy, data_key)
            archives, files = check_database(copy, data_key)
            shutil.copyfile(office / keys.FILE_NAME, partial / keys.FILE_NAME)
            added, missing = _fill_pool(files, office / POOL, root / POOL)
            body = asdict(description(archives, [file.name for file in files], missing))
            text = json.dumps({"format": FORMAT, **body}, ensure_ascii=False)
            keys.write_atomically(partial / DESCRIPTION, text.encode())
            _flush(copy)
            size = added + sum(entry.stat().st_size for entry in partial.iterdir())
            partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return target, size


def _copy_database(source: Any, copy: Path, data_key: bytes) -> None:
    target = database.connect(copy, data_key)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE").fetchone()  # one file, no side files on the stick
    finally:
        target.close()


def check_database(path: Path, data_key: bytes) -> tuple[int, list[_File]]:
    """Open a database copy and check it; number of archives and its attachment files. MachineError when unsound."""
    try:
        with closing(database.connect(path, data_key)) as connection:
            faults = faults_of(connection)
            if faults:
                raise MachineError("backup_bad", name=path.parent.name, reason=faults[0])
            archives: int = connection.execute("SELECT count(*) FROM archive").fetchone()[0]
            return archives, _files_of(connection)
    except sqlcipher.DatabaseError as fault:
        raise MachineError("backup_bad", name=path.parent.name, reason="打不开或已损坏") from fault


_PAPER_TABLES = ("attachment", "office_paper")


def _files_of(connection: Any) -> list[_File]:
    """The files of attachments and of papers that belong to no archive; a copy from before there were such has none."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
    columns = "SELECT stored_name, stored_size, stored_sha256 FROM"
    wanted = " UNION ".join(f"{columns} {table}" for table in _PAPER_TABLES if table in tables)
    return [_File(*row) for row in connection.execute(wanted).fetchall()]


def faults_of(connection: Any) -> list[str]:
    """What is wrong with an open database: authentication of its pages, structure, references."""
    found = []
    pages = [row[0] for row in connection.execute("PRAGMA cipher_integrity_check").fetchall()]
    if pages:
        found.append(f"加密校验：{len(pages)} 页不符")
    try:
        structure = [row[0] for row in connection.execute("PRAGMA integrity_check(3)").fetchall()]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlcipher.DatabaseError:  # a page that fails its authentication ends the check
        return [*found, "结构检查：读不下去"]
    if structure != ["ok"]:
        found.append(f"结构检查：{structure[0]}")
    if broken:
        found.append(f"引用检查：{broken[0][0]} 有 {len(broken)} 处断开")
    return found


def _fill_pool(files: Iterable[_File], source: Path, pool: Path) -> tuple[int, int]:
    """Bring the files the pool lacks; bytes added and how many could not be found whole."""
    pool.mkdir(parents=True, exist_ok=True)
    added = missing = 0
    for file in files:
        target = pool / file.name
        if target.is_file() and target.stat().st_size == file.size:
            continue
        if copy_attachment(source / file.name, target, file.sha256):
            added += file.size
        else:
            missing += 1
    return added, missing


def copy_attachment(source: Path, target: Path, sha256: str) -> bool:
    """Bring one attachment file over, linked where the disk is the same; False when it is missing or altered."""
    partial = target.with_name(f".{target.name}.part")
    partial.unlink(missing_ok=True)
    if not source.is_file() or hash_of(source) != sha256:
        return False
    try:
        os.link(source, partial)
    except OSError:
        shutil.copyfile(source, partial)
        if hash_of(partial) != sha256:
            partial.unlink()
            return False
        _flush(partial)
    partial.replace(target)
    return True


def hash_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def read_description(backup: Path) -> Description:
    """``backup.json`` of a backup folder; UserError when there is none."""
    try:
        body = json.loads((backup / DESCRIPTION).read_text(encoding="utf-8"))
        return Description(**{key: body[key] for key in Description.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise UserError("backup_not_found", folder=str(backup)) from fault


def backups_in(root: Path) -> list[Path]:
    """The backup folders under *root*, oldest first (their names are moments)."""
    if not root.is_dir():
        return []
    return sorted(entry for entry in root.iterdir() if (entry / DESCRIPTION).is_file() and not entry.name.startswith("."))


def remove_backups(root: Path, gone: Iterable[Path]) -> None:
    """Remove backups and the pool files no remaining backup lists."""
    for backup in gone:
        shutil.rmtree(backup, ignore_errors=True)
    listed = {name for backup in backups_in(root) for name in read_description(backup).attachments}
    pool = root / POOL
    for entry in list(pool.iterdir()) if pool.is_dir() else []:
        if entry.name not in listed:
            entry.unlink(missing_ok=True)


def clear_partial(root: Path) -> None:
    """Remove what a backup that was cut off has left."""
    if root.is_dir():
        for entry in root.glob(".*.part"):
            shutil.rmtree(entry, ignore_errors=True)


def restore_database(backup: Path, data_key: bytes, partial: Path) -> list[_File]:
    """Copy a backup's database to *partial* and check the copy; the attachment files it needs."""
    with file_faults(partial):
        partial.unlink(missing_ok=True)
        shutil.copyfile(backup / database.FILE_NAME, partial)
        _flush(partial)
    files = check_database(partial, data_key)[1]
    found = database.version_of(partial, data_key)
    if found > migrations.CURRENT:
        raise MachineError("office_newer", found=found, known=migrations.CURRENT)
    return files


def restore_attachments(files: Iterable[_File], backup: Path, folder: Path) -> int:
    """Bring back the attachment files *folder* lacks; how many the backup does not have either."""
    with file_faults(folder):
        return _fill_pool(files, backup.parent / POOL, folder)[1]


def swap_database(folder: Path, partial: Path, data_key: bytes, kept: Path) -> None:
    """Put *partial* in place of the office's database; the former one, if there is one, stays as *kept*.

    At every moment there is a whole database under the name.
    """
    current = folder / database.FILE_NAME
    if current.exists():
        _settle(current, data_key)
        for suffix in ("", "-wal"):
            _keep(current.with_name(current.name + suffix), kept.with_name(kept.name + suffix))
        for suffix in ("-wal", "-shm"):
            # side files of the former database would be replayed into the new one
            current.with_name(current.name + suffix).unlink(missing_ok=True)
    partial.replace(current)


def _settle(path: Path, data_key: bytes) -> None:
    """Bring what is still in the write-ahead log into the file; a damaged database is left as it is."""
    try:
        with closing(database.connect(path, data_key)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlcipher.DatabaseError:
        return


def _keep(path: Path, kept: Path) -> None:
    if not path.exists():
        return
    kept.unlink(missing_ok=True)
    try:
        os.link(path, kept)
    except OSError:
        shutil.copyfile(path, kept)
        _flush(kept)
