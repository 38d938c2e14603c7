"""Photos and PDFs of an archive: taken in, shrunk, encrypted one by one, shown, removed – each a revision.

Every file is age-encrypted to an identity of its own, kept in the database: a bundle can carry the file as it is
together with that identity, and removing the row makes the file unreadable.
"""

from dataclasses import dataclass
from typing import Any, BinaryIO

import pyrage
from sqlalchemy import Connection, text

from db.domain.archive_content import new_id
from db.domain.change_diff import ATTACHMENT, Change
from db.domain.option_lists import option_list
from db.errors import MachineError, UserError
from db.services import archiving
from db.services.office import ATTACHMENTS, OfficeSession
from db.services.ownership import own_archive
from db.services.stored_papers import checked_name, checked_note, keeping, prepare, read_stored
from db.store import archive_store


@dataclass(frozen=True, slots=True)
class Attachment:
    """One paper of an archive: its type (option list ``document_type``), name, note and size."""

    id: str
    archive_id: str
    document_type: str
    name: str
    note: str
    media_type: str
    size: int
    original_size: str
    sha256: str
    added_at: str
    added_by: str

    @property
    def type_label(self) -> str:
        """The document type in Chinese."""
        return option_list("document_type").label(self.document_type)


def add_attachment(
    session: OfficeSession, archive_id: str, name: str, data: bytes, document_type: str, note: str = ""
) -> Attachment:
    """Add a photo or PDF to an archive as its next revision; pictures are shrunk and freed of EXIF data."""
    name, note = _checked_words(name, document_type, note)
    ready = prepare(name, data)
    row: dict[str, Any] = {
        "id": new_id(),
        "archive_id": archive_id,
        "document_type": document_type,
        "name": name,
        "note": note,
        "original_size": ready.original_size,
    }
    with keeping(session, ready) as (connection, kept):
        row |= kept
        _make_revision(connection, session, archive_id, "attach", None, f"{_type_label(document_type)} {name}")
        connection.execute(_INSERT, row)
    return _attachment(row)


_INSERT = text(
    "INSERT INTO attachment (id, archive_id, document_type, name, note, media_type, size, original_size, sha256,"
    " stored_name, stored_size, stored_sha256, secret, added_at, added_by) VALUES (:id, :archive_id, :document_type,"
    " :name, :note, :media_type, :size, :original_size, :sha256, :stored_name, :stored_size, :stored_sha256, :secret,"
    " :added_at, :added_by)"
)


def _checked_words(name: str, document_type: str, note: str) -> tuple[str, str]:
    """File name and note as they can be stored; an unknown type or an overlong note is refused."""
    if document_type not in option_list("document_type").by_code:
        raise UserError("bad_content", field="附件类型")
    return checked_name(name), checked_note(note)


def _type_label(document_type: str) -> str:
    return option_list("document_type").label(document_type)


def _make_revision(
    connection: Connection, session: OfficeSession, archive_id: str, action: str, old: str | None, new: str | None
) -> None:
    stored = own_archive(connection, session, archive_id)
    note = archiving.revision_note(connection, session, action, "", [Change(ATTACHMENT, old, new)])
    stored.revision += 1
    stored.updated_at, stored.updated_by = note.made_at, note.clerk_name
    archive_store.replace(connection, stored, note)


def _attachment(row: Any) -> Attachment:
    return Attachment(**{key: row[key] for key in Attachment.__dataclass_fields__})


_LIST = text("SELECT * FROM attachment WHERE archive_id = :id AND removed_at IS NULL ORDER BY added_at, rowid")


def list_attachments(session: OfficeSession, archive_id: str) -> list[Attachment]:
    """The papers of an archive in the order in which they came."""
    with session.database.reading() as connection:
        return [_attachment(row) for row in connection.execute(_LIST, {"id": archive_id}).mappings()]


def _find(connection: Connection, attachment_id: str) -> Any:
    statement = text("SELECT * FROM attachment WHERE id = :id AND removed_at IS NULL")
    row = connection.execute(statement, {"id": attachment_id}).mappings().first()
    if row is None:
        raise UserError("attachment_gone")
    return row


def read_attachment(session: OfficeSession, attachment_id: str) -> bytes:
    """The content, decrypted in memory; MachineError when the file is gone or damaged."""
    with session.database.reading() as connection:
        row = _find(connection, attachment_id)
    return read_stored(session, row)


class _Taken:
    """Hands pieces on, or only takes them; keeps what went wrong there, which pyrage would turn into an error of its own."""

    def __init__(self, out: BinaryIO | None) -> None:
        self._out = out
        self.fault: BaseException | None = None

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        if self._out is not None:
            try:
                self._out.write(piece)
            except BaseException as fault:
                self.fault = fault
                raise
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back here."""


def decrypt_into(session: OfficeSession, row: Any, out: BinaryIO | None) -> None:
    """Write the attachment in the table's *row* to *out* piece by piece, however large it is; None only proves that it is whole.

    MachineError when the file is gone or damaged. What *out* raises comes out as it is.
    """
    taken = _Taken(out)
    try:
        with (session.folder / ATTACHMENTS / row["stored_name"]).open("rb") as cipher:
            pyrage.decrypt_io(cipher, taken, [pyrage.x25519.Identity.from_str(row["secret"])])
    except (OSError, pyrage.DecryptError) as fault:
        raise (taken.fault or MachineError("attachment_missing", name=row["name"])) from fault


def update_attachment(session: OfficeSession, attachment_id: str, *, document_type: str, note: str) -> None:
    """Correct the type or note of a paper."""
    _, note = _checked_words("", document_type, note)
    with session.database.writing() as connection:
        row = _find(connection, attachment_id)
        connection.execute(
            text("UPDATE attachment SET document_type = :type, note = :note WHERE id = :id"),
            {"type": document_type, "note": note, "id": attachment_id},
        )
        old = f"{_type_label(row['document_type'])} {row['name']} {row['note']}".strip()
        new = f"{_type_label(document_type)} {row['name']} {note}".strip()
        if old != new:
            _make_revision(connection, session, row["archive_id"], "annotate", old, new)


def remove_attachment(session: OfficeSession, attachment_id: str) -> None:
    """Take a paper out of the archive. The file stays (history, later audit) until the archive is destroyed."""
    with session.database.writing() as connection:
        row = _find(connection, attachment_id)
        connection.execute(
            text("UPDATE attachment SET removed_at = :now WHERE id = :id"), {"now": session.now, "id": attachment_id}
        )
        old = f"{_type_label(row['document_type'])} {row['name']}"
        _make_revision(connection, session, row["archive_id"], "detach", old, None)
