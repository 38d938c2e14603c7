"""The office's list of its backups, and which of them hold archives that were destroyed since, in the caller's transaction."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

Row = dict[str, Any]

_SINCE = "(SELECT min(r.made_at) FROM office_record r WHERE r.record_id = d.record_id)"
"""When an archive was destroyed."""
_HELD = (
    " FROM backup b JOIN destroyed_archive d JOIN archive a ON a.id = d.archive_id"
    f" WHERE b.made_at < {_SINCE} AND b.made_at >= a.created_at"
)
_HOLDING = text(f"SELECT b.*, count(*) AS archives{_HELD} AND b.gone_on IS NULL GROUP BY b.id ORDER BY b.made_at, b.id")
_HELD_BY = text(
    f"SELECT d.record_id, b.*{_HELD} GROUP BY d.record_id, b.id ORDER BY b.made_at, b.id"
)
_LAST = text(f"SELECT max({_SINCE}) FROM destroyed_archive d")  # noqa: S608 - a constant of this module
_MARK = text(
    "UPDATE backup SET gone_on = :on, gone_how = :how, gone_by = :by"
    " WHERE gone_on IS NULL AND id IN (SELECT value FROM json_each(:ids))"
)
_IN_FOLDER = text("SELECT * FROM backup WHERE folder = :folder AND gone_on IS NULL")


def _rows(connection: Connection, statement: Any, **params: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(statement, params).mappings()]


def holding(connection: Connection) -> list[Row]:
    """The backups that may still be read and hold destroyed archives, with how many, the oldest first.

    An archive counts from the day it was first filed, wherever that was: a backup is rather named once too often.
    """
    return _rows(connection, _HOLDING)


def last_destruction(connection: Connection) -> str:
    """The moment of the last destruction; empty where there was none."""
    return str(connection.execute(_LAST).scalar() or "")


def mark_gone(connection: Connection, ids: Iterable[str], on: str, how: str, by: str) -> int:
    """Nobody can read these backups any more; how many were not marked before."""
    done = connection.execute(_MARK, {"ids": json.dumps(list(ids)), "on": on, "how": how, "by": by})
    return int(done.rowcount)


def held_by_destruction(connection: Connection) -> dict[str, list[Row]]:
    """By entry of the register of destructions, every backup that holds its archives, or held them, the oldest first."""
    found: dict[str, list[Row]] = {}
    for row in _rows(connection, _HELD_BY):
        found.setdefault(row.pop("record_id"), []).append(row)
    return found


def in_folder(connection: Connection, folder: str) -> list[Row]:
    """Those in a folder that may still be read."""
    return _rows(connection, _IN_FOLDER, folder=folder)
