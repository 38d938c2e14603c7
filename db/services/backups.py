"""Backups: every day by itself, before risky steps, on demand to another disk – each opened and checked once made."""

import threading
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from db.domain.archive_content import new_id
from db.errors import MachineError, UserError
from db.services import payment_guards
from db.services.office import BACKUPS, OfficeSession, write_journal
from db.store import backup_files, backup_store, bundle_store, database, keys, setting_store
from db.store.backup_files import Description
from db.store.faults import store_faults
from db.store.file_faults import file_faults

REASONS = {
    "manual": "手动备份",
    "daily": "每日自动备份",
    "before_receive": "接收数据包前",
    "before_undo": "撤销接收前",
    "before_restore": "恢复备份前",
    "after_destruction": "销毁档案后",
}
_LISTED = text(
    "INSERT INTO backup (id, made_at, folder, name, size, reason) VALUES (:id, :made_at, :folder, :name, :size, :reason)"
)
"""Columns that every release has known: a restored database is brought up to date only when it is opened."""
_KEEP_LATEST = 3
_KEEP_DAYS, _KEEP_WEEKS, _KEEP_MONTHS = 7, 4, 12
_SEQUENCE_GAP = 20
_NUMBER_GAP = 100
_ONE_AT_A_TIME = threading.Lock()
"""The backup of the day runs beside the work; it and one before a reception must not tidy up each other's files."""


@dataclass(frozen=True, slots=True)
class BackupRecord:
    """A finished backup: *path* is its folder, *size* the bytes it added, *missing* attachment files it lacks."""

    id: str
    made_at: str
    path: Path
    name: str
    size: int
    reason: str
    missing: int = 0

    @property
    def reason_label(self) -> str:
        """The reason in Chinese."""
        return REASONS.get(self.reason, self.reason)

    @property
    def exists(self) -> bool:
        """Whether the folder can be reached now (the stick may be out)."""
        return (self.path / backup_files.DESCRIPTION).is_file()


def back_up(session: OfficeSession, target_folder: Path | None = None, reason: str = "manual") -> BackupRecord:
    """Back the office up, into its own ``backups`` folder or into a folder of its own name under *target_folder*."""
    root = _root(session, target_folder)
    record = _write(session, root, reason)
    with session.database.writing() as connection:
        _note(connection, session, record)
    if target_folder is None:
        with _ONE_AT_A_TIME:
            _thin(session, root, record.name)
    return record


def _root(session: OfficeSession, target_folder: Path | None) -> Path:
    if target_folder is None:
        return session.folder / BACKUPS
    if (target_folder / backup_files.POOL).is_dir() and backup_files.backups_in(target_folder):
        return target_folder  # the clerk chose the backup folder of last time itself
    name = "".join(char for char in session.office.name if char not in '\\/:*?"<>|').strip(". ")
    return target_folder / f"暖档备份-{name}"


def _write(session: OfficeSession, root: Path, reason: str) -> BackupRecord:
    made_at = session.now

    def describe(archives: int, names: list[str], missing: int) -> Description:
        return Description(session.office.id, session.office.name, made_at, reason, archives, names, missing)

    with _ONE_AT_A_TIME, store_faults(session.database.path), closing(session.database.raw_connection()) as source:
        backup_files.clear_partial(root)
        name = _free_name(root, made_at)
        path, size = backup_files.write_backup(source, session.database.data_key, session.folder, root, name, describe)
        missing = backup_files.read_description(path).missing  # before another thread may tidy it away
    return BackupRecord(new_id(), made_at, path, path.name, size, reason, missing)


def _free_name(root: Path, made_at: str) -> str:
    base = f"{made_at[:10]}-{made_at[11:19].replace(':', '')}"
    name, number = base, 2
    while (root / name).exists():
        name, number = f"{base}-{number}", number + 1
    return name


def _note(connection: Connection, session: OfficeSession, record: BackupRecord) -> None:
    connection.execute(_LISTED, _row(record))
    write_journal(connection, session, "back_up", {"reason": record.reason, "size": record.size})


