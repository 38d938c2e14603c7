"""录入助手: the fields of an archive for typing them into the national system, and the note that it was done."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from db.domain.archive_form import ARCHIVE_FORM
from db.domain.field_kinds import parse_value
from db.domain.national_screen import EntryLine, entry_lines
from db.errors import UserError
from db.services import archiving
from db.services.archiving import Archive, NationalState
from db.services.office import OfficeSession, write_journal
from db.services.ownership import standing
from db.services.revisions import load_revision
from db.store import national_store, workbook_queries

__all__ = [
    "NATIONAL_LABELS",
    "ChangesSince",
    "EntryLine",
    "NationalMark",
    "NationalState",
    "changes_since",
    "entry_lines",
    "has_marks",
    "mark_entered",
    "mark_of",
    "states_of",
    "take_back",
]

NATIONAL_LABELS = {
    NationalState.NOT_ENTERED: "未录入",
    NationalState.ENTERED: "已录入",
    NationalState.CHANGED: "录入后有改动",
}
REASON = "全国系统编号"


@dataclass(frozen=True, slots=True)
class NationalMark:
    """That an archive was typed into the national system: which revision, when, by whom, and its number there."""

    archive_id: str
    revision: int
    entered_at: str
    clerk_name: str
    worker_number: str
    state: NationalState


def mark_of(session: OfficeSession, archive_id: str) -> NationalMark | None:
    """The note on an archive; None while it was not typed in."""
    with session.database.reading() as connection:
        return _mark(connection, archive_id)


def _mark(connection: Connection, archive_id: str) -> NationalMark | None:
    row = national_store.find(connection, archive_id)
    if row is None:
        return None
    state = NationalState.CHANGED if row["is_changed"] else NationalState.ENTERED
    return NationalMark(
        archive_id, row["revision"], row["entered_at"], row["clerk_name"], row["worker_number"], state
    )


def states_of(session: OfficeSession, ids: Sequence[str]) -> dict[str, NationalState]:
    """Where each of the archives *ids* stands."""
    with session.database.reading() as connection:
        changed = national_store.changed_by_id(connection, ids)
    known = {True: NationalState.CHANGED, False: NationalState.ENTERED}
    return {key: known[changed[key]] if key in changed else NationalState.NOT_ENTERED for key in ids}


def has_marks(session: OfficeSession) -> bool:
    """Whether this office has typed anything in: others need not be asked about it."""
    with session.database.reading() as connection:
        return national_store.has_any(connection)


def mark_entered(session: OfficeSession, archive_id: str, revision: int, worker_number: str = "") -> NationalMark:
    """Note that *revision* was typed in, and take over the number that came back.

    A number other than the archive's own goes into it as an ordinary revision. An archive of another office stays
    as it is: there the number stands in the note alone.
    """
    number = _checked_number(worker_number)
    with session.database.writing() as connection:
        stored = archiving.load_stored(connection, archive_id)
        if number:
            _check_free(connection, archive_id, number)
        up_to_date = stored.revision == revision
        if number and standing(connection, session, stored).may_change:
            _take_number(connection, session, stored, number)
        row = {
            "archive_id": archive_id,
            "revision": stored.revision if up_to_date else revision,
            "entered_at": session.now,
            "clerk_id": session.clerk.id,
            "clerk_name": session.clerk.name,
            "worker_number": number or stored.content.text("worker_number"),
        }
        national_store.put(connection, row)
        detail: dict[str, object] = {"archive": archive_id, "revision": row["revision"]}
        write_journal(connection, session, "national_entry", detail)
        mark = _mark(connection, archive_id)
    assert mark is not None
    return mark


def _checked_number(typed: str) -> str:
    spec = ARCHIVE_FORM.field("worker_number")
    parsed = parse_value(spec, typed)
    if parsed.code:
        raise UserError("national_number_long", text=typed, limit=spec.limit)
    return str(parsed.value or "")


def _check_free(connection: Connection, archive_id: str, number: str) -> None:
    for holder in workbook_queries.by_worker_number(connection, [number]):
        if holder.archive_id != archive_id:
            raise UserError("worker_number_taken", text=number, number=holder.archive_number, name=holder.name)


def _take_number(connection: Connection, session: OfficeSession, stored: Archive, number: str) -> None:
    content = stored.content.copy()
    content.values["worker_number"] = number
    archiving.amend_stored(connection, session, stored, content, "amend", REASON)


def take_back(session: OfficeSession, archive_id: str) -> None:
    """The archive was not typed in after all; its number stays."""
    with session.database.writing() as connection:
        national_store.forget(connection, archive_id)
        write_journal(connection, session, "national_entry_taken_back", {"archive": archive_id})


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """What differs from what was typed in: places in :func:`entry_lines`, and members who are no longer there."""

    places: list[int]
    gone_members: list[str]


def changes_since(session: OfficeSession, archive: Archive, mark: NationalMark) -> ChangesSince:
    """What of *archive* has to be typed in again."""
    before = load_revision(session, archive.id, mark.revision)
    typed = {(line.part, line.caption): line.text for line in entry_lines(before)}
    lines = enumerate(entry_lines(archive.content))
    places = [at for at, line in lines if typed.get((line.part, line.caption), "") != line.text]
    present = {member["id"] for member in archive.content.members}
    gone = [str(member.get("name") or "未填姓名") for member in before.members if member["id"] not in present]
    return ChangesSince(places, gone)
