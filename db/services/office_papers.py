"""Photos and PDFs that belong to no archive: the signed payment list, a poster. Kept and encrypted as attachments are."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, text

from db.domain.archive_content import new_id
from db.errors import UserError
from db.services.office import OfficeSession, write_journal
from db.services.stored_papers import checked_name, checked_note, keeping, prepare, read_stored
from db.store import aid_store


class PaperOwner(StrEnum):
    """What a paper belongs to."""

    PAYMENT_LIST = "payment_list"
    PROGRAMME = "programme"
    STUDENT_NOTICE = "student_notice"


@dataclass(frozen=True, slots=True)
class OfficePaper:
    """One paper."""

    id: str
    owner_kind: str
    owner_id: str
    name: str
    note: str
    media_type: str
    size: int
    sha256: str
    added_at: str
    added_by: str


def _paper(row: Any) -> OfficePaper:
    return OfficePaper(**{key: row[key] for key in OfficePaper.__dataclass_fields__})


def add_paper(session: OfficeSession, owner: PaperOwner, owner_id: str, name: str, data: bytes, note: str = "") -> OfficePaper:
    """Keep a photo or PDF with what it belongs to; pictures are shrunk and freed of what a camera adds."""
    row: dict[str, Any] = {
        "id": new_id(),
        "owner_kind": owner.value,
        "owner_id": owner_id,
        "name": checked_name(name),
        "note": checked_note(note),
        "removed_at": None,
    }
    with keeping(session, prepare(name, data)) as (connection, kept):
        row |= kept
        connection.execute(insert(aid_store.PAPER), row)
        write_journal(connection, session, "office_paper", {"owner": owner.value, "name": row["name"]})
    return _paper(row)


_LIST = text(
    "SELECT * FROM office_paper WHERE owner_kind = :kind AND owner_id = :id AND removed_at IS NULL ORDER BY added_at, rowid"
)
_FIND = text("SELECT * FROM office_paper WHERE id = :id AND removed_at IS NULL")
_REMOVE = text("UPDATE office_paper SET removed_at = :now WHERE id = :id")


def list_papers(session: OfficeSession, owner: PaperOwner, owner_id: str) -> list[OfficePaper]:
    """The papers of something, in the order in which they came."""
    with session.database.reading() as connection:
        return papers_within(connection, owner, owner_id)


def papers_within(connection: Connection, owner: PaperOwner, owner_id: str) -> list[OfficePaper]:
    """The same within a transaction."""
    return [_paper(row) for row in connection.execute(_LIST, {"kind": owner.value, "id": owner_id}).mappings()]


_COUNT = text("SELECT owner_id, count(*) FROM office_paper WHERE owner_kind = :kind AND removed_at IS NULL GROUP BY owner_id")


def count_papers(session: OfficeSession, owner: PaperOwner) -> dict[str, int]:
    """How many papers each has."""
    with session.database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(_COUNT, {"kind": owner.value})}


def _find(connection: Connection, paper_id: str) -> Any:
    row = connection.execute(_FIND, {"id": paper_id}).mappings().first()
    if row is None:
        raise UserError("attachment_gone")
    return row


def read_paper(session: OfficeSession, paper_id: str) -> bytes:
    """The content, decrypted in memory; MachineError when the file is gone or damaged."""
    with session.database.reading() as connection:
        row = _find(connection, paper_id)
    return read_stored(session, row)


def remove_paper(session: OfficeSession, paper_id: str) -> None:
    """Take a paper out. The file stays for a later audit; one that an approval rests upon cannot be taken out."""
    with session.database.writing() as connection:
        row = _find(connection, paper_id)
        if aid_store.approved_with(connection, paper_id):
            raise UserError("office_paper_needed", name=row["name"])
        connection.execute(_REMOVE, {"now": session.now, "id": paper_id})
        write_journal(connection, session, "office_paper", {"owner": row["owner_kind"], "removed": row["name"]})
