"""What goes down besides states: circulars, quotas and calendars, in the caller's transaction."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, text

from db.models.exchange import Circular, Quota, WorkCalendar

CIRCULAR = Circular.__table__  # type: ignore[attr-defined]
QUOTA = Quota.__table__  # type: ignore[attr-defined]
CALENDAR = WorkCalendar.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]


def _parsed(row: Any, *keys: str) -> Row:
    return {**row, **{key: json.loads(row[key]) for key in keys}}


# -- circulars ----------------------------------------------------------------------------------------------------

_CIRCULARS = text("SELECT * FROM circular ORDER BY issued_at DESC, rowid DESC")
_CIRCULAR = text("SELECT * FROM circular WHERE id = :id")
_WITHDRAW_CIRCULAR = text("UPDATE circular SET withdrawn_at = :at WHERE id = :id AND withdrawn_at IS NULL")
_READ_CIRCULAR = text("UPDATE circular SET read_at = :at, read_by = :by WHERE id = :id AND read_at IS NULL")
_CHANGE_CIRCULAR = text(
    "UPDATE circular SET title = :title, body = :body, due_on = :due_on, issued_at = :issued_at, issued_by = :issued_by,"
    " withdrawn_at = NULL, read_at = NULL, read_by = '' WHERE id = :id"
)
_UNREAD = text("SELECT count(*) FROM circular WHERE office_id <> :own AND read_at IS NULL AND withdrawn_at IS NULL")


def circulars(connection: Connection) -> list[Row]:
    """Every circular, issued here or received, the newest first."""
    return [_parsed(row, "audience") for row in connection.execute(_CIRCULARS).mappings()]


def circular(connection: Connection, circular_id: str) -> Row | None:
    """One circular."""
    row = connection.execute(_CIRCULAR, {"id": circular_id}).mappings().first()
    return None if row is None else _parsed(row, "audience")


def add_circular(connection: Connection, row: Row) -> None:
    """Keep a circular."""
    connection.execute(insert(CIRCULAR), row)


def change_circular(connection: Connection, row: Row) -> None:
    """Put another wording in its place; it counts as unread, and as issued again."""
    connection.execute(_CHANGE_CIRCULAR, row)


def withdraw_circular(connection: Connection, circular_id: str, at: str) -> bool:
    """Take a circular back; whether it stood."""
    return connection.execute(_WITHDRAW_CIRCULAR, {"id": circular_id, "at": at}).rowcount > 0


def mark_read(connection: Connection, circular_id: str, at: str, by: str) -> bool:
    """Note who read it first; whether it was unread."""
    return connection.execute(_READ_CIRCULAR, {"id": circular_id, "at": at, "by": by}).rowcount > 0


def unread(connection: Connection, own_id: str) -> int:
    """How many circulars from above nobody has read."""
    return int(connection.execute(_UNREAD, {"own": own_id}).scalar_one())


# -- quotas -------------------------------------------------------------------------------------------------------

_QUOTAS = text("SELECT * FROM quota WHERE withdrawn_at IS NULL ORDER BY year DESC, for_office_id, subject, rowid")
_WITHDRAW_QUOTA = text("UPDATE quota SET withdrawn_at = :at WHERE id = :id AND withdrawn_at IS NULL")
_CHANGE_QUOTA = text(
    "UPDATE quota SET year = :year, subject = :subject, label = :label, amount = :amount, unit = :unit, note = :note,"
    " set_at = :set_at, set_by = :set_by, withdrawn_at = NULL WHERE id = :id"
)


def quotas(connection: Connection) -> list[Row]:
    """The quotas that stand, set here or received, the newest year first."""
    return [dict(row) for row in connection.execute(_QUOTAS).mappings()]


def quota(connection: Connection, quota_id: str) -> Row | None:
    """One quota, standing or withdrawn."""
    row = connection.execute(QUOTA.select().where(QUOTA.c.id == quota_id)).mappings().first()
    return None if row is None else dict(row)


def add_quota(connection: Connection, row: Row) -> None:
    """Keep a quota."""
    connection.execute(insert(QUOTA), row)


def change_quota(connection: Connection, row: Row) -> None:
    """Put other figures in the place of those that have this id."""
    connection.execute(_CHANGE_QUOTA, row)


def withdraw_quota(connection: Connection, quota_id: str, at: str) -> bool:
    """End a quota; whether it stood."""
    return connection.execute(_WITHDRAW_QUOTA, {"id": quota_id, "at": at}).rowcount > 0


# -- calendars ----------------------------------------------------------------------------------------------------


def calendars(connection: Connection) -> list[Row]:
    """The office's own calendars, edited or delivered, by year."""
    return [dict(row) for row in connection.execute(CALENDAR.select().order_by(CALENDAR.c.year)).mappings()]


def put_calendar(connection: Connection, row: Row) -> None:
    """Keep the calendar of a year in place of the one before."""
    drop_calendars(connection, [row["year"]])
    connection.execute(insert(CALENDAR), row)


def drop_calendars(connection: Connection, years: Iterable[int]) -> None:
    """Forget the own calendars of these years."""
    connection.execute(CALENDAR.delete().where(CALENDAR.c.year.in_(list(years))))
