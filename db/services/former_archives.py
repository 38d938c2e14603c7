"""What lies in the archives that were merged into one: read beside its own, marked with where it is from, never changed there.

Merging takes over what was chosen of the form and the papers; records, grants and the papers that were left stay in the
archive they were made in. They are the household's nevertheless: whoever opens the kept archive sees them.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from db.domain.records.record_form import RecordKind
from db.services import attachments, records
from db.services.attachments import Attachment
from db.services.office import OfficeSession
from db.services.records import Record
from db.store import merge_store, record_store


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


def former_papers(session: OfficeSession, archive_id: str) -> list[Attachment]:
    """The papers of the archives merged into *archive_id* that it did not take over, in the order in which they came."""
    return [paper for former in former_archives(session, archive_id) for paper in _left(session, former, archive_id)]


def _left(session: OfficeSession, former_id: str, archive_id: str) -> list[Attachment]:
    taken = {paper.sha256 for paper in attachments.list_attachments(session, archive_id)}
    return [paper for paper in attachments.list_attachments(session, former_id) if paper.sha256 not in taken]
