"""Two branches of one archive: what tells their revisions apart, and the conflicts that wait for a choice."""

import json
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.archive_content import ArchiveContent
from db.models.exchange import ArchiveConflict
from db.store import archive_store

CONFLICT = ArchiveConflict.__table__  # type: ignore[attr-defined]
REVISION_MARKS = ("made_at", "device_id", "device_counter")
"""What tells a revision from every other of its archive, whatever number it bears on which machine."""
MEANS_MARKS = ("year", "made_at", "device_id", "device_counter")

Row = dict[str, Any]
Mark = tuple[Any, ...]


def mark_of(row: Row, keys: tuple[str, ...] = REVISION_MARKS) -> Mark:
    """The mark of a revision or worksheet."""
    return tuple(row[key] for key in keys)


_REVISION_MARKS = text(
    "SELECT made_at, device_id, device_counter, revision FROM archive_revision WHERE archive_id = :id ORDER BY revision"
)


def revision_marks(connection: Connection, archive_id: str) -> dict[Mark, int]:
    """The number here of each revision of the archive, by its mark."""
    rows = connection.execute(_REVISION_MARKS, {"id": archive_id})
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def snapshot(connection: Connection, archive_id: str, revision: int) -> ArchiveContent | None:
    """The content as it was in *revision*; None when there is no such revision."""
    table = archive_store.REVISION
    statement = table.select().where(table.c.archive_id == archive_id, table.c.revision == revision)
    row = connection.execute(statement).mappings().first()
    return None if row is None else ArchiveContent.from_json(row["snapshot"])


_CHANGES = text(
    "SELECT changes FROM archive_revision WHERE archive_id = :id AND revision > :since AND action = :action"
)


def changes_since(connection: Connection, archive_id: str, since: int, action: str) -> list[list[Any]]:
    """The changes, as stored, of the revisions after *since* that *action* made."""
    rows = connection.execute(_CHANGES, {"id": archive_id, "since": since, "action": action})
    return [change for row in rows for change in json.loads(row[0])]


_MEANS = text(
    "SELECT year, revision, archive_revision, made_at, clerk_name, device_id, device_counter, reason"
    " FROM means_revision WHERE archive_id = :id ORDER BY year, revision, seq"
)
_PAPERS = text("SELECT * FROM attachment WHERE archive_id = :id ORDER BY rowid")


def means_versions(connection: Connection, archive_id: str) -> list[Row]:
    """Every version of the archive's worksheets without its content, the current one of a year last."""
    return [dict(row) for row in connection.execute(_MEANS, {"id": archive_id}).mappings()]


def papers(connection: Connection, archive_id: str) -> dict[str, Row]:
    """Every paper of the archive by id, removed ones, too."""
    return {row["id"]: dict(row) for row in connection.execute(_PAPERS, {"id": archive_id}).mappings()}


_ASSESSED = text("SELECT id FROM assessment WHERE archive_id = :id AND archive_revision > :since")


def assessed_since(connection: Connection, archive_id: str, since: int) -> set[str]:
    """Ids of the assessments made after revision *since*."""
    return {row[0] for row in connection.execute(_ASSESSED, {"id": archive_id, "since": since})}


# -- conflicts ----------------------------------------------------------------------------------------------------


def insert_conflict(connection: Connection, row: Row) -> None:
    """Note a conflict."""
    connection.execute(insert(CONFLICT), row)


_SETTLE = text(
    "UPDATE archive_conflict SET state = 'settled', settled_at = :at, settled_by = :by WHERE id = :id AND state = 'open'"
)


def settle(connection: Connection, conflict_id: str, at: str, by: str) -> None:
    """Close a conflict."""
    connection.execute(_SETTLE, {"id": conflict_id, "at": at, "by": by})


def find(connection: Connection, conflict_id: str) -> Row | None:
    """The conflict *conflict_id*; its JSON columns are parsed."""
    row = connection.execute(CONFLICT.select().where(CONFLICT.c.id == conflict_id)).mappings().first()
    return None if row is None else dict(row)


def open_conflicts(connection: Connection, archive_id: str | None = None) -> list[Row]:
    """The open conflicts, of one archive or of all, the oldest first."""
    statement = CONFLICT.select().where(CONFLICT.c.state == "open")
    if archive_id is not None:
        statement = statement.where(CONFLICT.c.archive_id == archive_id)
    rows = connection.execute(statement.order_by(CONFLICT.c.found_at, CONFLICT.c.id)).mappings()
    return [dict(row) for row in rows]


_COUNT = text("SELECT count(DISTINCT archive_id) FROM archive_conflict WHERE state = 'open'")


def count_open(connection: Connection) -> int:
    """How many archives have an open conflict."""
    return int(connection.execute(_COUNT).scalar_one())
