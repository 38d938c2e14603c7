"""Records beside an archive and in the registers of the office: saving, reading, removing; every version is kept.

The kinds are declared in :mod:`db.domain.records`. A record of an archive makes a revision of it, so it is signed in the
history and travels with it; entries of a register travel with the office's next bundle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from db.domain.archive_content import new_id
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import (
    RecordContent,
    RecordForm,
    RecordKind,
    prepared_record,
    read_record,
    record_problems,
)
from db.domain.validation import Severity
from db.errors import UserError
from db.services import archiving
from db.services.means import record_revision, signature_of
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.store import record_store
from db.store.archive_store import StoredArchive


@dataclass(frozen=True, slots=True)
class Record:
    """One version of a record, the current one unless told otherwise."""

    id: str
    """Of this version."""
    record_id: str
    kind: RecordKind
    archive_id: str
    """Empty for an entry of a register."""
    on_day: str
    """The day it is of; the day it was made where it is of none."""
    ends_on: str | None
    subject_id: str | None
    content: RecordContent
    made_at: str
    clerk_name: str
    office_id: str
    is_removed: bool = False

    @property
    def form(self) -> RecordForm:
        """Its declaration."""
        return FORMS[self.kind]

    @property
    def line(self) -> str:
        """The record in one line."""
        return self.form.line(self.content)


def record_of(row: dict[str, Any]) -> Record:
    """A stored row as a record."""
    return Record(
        id=row["id"],
        record_id=row["record_id"],
        kind=RecordKind(row["kind"]),
        archive_id=row.get("archive_id") or "",
        on_day=row["on_day"] or row["made_at"][:10],
        ends_on=row["ends_on"],
        subject_id=row["subject_id"],
        content=read_record(row["content"]),
        made_at=row["made_at"],
        clerk_name=row["clerk_name"],
        office_id=row["office_id"],
        is_removed=bool(row["is_removed"]),
    )


def checked(form: RecordForm, content: RecordContent, today: str) -> RecordContent:
    """The content ready to store; UserError names the first thing wrong, ``faults`` in its context has all.

    What is merely odd (a number of a region nobody knows) does not keep a record from being stored.
    """
    ready = prepared_record(form, content)
    found = [item for item in record_problems(form, ready, today) if item.severity is Severity.ERROR]
    if found:
        raise UserError("record_faulty", title=form.title, first=found[0].message, faults=tuple(found))
    return ready


# -- records of an archive ----------------------------------------------------------------------------------------


def save_record(
    session: OfficeSession,
    archive_id: str,
    kind: RecordKind,
    content: RecordContent,
    record_id: str = "",
    *,
    expected_version: str = "",
) -> Record:
    """Store a record of an archive, or the next version of *record_id*; nothing is stored where something is wrong.

    *expected_version*: id of the version that was edited; another one stored meanwhile refuses.
    """
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        return put_record(connection, session, stored, kind, content, record_id, expected_version=expected_version)


def put_record(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    kind: RecordKind,
    content: RecordContent,
    record_id: str = "",
    *,
    is_removed: bool = False,
    expected_version: str = "",
    reason: str = "",
) -> Record:
    """The same within a transaction, for an archive that may be changed here; *stored* becomes its next revision."""
    form = FORMS[kind]
    ready = content if is_removed else checked(form, content, session.today)
    if record_id:
        _check_version(record_store.versions(connection, record_id), kind, stored.id, expected_version)
    words = ("删除：" if is_removed else "") + form.line(ready) + (f"。{reason}" if reason else "")
    note = record_revision(connection, session, stored, "record", f"{form.title} {words}".strip())
    row = {
        "id": new_id(),
        "record_id": record_id or new_id(),
        "kind": kind.value,
        "archive_id": stored.id,
        "archive_revision": stored.revision,
        **form.columns(ready),
        "is_removed": is_removed,
        "content": ready.to_json(),
        **signature_of(note),
    }
    record_store.insert_records(connection, [row])
    return record_of(row)


def _check_version(rows: list[dict[str, Any]], kind: RecordKind, archive_id: str, expected: str) -> None:
    current = next((row for row in rows if row["is_current"]), None)
    if current is None or current["kind"] != kind or current.get("archive_id", "") != archive_id or current["is_removed"]:
        raise UserError("record_gone")
    if expected and current["id"] != expected:
        raise UserError("record_changed_elsewhere", clerk=current["clerk_name"])


def remove_record(session: OfficeSession, record_id: str, reason: str) -> None:
    """Take a record of an archive out of every list, with the *reason*; its versions stay in the history."""
    found = load_record(session, record_id)
    if not reason.strip():
        raise UserError("record_reason")
    with session.database.writing() as connection:
        stored = own_archive(connection, session, found.archive_id)
        put_record(connection, session, stored, found.kind, found.content, record_id, is_removed=True, reason=reason)


def load_record(session: OfficeSession, record_id: str) -> Record:
    """The version of a record that counts; UserError where it is gone."""
    with session.database.reading() as connection:
        rows = record_store.versions(connection, record_id)
    current = next((record_of(row) for row in rows if row["is_current"]), None)
    if current is None or current.is_removed:
        raise UserError("record_gone")
    return current


def list_records(session: OfficeSession, archive_id: str, kind: RecordKind | None = None) -> list[Record]:
    """The records that count of an archive, the oldest day first."""
    with session.database.reading() as connection:
        rows = record_store.records_of(connection, [archive_id], kind or "")
    return [record_of(row) for row in rows]


def records_by_archive(
    session: OfficeSession, archive_ids: Iterable[str], kind: RecordKind
) -> dict[str, list[Record]]:
    """The same of many archives; one without records is left out."""
    with session.database.reading() as connection:
        rows = record_store.records_of(connection, archive_ids, kind)
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(row["archive_id"], []).append(record_of(row))
    return found


def record_versions(session: OfficeSession, record_id: str) -> list[Record]:
    """Every version of a record of an archive, the oldest first."""
    with session.database.reading() as connection:
        return [record_of(row) for row in record_store.versions(connection, record_id)]


def archive_versions(session: OfficeSession, archive_id: str) -> list[Record]:
    """Every version of every record of an archive, in the order in which they were made: for timeline and evidence."""
    with session.database.reading() as connection:
        return [record_of(row) for row in record_store.all_versions_of(connection, archive_id)]


# -- registers of the office --------------------------------------------------------------------------------------


def save_entry(
    session: OfficeSession, kind: RecordKind, content: RecordContent, record_id: str = "", *, expected_version: str = ""
) -> Record:
    """Store an entry of a register of this office, or the next version of *record_id*."""
    with session.database.writing() as connection:
        return put_entry(connection, session, kind, content, record_id, expected_version=expected_version)


def put_entry(
    connection: Connection,
    session: OfficeSession,
    kind: RecordKind,
    content: RecordContent,
    record_id: str = "",
    *,
    is_removed: bool = False,
    expected_version: str = "",
) -> Record:
    """The same within a transaction. An entry of another office cannot be changed."""
    form = FORMS[kind]
    ready = content if is_removed else checked(form, content, session.today)
    before = record_store.office_versions(connection, record_id) if record_id else []
    if record_id:
        _check_version(before, kind, "", expected_version)
        if before[-1]["office_id"] != session.office.id:
            raise UserError("record_not_ours", title=form.title)
    row = {
        "id": new_id(),
        "record_id": record_id or new_id(),
        "kind": kind.value,
        "version": max((item["version"] for item in before), default=0) + 1,
        **form.columns(ready),
        "is_removed": is_removed,
        "content": ready.to_json(),
        **signature_of(archiving.revision_note(connection, session, "record")),
    }
    record_store.insert_office_records(connection, [row])
    return record_of(row)


def remove_entry(session: OfficeSession, record_id: str) -> None:
    """Take an entry out of its register; its versions are kept."""
    found = load_entry(session, record_id)
    with session.database.writing() as connection:
        put_entry(connection, session, found.kind, found.content, record_id, is_removed=True)


def load_entry(session: OfficeSession, record_id: str) -> Record:
    """The version of an entry that counts; UserError where it is gone."""
    with session.database.reading() as connection:
        rows = record_store.office_versions(connection, record_id)
    current = next((record_of(row) for row in rows if row["is_current"]), None)
    if current is None or current.is_removed:
        raise UserError("record_gone")
    return current


def list_entries(session: OfficeSession, kind: RecordKind, office_id: str | None = None) -> list[Record]:
    """The entries of a register: of this office (None), of another one, or of all that are known here (empty)."""
    wanted = session.office.id if office_id is None else office_id
    with session.database.reading() as connection:
        return [record_of(row) for row in record_store.office_records(connection, kind, wanted)]


def save_records_of_many(
    session: OfficeSession, kind: RecordKind, contents: Sequence[tuple[str, RecordContent]]
) -> list[Record]:
    """A record for each of these archives, all or none."""
    with session.database.writing() as connection:
        return [
            put_record(connection, session, own_archive(connection, session, archive_id), kind, content)
            for archive_id, content in contents
        ]
