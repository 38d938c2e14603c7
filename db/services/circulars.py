"""通知: what an office tells those below it, and what came from above. They travel with the next answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.domain.field_kinds import printable
from db.errors import UserError
from db.services.office import OfficeSession, write_journal
from db.store import bundle_store, notice_store

LONGEST_TITLE, LONGEST_BODY = 100, 5000


@dataclass(frozen=True, slots=True)
class Circular:
    """A notice. *is_own*: issued here; otherwise it came from *office_name*."""

    id: str
    title: str
    body: str
    due_on: str | None
    audience: tuple[str, ...]
    """Ids of the offices it is for; empty: all below."""
    audience_names: tuple[str, ...]
    office_name: str
    issued_at: str
    issued_by: str
    withdrawn_at: str | None
    read_at: str | None
    read_by: str
    is_own: bool

    @property
    def is_unread(self) -> bool:
        """Whether it came from above, stands, and nobody here has read it."""
        return not self.is_own and self.read_at is None and self.withdrawn_at is None


def list_circulars(session: OfficeSession, *, with_withdrawn: bool = False) -> list[Circular]:
    """The notices that stand (or all of them), the newest first."""
    with session.database.reading() as connection:
        rows = notice_store.circulars(connection)
        names = bundle_store.office_names(connection)
    return [_circular(row, names, session) for row in rows if with_withdrawn or not row["withdrawn_at"]]


def _circular(row: notice_store.Row, names: dict[str, str], session: OfficeSession) -> Circular:
    plain = {key: row[key] for key in Circular.__dataclass_fields__ if key in row and key != "audience"}
    audience = tuple(str(each) for each in row["audience"])
    told = tuple(names.get(each, "其他单位") for each in audience)
    return Circular(**plain, audience=audience, audience_names=told, is_own=row["office_id"] == session.office.id)


def unread_count(session: OfficeSession) -> int:
    """How many notices from above nobody has read."""
    with session.database.reading() as connection:
        return notice_store.unread(connection, session.office.id)


def issue_circular(
    session: OfficeSession, title: str, body: str, due_on: str | None = None, audience: Sequence[str] = ()
) -> Circular:
    """Write a notice for the offices below (*audience*: their ids; empty: all)."""
    words = _words(title, body, due_on)
    with session.database.writing() as connection:
        children = {row["id"] for row in bundle_store.partners(connection) if row["relation"] == "child"}
        if not children:
            raise UserError("circular_nobody_below")
        if set(audience) - children:
            raise UserError("partner_unknown")
        row = {"id": new_id(), **words, "audience": list(dict.fromkeys(audience)), **_issued(session)}
        row.update(office_id=session.office.id, office_name=session.office.name, withdrawn_at=None)
        notice_store.add_circular(connection, {**row, "read_at": None, "read_by": ""})
        write_journal(connection, session, "issue_circular", {"circular": row["id"]})
        return _reread(connection, session, row["id"])


def _issued(session: OfficeSession) -> dict[str, str]:
    return {"issued_at": session.now, "issued_by": session.clerk.name}


def _words(title: str, body: str, due_on: str | None) -> notice_store.Row:
    title, body = printable(title).strip(), "\n".join(printable(line).rstrip() for line in body.splitlines()).strip()
    if not title or not body:
        raise UserError("circular_needs_words")
    if len(title) > LONGEST_TITLE or len(body) > LONGEST_BODY:
        raise UserError("circular_too_long", title=LONGEST_TITLE, body=LONGEST_BODY)
    if due_on:
        try:
            date.fromisoformat(due_on)
        except ValueError as fault:
            raise UserError("circular_bad_day", text=due_on) from fault
    return {"title": title, "body": body, "due_on": due_on or None}


def edit_circular(session: OfficeSession, circular_id: str, title: str, body: str, due_on: str | None = None) -> Circular:
    """Change an own notice; it goes out again and counts as unread below."""
    words = _words(title, body, due_on)
    with session.database.writing() as connection:
        row = _own(connection, session, circular_id)
        if any(row[key] != value for key, value in words.items()):
            notice_store.change_circular(connection, {"id": circular_id, **words, **_issued(session)})
            write_journal(connection, session, "edit_circular", {"circular": circular_id})
        return _reread(connection, session, circular_id)


def withdraw_circular(session: OfficeSession, circular_id: str) -> None:
    """Take an own notice back; with the next answer it goes below, too."""
    with session.database.writing() as connection:
        _own(connection, session, circular_id)
        notice_store.withdraw_circular(connection, circular_id, session.now)
        write_journal(connection, session, "withdraw_circular", {"circular": circular_id})


def mark_read(session: OfficeSession, circular_id: str) -> None:
    """Note that a notice from above has been read."""
    with session.database.writing() as connection:
        if notice_store.mark_read(connection, circular_id, session.now, session.clerk.name):
            write_journal(connection, session, "read_circular", {"circular": circular_id})


def _own(connection: Connection, session: OfficeSession, circular_id: str) -> notice_store.Row:
    row = notice_store.circular(connection, circular_id)
    if row is None or row["office_id"] != session.office.id or row["withdrawn_at"]:
        raise UserError("circular_gone")
    return row


def _reread(connection: Connection, session: OfficeSession, circular_id: str) -> Circular:
    row = notice_store.circular(connection, circular_id)
    assert row is not None
    return _circular(row, bundle_store.office_names(connection), session)
