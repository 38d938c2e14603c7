"""Which archives were typed into the national system, in the caller's transaction."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.office import NationalEntry

ENTRY = NationalEntry.__table__  # type: ignore[attr-defined]

CHANGED_SINCE = (
    "(n.revision < a.revision AND EXISTS (SELECT 1 FROM archive_revision r, json_each(r.changes) AS c"
    " WHERE r.archive_id = a.id AND r.revision > n.revision AND json_extract(c.value, '$[0]') NOT LIKE '@%'))"
)
"""Whether an answer of the form changed after the entry; papers, worksheets and assessments are not typed in there.

Concerns ``archive a`` and ``national_entry n``; revisions are found by their index, and only of archives that went on.
"""

_STATES = text(
    f"SELECT n.archive_id, {CHANGED_SINCE} FROM json_each(:ids) AS wanted"  # noqa: S608 - a constant of this module
    " JOIN national_entry n ON n.archive_id = wanted.value JOIN archive a ON a.id = n.archive_id"
)
_FIND = text(
    f"SELECT n.*, {CHANGED_SINCE} AS is_changed FROM national_entry n JOIN archive a ON a.id = n.archive_id"  # noqa: S608
    " WHERE n.archive_id = :id"
)
_ANY = text("SELECT EXISTS (SELECT 1 FROM national_entry)")
_FORGET = text("DELETE FROM national_entry WHERE archive_id = :id")


def find(connection: Connection, archive_id: str) -> dict[str, Any] | None:
    """The entry of an archive, and whether the form changed since."""
    row = connection.execute(_FIND, {"id": archive_id}).mappings().first()
    return None if row is None else {**row, "is_changed": bool(row["is_changed"])}


def put(connection: Connection, row: dict[str, Any]) -> None:
    """Note an entry in place of an earlier one."""
    forget(connection, row["archive_id"])
    connection.execute(insert(ENTRY), row)


def forget(connection: Connection, archive_id: str) -> None:
    """Take the note back."""
    connection.execute(_FORGET, {"id": archive_id})


def changed_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, bool]:
    """Of the archives *ids*, those typed in, with whether the form changed since."""
    rows = connection.execute(_STATES, {"ids": json.dumps(list(ids))})
    return {row[0]: bool(row[1]) for row in rows}


def has_any(connection: Connection) -> bool:
    """Whether anything was ever typed in."""
    return bool(connection.execute(_ANY).scalar())
