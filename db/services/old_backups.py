"""Backups that still hold what was destroyed: which they are, making sure that nobody can read them, and putting that down.

A backup on a stick cannot be reached from here as a rule. The office keeps the list of its backups; each that was made
before archives were destroyed stays on it until a clerk has replaced it, erased it or had its medium destroyed. The
register of destructions says of each what became of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from db.domain.records.record_form import RecordContent, RecordKind, Row
from db.errors import UserError
from db.services import backups, records
from db.services.backups import BackupRecord
from db.services.office import BACKUPS, OfficeSession, write_journal
from db.services.records import record_of
from db.store import backup_files, backup_store, record_store

ROWS = "backups"
"""The section of the register that tells of backups."""
_OPEN = "还没有处理"


class Gone(StrEnum):
    """How a backup became unreadable; stored, never changed."""

    REPLACED = "replaced"
    ERASED = "erased"
    DESTROYED = "destroyed"


GONE_WORDS = {
    Gone.REPLACED: "已用新备份换掉",
    Gone.ERASED: "已删除",
    Gone.DESTROYED: "存放的盘已销毁",
}


@dataclass(frozen=True, slots=True)
class HoldingBackup:
    """A backup that may still be read and holds *archives* that were destroyed since."""

    backup: BackupRecord
    archives: int


def holding_backups(session: OfficeSession) -> list[HoldingBackup]:
    """Every backup that holds destroyed archives and of which nobody has made sure, the oldest first."""
    with session.database.reading() as connection:
        rows = backup_store.holding(connection)
    return [HoldingBackup(backups.record_of_row(row), row["archives"]) for row in rows]


def mark_gone(session: OfficeSession, backup_ids: Sequence[str], how: Gone, on: str = "") -> int:
    """Put down that nobody can read these backups any more; how many that was. Those marked before keep what was said."""
    day = on or session.today
    if day > session.today:
        raise UserError("backup_gone_ahead", day=day)
    with session.database.writing() as connection:
        return _mark(connection, session, backup_ids, how, day)


def _mark(connection: Connection, session: OfficeSession, backup_ids: Sequence[str], how: Gone, day: str) -> int:
    count = backup_store.mark_gone(connection, backup_ids, day, how.value, session.clerk.name)
    if count:
        write_journal(connection, session, "backup_gone", {"backups": list(backup_ids), "how": how.value})
        put_down(connection, session)
    return count


def erase(session: OfficeSession, backup_id: str) -> None:
    """Delete a backup that can be reached now, and put that down."""
    found = next((item.backup for item in holding_backups(session) if item.backup.id == backup_id), None)
    if found is None:
        raise UserError("backup_gone_already")
    if not found.exists:
        raise UserError("backup_not_here", folder=str(found.path.parent))
    _remove(session, found.path.parent, [found.path])
    mark_gone(session, [backup_id], Gone.ERASED)


def _remove(session: OfficeSession, root: Path, paths: Iterable[Path]) -> None:
    gone = list(paths)
    for path in gone:
        told = backup_files.read_description(path)
        if told.office_id != session.office.id:
            raise UserError("backup_not_ours", folder=str(path), name=told.office_name)
    backup_files.remove_backups(root, gone)
    left = [path for path in gone if path.exists()]
    if left:
        raise UserError("backup_stays", folder=str(left[0]))


# -- replacing ----------------------------------------------------------------------------------------------------


def brings_back(session: OfficeSession, path: Path) -> bool:
    """Whether the backup in *path*, or one of those below it, was made before archives of this office were destroyed."""
    with session.database.reading() as connection:
        last = backup_store.last_destruction(connection)
    if not last:
        return False
    try:
        choices = backups.find_backups(path)
        ours = [choice for choice in choices if backup_files.read_description(choice.path).office_id == session.office.id]
    except UserError:  # no backup that can be read: restoring it will say so
        return False
    return any(choice.made_at < last for choice in ours)


def replaceable(session: OfficeSession, made: BackupRecord) -> list[Path]:
    """The older backups of this office in the folder of *made* that hold destroyed archives; also such as are on no list."""
    with session.database.reading() as connection:
        last = backup_store.last_destruction(connection)
    if not last:
        return []
    found = []
    for path in backup_files.backups_in(made.path.parent):
        told = backup_files.read_description(path)
        if told.office_id == session.office.id and told.made_at < last and path != made.path:
            found.append(path)
    return found


def replace_older(session: OfficeSession, made: BackupRecord) -> int:
    """Remove those, now that *made* stands in their place, and put it down; how many went."""
    paths = replaceable(session, made)
    _remove(session, made.path.parent, paths)
    names = {path.name for path in paths}
    with session.database.writing() as connection:
        rows = backup_store.in_folder(connection, str(made.path.parent))
        ids = [row["id"] for row in rows if row["name"] in names]
        _mark(connection, session, ids, Gone.REPLACED, session.today)
    return len(paths)


# -- the register of destructions ---------------------------------------------------------------------------------


def put_down(connection: Connection, session: OfficeSession) -> None:
    """Let every entry of the register say what became of the backups that held its archives, in the caller's transaction."""
    held = backup_store.held_by_destruction(connection)
    for entry in map(record_of, record_store.office_records(connection, RecordKind.DESTRUCTION, session.office.id)):
        told = _rows(session, held.get(entry.record_id, []))
        if told != entry.content.rows.get(ROWS, []):
            rows = {**entry.content.rows, ROWS: told}
            content = RecordContent(dict(entry.content.values), rows, entry.content.edition)
            records.put_entry(connection, session, RecordKind.DESTRUCTION, content, entry.record_id)


def _rows(session: OfficeSession, every: Sequence[dict[str, Any]]) -> list[Row]:
    """A line for each backup elsewhere, and one for those that lay beside the office."""
    own = str(session.folder / BACKUPS)
    beside = [row for row in every if row["folder"] == own]
    told: list[Row] = [_row(row, row["folder"]) for row in every if row["folder"] != own]
    gone = [row for row in beside if row["gone_on"]]
    if gone:
        place = f"本机，{len(gone)} 份"
        told.insert(0, {**_row(gone[-1], place), "id": f"own-{gone[-1]['gone_on']}"})
    return told + [_row(row, "本机") for row in beside if not row["gone_on"]]


def _row(row: dict[str, Any], place: str) -> Row:
    told: Row = {"id": row["id"], "made_on": row["made_at"][:10], "place": place, "state": _OPEN}
    if row["gone_on"]:
        told |= {"state": GONE_WORDS[Gone(row["gone_how"])], "gone_on": row["gone_on"], "gone_by": row["gone_by"]}
    return told
