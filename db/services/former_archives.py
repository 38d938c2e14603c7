"""What lies in the archives that were merged into one: read beside its own, marked with where it is from, never changed there.

Merging takes over what was chosen of the form and the papers; records, grants and the papers that were left stay in the
archive they were made in. They are the household's nevertheless: whoever opens the kept archive sees them.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from db.domain.form_schema import FieldKind, Value
from db.domain.records.catalogue import FORMS
from db.domain.records.record_form import CONTINUES, RecordContent, RecordKind, read_record
from db.errors import UserError
from db.services import archiving, attachments, records
from db.services.attachments import Attachment
from db.services.office import OfficeSession
from db.services.ownership import own_archive
from db.services.records import Record
from db.store import household_record, merge_store, record_store
from db.store.archive_store import StoredArchive

GOING_ON = frozenset({RecordKind.STUDENT, RecordKind.GRADUATE})
"""Registers of people that go on in the kept archive."""
_STAYING = frozenset({RecordKind.SPONSORSHIP, RecordKind.WORK_PLACEMENT})


@dataclass(frozen=True, slots=True)
class FormerArchive:
    """An archive that was merged into the one that is looked at."""

    id: str
    archive_number: str
    name: str
    merged_at: str


def former_archives(session: OfficeSession, archive_id: str) -> dict[str, FormerArchive]:
    """The archives that stand merged into *archive_id*, by id, the first merged first."""
    with session.database.reading() as connection:
        return {row["id"]: FormerArchive(**row) for row in merge_store.former_archives(connection, archive_id)}


def household_ids(connection: Connection, archive_id: str) -> list[str]:
    """The archive and those merged into it."""
    return [archive_id, *(row["id"] for row in merge_store.former_archives(connection, archive_id))]


def household_records(session: OfficeSession, archive_id: str, kind: RecordKind | None = None) -> list[Record]:
    """The records that count of the archive and of those merged into it, the oldest day first.

    Which archive a record is from it says itself; only those of *archive_id* can be changed.
    """
    with session.database.reading() as connection:
        rows = record_store.records_of(connection, household_ids(connection, archive_id), kind or "")
    return [records.record_of(row) for row in rows]


def records_that_count(session: OfficeSession, archive_id: str, kind: RecordKind) -> list[Record]:
    """The same of a register that goes on in the kept archive: each person, each matter once."""
    with session.database.reading() as connection:
        return [records.record_of(row) for row in household_record.of_household(connection, archive_id, kind)]


def register_records(session: OfficeSession, archive_id: str) -> list[Record]:
    """Who of the household was registered as a student or a graduate, who stands by them, the oldest day first."""
    others = [item for item in household_records(session, archive_id) if item.kind in _STAYING]
    found = [item for kind in sorted(GOING_ON) for item in records_that_count(session, archive_id, kind)]
    return sorted([*found, *others], key=lambda item: (item.on_day, item.made_at))


def former_papers(session: OfficeSession, archive_id: str) -> list[Attachment]:
    """The papers of the archives merged into *archive_id* that it did not take over, in the order in which they came."""
    return [paper for former in former_archives(session, archive_id) for paper in _left(session, former, archive_id)]


def _left(session: OfficeSession, former_id: str, archive_id: str) -> list[Attachment]:
    taken = {paper.sha256 for paper in attachments.list_attachments(session, archive_id)}
    return [paper for paper in attachments.list_attachments(session, former_id) if paper.sha256 not in taken]


# -- going on in the kept archive ---------------------------------------------------------------------------------


def put_household_record(
    connection: Connection,
    session: OfficeSession,
    stored: StoredArchive,
    kind: RecordKind,
    content: RecordContent,
    record_id: str = "",
    *,
    expected_version: str = "",
    is_removed: bool = False,
    reason: str = "",
) -> Record:
    """Store a record of an archive that may be changed here; one of an archive merged into it goes on in it.

    It goes on as a record of the kept archive's own: in the merged one nothing changes, so the merge can be undone.
    """
    former = former_version(connection, stored.id, record_id)
    if former is None:
        return records.put_record(
            connection, session, stored, kind, content, record_id,
            is_removed=is_removed, expected_version=expected_version, reason=reason,
        )  # fmt: skip
    if former["kind"] != kind or former["is_removed"]:
        raise UserError("record_gone")
    if expected_version and former["id"] != expected_version:
        raise UserError("record_changed_elsewhere", clerk=former["clerk_name"])
    number = archiving.load_stored(connection, former["archive_id"]).archive_number
    ours = _as_here(connection, stored, former["archive_id"], kind, content)
    ours.values[CONTINUES] = record_id
    return records.put_record(
        connection, session, stored, kind, ours, is_removed=is_removed, reason=reason or f"接着 {number} 里的登记"
    )


def remove_household_record(session: OfficeSession, archive_id: str, record_id: str, reason: str) -> None:
    """Take a record out of every list, with the *reason*; one of an archive merged into *archive_id* stays there to be read."""
    found = records.load_record(session, record_id)
    if found.archive_id == archive_id:
        records.remove_record(session, record_id, reason)
        return
    if not reason.strip():
        raise UserError("record_reason")
    with session.database.writing() as connection:
        stored = own_archive(connection, session, archive_id)
        put_household_record(
            connection, session, stored, found.kind, found.content, record_id, is_removed=True, reason=reason
        )


def former_version(connection: Connection, archive_id: str, record_id: str) -> dict[str, Any] | None:
    """The version that counts of a record that stands in an archive merged into this one; None for any other record."""
    rows = record_store.versions(connection, record_id) if record_id else []
    current = next((row for row in rows if row["is_current"]), None)
    if current is None or current["archive_id"] == archive_id:
        return None
    return current if current["archive_id"] in household_ids(connection, archive_id) else None


def content_here(session: OfficeSession, archive_id: str, record: Record) -> RecordContent:
    """What a record says, with people and papers as the archive *archive_id* names them that its own was merged into."""
    if record.archive_id == archive_id:
        return record.content
    with session.database.reading() as connection:
        stored = archiving.load_stored(connection, archive_id)
        return _as_here(connection, stored, record.archive_id, record.kind, record.content)


def first_version(connection: Connection, record_id: str) -> RecordContent:
    """What a record said when it was made."""
    return read_record(record_store.versions(connection, record_id)[0]["content"])


def _as_here(
    connection: Connection, stored: StoredArchive, former_id: str, kind: RecordKind, content: RecordContent
) -> RecordContent:
    former = archiving.load_stored(connection, former_id)
    people = _same_people(former, stored)
    papers = _same_papers(connection, former_id, stored.id)
    left = {row["id"] for row in merge_store.papers_of(connection, former_id)} - set(papers)
    values = dict(content.values)
    for spec in FORMS[kind].fields:
        value = values.get(spec.key)
        if spec.kind is FieldKind.PERSON:
            values[spec.key] = people.get(str(value), value)
        elif spec.kind is FieldKind.PAPERS and isinstance(value, list):
            # what the kept archive did not take over stays with the merged one, where the record still names it
            kept: Value = [papers.get(paper, paper) for paper in value if paper not in left]
            values[spec.key] = kept
    return RecordContent(values, content.rows, content.edition)


def _same_people(former: StoredArchive, stored: StoredArchive) -> dict[str, str]:
    """Members of the merged archive by id, each with the id it has in the kept one: told by the number, else by the name."""

    def named(archive: StoredArchive) -> list[tuple[str, str, str]]:
        return [
            (str(item["id"]), str(item.get("id_number") or ""), str(item.get("name") or ""))
            for item in archive.content.members
        ]

    here = named(stored)
    by_number = {number: member for member, number, _ in here if number}
    by_name = {name: member for member, number, name in here if name and not number}
    found = {member: by_number.get(number) or by_name.get(name) or "" for member, number, name in named(former)}
    return {member: other for member, other in found.items() if other}


def _same_papers(connection: Connection, former_id: str, kept_id: str) -> dict[str, str]:
    """Papers of the merged archive by id, each with the id it has in the kept one, where that has the same."""
    here = {row["sha256"]: row["id"] for row in merge_store.papers_of(connection, kept_id)}
    return {
        row["id"]: here[row["sha256"]] for row in merge_store.papers_of(connection, former_id) if row["sha256"] in here
    }
