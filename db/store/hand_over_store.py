"""Hand-overs of archives in the caller's transaction: requests, what was decided, whose an archive is now."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.exchange import HandOver

HAND_OVER = HandOver.__table__  # type: ignore[attr-defined]
Row = dict[str, Any]

_OPEN = text(
    "SELECT * FROM hand_over WHERE archive_id = :archive_id AND state = 'requested' ORDER BY requested_at DESC, rowid DESC LIMIT 1"
)
_ONE = text("SELECT * FROM hand_over WHERE id = :id")
_OF_ARCHIVE = text("SELECT * FROM hand_over WHERE archive_id = :archive_id ORDER BY requested_at, rowid")
_DONE = (
    "SELECT * FROM hand_over WHERE state IN ('accepted', 'completed') AND archive_id IN (SELECT value FROM json_each(:ids))"
    " ORDER BY archive_revision, decided_at, rowid"
)
_LIST = text(
    "SELECT h.*, a.archive_number, coalesce(a.name, '') AS name, a.office_id, a.revision FROM hand_over h"
    " JOIN archive a ON a.id = h.archive_id WHERE :state = '' OR h.state = :state"
    " ORDER BY h.state <> 'requested', h.requested_at DESC, h.rowid DESC LIMIT :limit"
)
_COUNT_OPEN = text("SELECT count(*) FROM hand_over WHERE state = 'requested'")


def _rows(connection: Connection, statement: Any, **params: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(statement, params).mappings()]


def open_request(connection: Connection, archive_id: str) -> Row | None:
    """The request to hand an archive over that nobody has decided yet."""
    found = _rows(connection, _OPEN, archive_id=archive_id)
    return found[0] if found else None


_LOCKED = text("SELECT archive_id FROM hand_over WHERE state = 'requested'")


def locked_ids(connection: Connection) -> set[str]:
    """Archives that wait to be handed over."""
    return {row[0] for row in connection.execute(_LOCKED)}


def find(connection: Connection, hand_over_id: str) -> Row | None:
    """The hand-over *hand_over_id*."""
    found = _rows(connection, _ONE, id=hand_over_id)
    return found[0] if found else None


def hand_overs_of(connection: Connection, archive_id: str) -> list[Row]:
    """Every hand-over of an archive, oldest first."""
    return _rows(connection, _OF_ARCHIVE, archive_id=archive_id)


def last_done(connection: Connection, ids: Iterable[str]) -> dict[str, Row]:
    """By archive: the last hand-over that was accepted."""
    return {row["archive_id"]: row for row in _rows(connection, text(_DONE), ids=json.dumps(list(ids)))}


def all_hand_overs(connection: Connection, state: str = "", limit: int = 500) -> list[Row]:
    """Hand-overs with number and name of the archive, the undecided first, then the newest."""
    return _rows(connection, _LIST, state=state, limit=limit)


_UNDECIDED_OF = text(
    "SELECT h.* FROM hand_over h JOIN archive a ON a.id = h.archive_id WHERE h.from_office_id = :office"
    " AND h.state IN ('requested', 'withdrawn') AND a.acknowledged_revision < h.archive_revision"
)
_PUT_SIGNATURE = text("UPDATE hand_over SET verify_key = :verify_key, signature = :signature WHERE id = :id")


def undecided_of(connection: Connection, office_id: str) -> list[Row]:
    """Requests of an office that nobody decided, and that the office above has not acknowledged."""
    return _rows(connection, _UNDECIDED_OF, office=office_id)


def put_signature(connection: Connection, hand_over_id: str, verify_key: str, signature: str) -> None:
    """Note that a request was signed with other keys."""
    connection.execute(_PUT_SIGNATURE, {"id": hand_over_id, "verify_key": verify_key, "signature": signature})


def count_open(connection: Connection) -> int:
    """How many requests wait for a decision."""
    return int(connection.execute(_COUNT_OPEN).scalar_one())


def add(connection: Connection, row: Row) -> None:
    """Put a request on record."""
    connection.execute(insert(HAND_OVER), row)


_DECIDE = text(
    "UPDATE hand_over SET state = :state, to_office_id = :to_office_id, to_office_name = :to_office_name,"
    " decided_at = :decided_at, decided_by = :decided_by, decided_office = :decided_office, note = :note WHERE id = :id"
)
_SET_STATE = text("UPDATE hand_over SET state = :state WHERE id = :id")
_SET_OWNER = text("UPDATE archive SET office_id = :office_id WHERE id = :archive_id")


def decide(connection: Connection, row: Row) -> None:
    """Write down what was decided upon a request."""
    connection.execute(_DECIDE, {key: row[key] for key in _DECIDED})


_DECIDED = ("id", "state", "to_office_id", "to_office_name", "decided_at", "decided_by", "decided_office", "note")


def set_state(connection: Connection, hand_over_id: str, state: str) -> None:
    """How far a hand-over is."""
    connection.execute(_SET_STATE, {"id": hand_over_id, "state": state})


def set_owner(connection: Connection, archive_id: str, office_id: str) -> None:
    """From now on the archive belongs to *office_id*. That is no revision: nothing of the household changes."""
    connection.execute(_SET_OWNER, {"archive_id": archive_id, "office_id": office_id})


_CONCERNING = text(
    "SELECT * FROM hand_over WHERE (from_office_id = :office_id OR to_office_id = :office_id)"
    " AND state IN ('accepted', 'completed', 'refused') ORDER BY archive_revision, decided_at, rowid"
)


def concerning(connection: Connection, office_id: str) -> list[Row]:
    """The decided hand-overs that an office gave or gets, in the order of the decisions."""
    return _rows(connection, _CONCERNING, office_id=office_id)
