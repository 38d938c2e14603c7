"""Drafts: what is being typed, saved by itself – encrypted like everything else, never lost to a crash or the lock."""

import json
from dataclasses import dataclass, field

from sqlalchemy import text

from db.domain import pinyin
from db.domain.archive_content import ArchiveContent, new_id
from db.domain.derivation import new_content
from db.domain.field_kinds import printable
from db.errors import UserError
from db.services.archiving import load_archive
from db.services.office import OfficeSession


@dataclass(slots=True)
class Draft:
    """A form in the making. *raw* keeps text that could not be read yet, by place (``key`` or ``member_id.key``)."""

    id: str
    content: ArchiveContent
    archive_id: str | None = None
    base_revision: int = 0
    raw: dict[str, str] = field(default_factory=dict)
    confirmations: dict[str, str] = field(default_factory=dict)
    step: str = ""
    field_key: str = ""
    updated_at: str = ""
    clerk_id: str = ""

    @property
    def title(self) -> str:
        """How the draft is called in lists."""
        return self.content.text("name") or "未填姓名"


def start_draft(session: OfficeSession, archive_id: str | None = None) -> Draft:
    """A draft for a new household, or for changing *archive_id* (an unfinished one of it is taken up again)."""
    if archive_id is None:
        return Draft(new_id(), new_content(session.circumstances))
    with session.database.reading() as connection:
        row = connection.execute(
            text("SELECT id FROM draft WHERE archive_id = :id ORDER BY updated_at DESC LIMIT 1"), {"id": archive_id}
        ).first()
    if row is not None:
        return load_draft(session, row[0])
    archive = load_archive(session, archive_id)
    confirmations = dict(archive.confirmations)
    return Draft(new_id(), archive.content.copy(), archive.id, archive.revision, confirmations=confirmations)


_SAVE = text(
    "INSERT INTO draft (id, archive_id, base_revision, clerk_id, title, body, updated_at)"
    " VALUES (:id, :archive_id, :base_revision, :clerk_id, :title, :body, :now)"
    " ON CONFLICT (id) DO UPDATE SET title = excluded.title, body = excluded.body, updated_at = excluded.updated_at,"
    " clerk_id = excluded.clerk_id, archive_id = excluded.archive_id, base_revision = excluded.base_revision"
)


def save_draft(session: OfficeSession, draft: Draft) -> None:
    """Store the draft as it stands; nothing is checked."""
    draft.updated_at, draft.clerk_id = session.now, session.clerk.id
    body = {
        "content": draft.content.to_json(),
        "raw": draft.raw,
        "confirmations": draft.confirmations,
        "step": draft.step,
        "field": draft.field_key,
    }
    with session.database.writing() as connection:
        connection.execute(
            _SAVE,
            {
                "id": draft.id,
                "archive_id": draft.archive_id,
                "base_revision": draft.base_revision,
                "clerk_id": draft.clerk_id,
                "title": printable(draft.title),
                "body": json.dumps(body),  # ASCII: half a character, still being typed, must not fail the saving
                "now": draft.updated_at,
            },
        )


_COLUMNS = "id, archive_id, base_revision, clerk_id, body, updated_at"


def _draft(row: tuple[str, str | None, int, str, str, str]) -> Draft:
    body = json.loads(row[4])
    return Draft(
        row[0],
        ArchiveContent.from_json(body["content"]),
        row[1],
        row[2],
        body["raw"],
        body["confirmations"],
        body["step"],
        body["field"],
        row[5],
        row[3],
    )


def load_draft(session: OfficeSession, draft_id: str) -> Draft:
    """The draft *draft_id*; UserError when it was filed or discarded meanwhile."""
    with session.database.reading() as connection:
        row = connection.execute(text(f"SELECT {_COLUMNS} FROM draft WHERE id = :id"), {"id": draft_id}).first()  # noqa: S608
    if row is None:
        raise UserError("draft_gone")
    return _draft(tuple(row))


def list_drafts(session: OfficeSession) -> list[Draft]:
    """Every unfinished draft, the newest first."""
    with session.database.reading() as connection:
        rows = connection.execute(text(f"SELECT {_COLUMNS} FROM draft ORDER BY updated_at DESC")).all()  # noqa: S608
    return [_draft(tuple(row)) for row in rows]


def find_drafts(session: OfficeSession, typed: str) -> list[Draft]:
    """Drafts of households not yet filed, by name, pinyin or digits of the ID number; the others are found as archives."""
    wanted = typed.strip().lower()
    if not wanted:
        return []
    return [draft for draft in list_drafts(session) if draft.archive_id is None and _is_meant(draft, wanted)]


def _is_meant(draft: Draft, wanted: str) -> bool:
    name, number = draft.content.text("name"), draft.content.text("id_number").lower()
    return (bool(name) and pinyin.matches(name, wanted)) or (len(wanted) >= _FEWEST_DIGITS and wanted in number)


_FEWEST_DIGITS = 4


def discard_draft(session: OfficeSession, draft_id: str) -> None:
    """Throw a draft away; the archive it was made from stays as it is."""
    with session.database.writing() as connection:
        connection.execute(text("DELETE FROM draft WHERE id = :id"), {"id": draft_id})
