"""Policy texts of the office: packs and tables of standards, in the caller's transaction. A text is never changed."""

from typing import Any

from sqlalchemy import Connection, bindparam, insert, text

from db.models.casework import PolicyVersion

VERSION = PolicyVersion.__table__  # type: ignore[attr-defined]

Row = dict[str, Any]


def keep(connection: Connection, row: Row) -> bool:
    """Keep a text; whether it is new here. One that is known comes into the book when *row* says so."""
    known = by_fingerprint(connection, str(row["sha256"]))
    if known is None:
        connection.execute(insert(VERSION), row)
        return True
    if row["is_current"] and not known["is_current"]:
        names = ("origin", "source_office_id", "made_at", "made_by", "note", "is_current")
        chosen = VERSION.c.sha256 == row["sha256"]
        connection.execute(VERSION.update().where(chosen).values({name: row[name] for name in names}))
        return True
    return False


def by_fingerprint(connection: Connection, sha256: str) -> Row | None:
    """The text with this fingerprint."""
    row = connection.execute(VERSION.select().where(VERSION.c.sha256 == sha256)).mappings().first()
    return None if row is None else dict(row)


# asked with every look at a household: built once
_CURRENT = (
    VERSION.select().where(VERSION.c.kind == bindparam("wanted"), VERSION.c.is_current).order_by(VERSION.c.made_at, text("rowid"))
)


def current(connection: Connection, kind: str) -> list[Row]:
    """The texts of *kind* (``pack``, ``standards``) that stand in the office's book, in the order they came."""
    return [dict(row) for row in connection.execute(_CURRENT, {"wanted": kind}).mappings()]


def retire(connection: Connection, sha256: str) -> None:
    """Take a text out of the book, because another takes its place; the text itself stays."""
    connection.execute(VERSION.update().where(VERSION.c.sha256 == sha256).values(is_current=False))
