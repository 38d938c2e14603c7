"""Archives taken along on home-visit laptops, in the caller's transaction; on the laptop, what it has here."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.dialects.sqlite import insert

from db.models.exchange import VisitItem

ITEM = VisitItem.__table__  # type: ignore[attr-defined]
WRITE, READ = "write", "read"

Row = dict[str, Any]


def _rows(connection: Connection, statement: Any, **params: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(statement, params).mappings()]


_NEW = insert(ITEM)
_COLUMNS = ("access", "base_revision", "sequence", "out_at", "out_by", "back_at")
# not OR REPLACE: a row that goes without a trigger could not be brought back when a bundle is undone
_PUT = _NEW.on_conflict_do_update(
    index_elements=["laptop_id", "archive_id"], set_={name: getattr(_NEW.excluded, name) for name in _COLUMNS}
)


def put(connection: Connection, rows: Sequence[Row]) -> None:
    """Note that archives are out; an archive that goes out again replaces what was noted of it."""
    if rows:
        connection.execute(_PUT, [{"back_at": None, **row} for row in rows])


_OF_LAPTOP = text("SELECT * FROM visit_item WHERE laptop_id = :laptop ORDER BY out_at, archive_id")
_OUT_NOW = text(
    "SELECT v.*, a.archive_number, coalesce(a.name, '') AS name, a.revision, a.office_id FROM visit_item v"
    " JOIN archive a ON a.id = v.archive_id WHERE v.back_at IS NULL ORDER BY v.out_at, a.archive_number"
)
_OF_ARCHIVES = text(
    "SELECT * FROM visit_item WHERE back_at IS NULL AND archive_id IN (SELECT value FROM json_each(:ids)) ORDER BY out_at"
)
_CLOSE = text(
    "UPDATE visit_item SET back_at = :at WHERE laptop_id = :laptop AND archive_id = :archive_id AND out_at = :out_at"
    " AND back_at IS NULL"
)
_READ_ONLY = text("SELECT access, back_at FROM visit_item WHERE archive_id = :id")


def of_laptop(connection: Connection, laptop_id: str) -> dict[str, Row]:
    """Everything that was ever taken along on a laptop, by archive."""
    return {row["archive_id"]: row for row in _rows(connection, _OF_LAPTOP, laptop=laptop_id)}


def out_now(connection: Connection) -> list[Row]:
    """What is out, with number and name of the archive, the longest out first."""
    return _rows(connection, _OUT_NOW)


def out_of(connection: Connection, archive_ids: Iterable[str]) -> list[Row]:
    """Of these archives, what is out and on which laptops."""
    return _rows(connection, _OF_ARCHIVES, ids=json.dumps(list(archive_ids)))


def close(connection: Connection, laptop_id: str, items: Iterable[tuple[str, str]], at: str) -> None:
    """Note that archives have come back: id and when each went out, for what went out again meanwhile is still out."""
    rows = [{"laptop": laptop_id, "archive_id": key, "out_at": out_at, "at": at} for key, out_at in items]
    if rows:
        connection.execute(_CLOSE, rows)


_CAME_BEFORE = text(
    "SELECT sequence FROM bundle WHERE direction = 'received' AND kind = 'visit_out' AND handled_at <= :at"
)


def outs_before(connection: Connection, at: str) -> set[int]:
    """On a laptop: numbers of what the desk had given along until then; 0 is what was filed here."""
    return {0, *(row[0] for row in connection.execute(_CAME_BEFORE, {"at": at}))}


def may_write(connection: Connection, archive_id: str) -> bool:
    """On a laptop: whether an archive may be edited here – taken along for that and not handed back, or filed here."""
    rows = _rows(connection, _READ_ONLY, id=archive_id)
    return all(row["access"] == WRITE and row["back_at"] is None for row in rows)


_CHANGED = text(
    "SELECT a.id FROM archive a LEFT JOIN visit_item v ON v.archive_id = a.id AND v.laptop_id = :laptop"
    " WHERE a.office_id = :office AND (:everything OR a.acknowledged_revision < a.revision)"
    " AND coalesce(v.access, 'write') = 'write'"
    " ORDER BY a.updated_at"
)


def changed_here(connection: Connection, laptop_id: str, office_id: str, *, everything: bool = False) -> list[str]:
    """On a laptop: archives that the desk does not have as they are here, new ones among them.

    With *everything* all that could ever be edited here.
    """
    rows = _rows(connection, _CHANGED, laptop=laptop_id, office=office_id, everything=everything)
    return [row["id"] for row in rows]


_FILED_HERE = text(
    "SELECT :laptop AS laptop_id, a.id AS archive_id, a.archive_number, coalesce(a.name, '') AS name, 'write' AS access,"
    " a.created_at AS out_at, a.updated_by AS out_by, 0 AS base_revision, a.revision, 0 AS sequence FROM archive a"
    " WHERE a.office_id = :office AND a.acknowledged_revision = 0"
    " AND a.id NOT IN (SELECT archive_id FROM visit_item WHERE laptop_id = :laptop AND back_at IS NOT NULL)"
    " ORDER BY a.created_at"
)


def filed_here(connection: Connection, laptop_id: str, office_id: str) -> list[Row]:
    """On a laptop: archives filed here that the desk does not have, in the shape of :func:`out_now`."""
    return _rows(connection, _FILED_HERE, laptop=laptop_id, office=office_id)


_HANDED_OUT = text(
    "UPDATE archive SET exported_revision = revision, acknowledged_revision = revision, acknowledged_at = :at"
    " WHERE id IN (SELECT value FROM json_each(:ids))"
)


def mark_known_at_desk(connection: Connection, archive_ids: Iterable[str], at: str) -> None:
    """On a laptop: the desk has these archives just as they are here."""
    connection.execute(_HANDED_OUT, {"ids": json.dumps(list(archive_ids)), "at": at})