def _row(record: BackupRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "made_at": record.made_at,
        "folder": str(record.path.parent),
        "name": record.name,
        "size": record.size,
        "reason": record.reason,
    }


def before_receiving(session: OfficeSession, connection: Connection, reason: str = "before_receive") -> BackupRecord:
    """Back up the state before the caller's open transaction, which a second connection still sees."""
    record = _write(session, session.folder / BACKUPS, reason)
    _note(connection, session, record)
    return record


def daily_backup(session: OfficeSession) -> BackupRecord | None:
    """The backup of the day, made once; None when there is one already."""
    made = backup_files.backups_in(session.folder / BACKUPS)
    if any(backup.name.startswith(session.today) for backup in made):
        return None
    return back_up(session, reason="daily")


def list_backups(session: OfficeSession, limit: int = 100) -> list[BackupRecord]:
    """The backups made, newest first; one on a stick is listed also while the stick is out."""
    statement = text("SELECT * FROM backup WHERE gone_on IS NULL ORDER BY made_at DESC LIMIT :limit")
    with session.database.reading() as connection:
        rows = connection.execute(statement, {"limit": limit}).mappings().all()
    return [record_of_row(dict(row)) for row in rows]


def record_of_row(row: Mapping[str, Any]) -> BackupRecord:
    """A line of the office's list."""
    path = Path(row["folder"]) / row["name"]
    return BackupRecord(row["id"], row["made_at"], path, row["name"], row["size"], row["reason"])


# -- thinning ----------------------------------------------------------------------------------------------------


def _thin(session: OfficeSession, root: Path, newest: str) -> None:
    made = backup_files.backups_in(root)
    # a clock that fell back makes the backup just made look like the oldest of all
    kept = {*kept_backups([backup.name for backup in made]), newest}
    gone = [backup for backup in made if backup.name not in kept]
    if not gone:
        return
    backup_files.remove_backups(root, gone)
    with session.database.writing() as connection:
        rows = [{"folder": str(root), "name": backup.name} for backup in gone]
        connection.execute(text("DELETE FROM backup WHERE folder = :folder AND name = :name"), rows)


def drop_others(session: OfficeSession, kept: BackupRecord) -> int:
    """Remove every backup in the office's own folder but *kept*, and what a restoration put aside there; how many went."""
    root = session.folder / BACKUPS
    with _ONE_AT_A_TIME:
        gone = [backup for backup in backup_files.backups_in(root) if backup.name != kept.name]
        backup_files.remove_backups(root, gone)
        for former in root.glob("before-restore-of-*.db"):
            former.unlink(missing_ok=True)
    with session.database.writing() as connection:
        ids = [row["id"] for row in backup_store.in_folder(connection, str(root)) if row["name"] != kept.name]
        backup_store.mark_gone(connection, ids, session.today, "erased", session.clerk.name)
    return len(gone)


def kept_backups(names: Iterable[str]) -> set[str]:
    """Which backups stay: the last three, and the last of each of 7 days, 4 weeks and 12 months that have one."""
    ordered = sorted(names, reverse=True)
    kept = set(ordered[:_KEEP_LATEST])
    for limit, period in ((_KEEP_DAYS, _day), (_KEEP_WEEKS, _week), (_KEEP_MONTHS, _month)):
        latest: dict[str, str] = {}
        for name in ordered:
            latest.setdefault(period(name), name)
        kept.update(list(latest.values())[:limit])
    return kept


def _day(name: str) -> str:
    return name[:10]


def _week(name: str) -> str:
    year, week, _ = date.fromisoformat(name[:10]).isocalendar()
    return f"{year}-{week:02d}"


def _month(name: str) -> str:
    return name[:7]


# -- restoring ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BackupChoice:
    """A backup as the restore page lists it, before anything is opened."""

    path: Path
    office_name: str
    made_at: str
    reason: str
    archives: int
    attachments: int


