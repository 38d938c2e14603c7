"""Policy texts of the office: packs and tables of standards, in the caller's transaction. A text is never changed."""

from typing import Any

from sqlalchemy import Connection, insert, text

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


def current(connection: Connection, kind: str) -> list[Row]:
    """The texts of *kind* (``pack``, ``standards``) that stand in the office's book, in the order they came."""
    chosen = VERSION.select().where(VERSION.c.kind == kind, VERSION.c.is_current)
    ordered = chosen.order_by(VERSION.c.made_at, VERSION.c.version, VERSION.c.sha256)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def fingerprint_of_book(connection: Connection) -> tuple[tuple[str, str, str], ...]:
    """What the office's own texts are, to tell whether a book read earlier still holds."""
    statement = text("SELECT sha256, origin, made_at FROM policy_version WHERE is_current ORDER BY made_at, sha256")
    return tuple((row[0], row[1], row[2]) for row in connection.execute(statement))


def retire_standards(connection: Connection, topic: str, origin: str, source_office_id: str) -> None:
    """Take a table of standards out of the book, because a newer one of the same origin takes its place."""
    connection.execute(
        text(
            "UPDATE policy_version SET is_current = 0 WHERE kind = 'standards' AND pack_id = :topic"
            " AND origin = :origin AND source_office_id = :office"
        ),
        {"topic": topic, "origin": origin, "office": source_office_id},
    )