def find_backups(folder: Path) -> list[BackupChoice]:
    """The backups in *folder*, in its sub-folders or being *folder* itself; newest first."""
    if (folder / backup_files.DESCRIPTION).is_file():
        return [_choice(folder)]
    with file_faults(folder):
        roots = [folder, *(entry for entry in folder.iterdir() if entry.is_dir())] if folder.is_dir() else []
    found = [backup for root in roots for backup in backup_files.backups_in(root)]
    choices = [_choice(path) for path in found]
    return sorted(choices, key=lambda choice: choice.made_at, reverse=True)


def _choice(path: Path) -> BackupChoice:
    told = backup_files.read_description(path)
    return BackupChoice(path, told.office_name, told.made_at, told.reason, told.archives, len(told.attachments))


def _unlock(folder: Path, secret: str) -> bytes:
    """The data key behind the key slots in *folder*, with a clerk's passphrase or the recovery code."""
    for slot in keys.read(folder).slots:
        given = keys.tidy_recovery_code(secret) if slot.id == keys.RECOVERY else secret
        data_key = keys.unwrap(slot, given)
        if data_key is not None:
            return data_key
    raise UserError("wrong_passphrase", wait=0)


def restore_backup(backup: Path, target: Path, secret: str) -> int:
    """Restore *backup* into *target*, with a passphrase or recovery code valid when it was made.

    *target* is an empty folder, or the folder of the same office, which must not be open: its database is checked
    as a copy first and then swapped; the former one is kept in ``backups``. How many attachment files are missing.
    """
    told = backup_files.read_description(backup)
    data_key = _unlock(backup, secret)
    _check_target(target, told)
    with file_faults(target):
        (target / backup_files.POOL).mkdir(parents=True, exist_ok=True)
        (target / BACKUPS).mkdir(exist_ok=True)
    partial = target / f"{database.FILE_NAME}.restoring"
    try:
        files = backup_files.restore_database(backup, data_key, partial)
        missing = backup_files.restore_attachments(files, backup, target / backup_files.POOL)
        _mark_restored(partial, data_key, _as_record(backup, told))
        with file_faults(target):
            kept = target / BACKUPS / f"before-restore-of-{backup.name}.db"
            backup_files.swap_database(target, partial, data_key, kept)
            if _key_file(target) is None:
                keys.write(target, keys.read(backup))
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return missing


def _key_file(folder: Path) -> keys.KeyFile | None:
    """The key slots in *folder*; None when they are missing or damaged."""
    try:
        return keys.read(folder)
    except MachineError:
        return None


def _check_target(target: Path, told: Description) -> None:
    present = _key_file(target)
    if present is not None and present.office_id != told.office_id:
        raise UserError("backup_other_office", name=told.office_name)
    is_office = present is not None or (target / database.FILE_NAME).exists()
    if not is_office and target.is_dir() and any(target.iterdir()):
        raise UserError("folder_not_empty", folder=str(target))


def _as_record(backup: Path, told: Description) -> BackupRecord:
    """The backup as the office would have noted it: its own copy was made before that."""
    with file_faults(backup):
        size = sum(entry.stat().st_size for entry in backup.iterdir())
    return BackupRecord(new_id(), told.made_at, backup.absolute(), backup.name, size, told.reason)


def _mark_restored(path: Path, data_key: bytes, source: BackupRecord) -> None:
    """A restored office counts as another device, and leaves a gap in its numbers: what it no longer knows is taken.

    It knows the backup it came from, so nobody is told that there never was one.
    """
    restored = database.Database(path, data_key)
    try:
        with restored.writing() as connection:
            setting_store.put(connection, "device_id", new_id())
            bundle_store.skip_sequences(connection, _SEQUENCE_GAP)
            setting_store.skip_archive_numbers(connection, _NUMBER_GAP)
            connection.execute(_LISTED, _row(source))
            payment_guards.mark_restored(connection, source.made_at)
    finally:
        restored.close()
